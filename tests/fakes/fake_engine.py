"""A fake engine: a server on 127.0.0.1 with the interfaces of vLLM and SGLang, and their replies' shapes.

It stands in for the model alone, which a test gives as a function. Rerank answers sorted, as vLLM does.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from .faulty_server import Behaviour, Exchange, FaultyServer


def worth_of(text: str) -> float:
    """Return a raw score: different for different texts, and not all within 0 and 1."""
    return sum(text.encode()) % 199 / 10 - 7


class FakeEngine(FaultyServer):
    """Answers for scores, until the end of the with block."""

    def __init__(
        self,
        worth: Callable[[str], float] = worth_of,
        *,
        always_activates: bool = False,
        key: str | None = None,
        port: int = 0,
    ) -> None:
        """Make an engine; one that `always_activates` squashes every score, as older engines do."""
        super().__init__(port=port)
        self.RequestHandlerClass = EngineExchange
        self.worth = worth
        self.always_activates = always_activates
        self.key = key
        self.faults: list[Behaviour] = []
        """Faults for the next requests, which get them instead of a reply."""
        self.bodies: list[tuple[str, dict[str, Any]]] = []
        """Of all requests, with their paths, in the order of their arrival."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class EngineExchange(Exchange):
    """One connection to the fake."""

    server: FakeEngine

    def do_POST(self) -> None:  # noqa: N802 - http.server's name
        self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            fault = self.server.faults.pop(0) if self.server.faults else None
            if fault is None:
                self.server.bodies.append((self.path, self.body))
        if fault is not None:
            fault(self)
        elif self.server.key and self.headers["Authorization"] != f"Bearer {self.server.key}":
            error = {"message": f"Invalid key {self.headers['Authorization']}", "code": 401}
            self.answer(json.dumps({"error": error}).encode(), 401)
        else:
            self.answer(json.dumps(self._reply()).encode())

    def _reply(self) -> Any:
        if self.path == "/classify" and "text" in self.body:
            return [
                {"embedding": [score], "meta_info": {"id": "x", "prompt_tokens": 3}}
                for score in self._scores(self.body["text"])
            ]
        replies = {
            "/classify": self._classify,
            "/pooling": self._pooling,
            "/score": self._score,
            "/rerank": self._rerank,
            "/v1/embeddings": self._embeddings,
        }
        return replies[self.path]()

    def _inputs(self) -> list[str]:
        if "messages" in self.body:
            return ["".join(f"<{message['role']}>{message['content']}" for message in self.body["messages"])]
        inputs = self.body["input"]
        return [inputs] if isinstance(inputs, str) else inputs

    def _scores(self, texts: list[str]) -> list[float]:
        scores = [self.server.worth(text) for text in texts]
        # vLLM's default is to activate; SGLang has no such parameter.
        is_sglang = "text" in self.body or self.path.startswith("/v1/")
        if self.server.always_activates or (not is_sglang and self.body.get("use_activation", True)):
            scores = [1 / (1 + math.exp(-score)) for score in scores]
        return scores

    def _listed(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": "x",
            "object": "list",
            "created": 1,
            "model": self.body.get("model", "rm"),
            "data": [{"index": index, **row} for index, row in enumerate(rows)],
            "usage": {"prompt_tokens": 3, "total_tokens": 3, "completion_tokens": 0},
        }

    def _classify(self) -> Any:
        scores = self._scores(self._inputs())
        return self._listed([{"label": "LABEL_0", "probs": [score], "num_classes": 1} for score in scores])

    def _pooling(self) -> Any:
        return self._listed(
            [{"object": "pooling", "data": [score]} for score in self._scores(self._inputs())]
        )

    def _score(self) -> Any:
        pairs = zip(self.body["text_1"], self.body["text_2"], strict=True)
        scores = self._scores([f"{first}|{second}" for first, second in pairs])
        return self._listed([{"object": "score", "score": score} for score in scores])

    def _rerank(self) -> Any:
        documents = self.body["documents"]
        scores = self._scores([f"{self.body['query']}|{document}" for document in documents])
        results: list[dict[str, Any]] = [
            {"index": index, "document": {"text": documents[index]}, "relevance_score": score}
            for index, score in enumerate(scores)
        ]
        results.sort(key=lambda result: result["relevance_score"], reverse=True)
        return {
            "id": "x",
            "model": "rm",
            "usage": {"prompt_tokens": 3, "total_tokens": 3},
            "results": results,
        }

    def _embeddings(self) -> Any:
        return self._listed(
            [{"object": "embedding", "embedding": [score]} for score in self._scores(self._inputs())]
        )
