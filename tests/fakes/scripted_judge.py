"""A fake judge: an OpenAI-compatible server on 127.0.0.1 with the replies that a test gives it.

Only the model is faked: requests, connections and replies are real. Completions are counted by question, so
that a test sees lost and repeated ones.
"""

from __future__ import annotations

import json
import ssl
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .faulty_server import Exchange, FaultyServer


@dataclass(frozen=True)
class Completion:
    """A reply of the judge: its text and the fields around it."""

    text: str | None
    reasoning: str | None = None
    finish_reason: str | None = "stop"
    logprobs: Sequence[tuple[str, Mapping[str, float]]] | None = None
    """Each token of the text with its alternatives; the token itself must be one of them."""
    delay: float = 0.0
    """Seconds before it is sent."""


@dataclass(frozen=True)
class Refusal:
    """An error instead of a completion."""

    status: int
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[dict[str, Any]], "str | Completion | Refusal"]
"""Return the reply to the body of a request; called from many threads at once."""


class ScriptedJudge(FaultyServer):
    """Answers chat completions, and lists its models, until the end of the with block."""

    request_queue_size = 1024

    def __init__(
        self,
        answer: Answer | str = "CORRECT",
        *,
        models: Sequence[str] = ("judge",),
        key: str | None = None,
        refuses: Mapping[str, int] = {},
        delay: float = 0.0,
        tls: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        """Knows these models and no others, asks for a key if there is one, waits `delay` seconds each time.

        `refuses`: for a type of response_format, "json_schema" or "json_object", the status of its refusal.
        """
        super().__init__(tls=tls, port=port)
        self.RequestHandlerClass = JudgeExchange
        self.answer: Answer = (lambda body: answer) if isinstance(answer, str) else answer
        self.models = models
        self.key = key
        self.refuses = refuses
        self.delay = delay
        self.accepts_raw = False
        """Whether it knows /completions as well."""
        self.bodies: list[dict[str, Any]] = []
        """Of all requests for a completion, in the order of their arrival."""
        self.judged: Counter[str] = Counter()
        """How many completions were made for each question: the text of its last message."""

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}/v1"


def question_text(body: Mapping[str, Any]) -> str:
    """Return the text of the last message of a request, which may come in parts; else the request."""
    if not body.get("messages"):
        return str(body.get("prompt") or json.dumps(body))
    content = body["messages"][-1]["content"]
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)


class JudgeExchange(Exchange):
    """One connection to the fake."""

    server: ScriptedJudge

    def do_GET(self) -> None:  # noqa: N802 - http.server's name
        if self._is_let_in():
            if self.path == "/v1/models":
                self._reply({"object": "list", "data": [{"id": model} for model in self.server.models]})
            else:
                self._refuse(Refusal(404, "Not Found"))

    def do_POST(self) -> None:  # noqa: N802 - http.server's name
        self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._is_let_in():
            outcome = self._completion()
            if isinstance(outcome, Refusal):
                self._refuse(outcome)
            else:
                self.server.stopping.wait(self.server.delay + outcome.delay)
                self._reply(_completion(self.body, outcome))

    def _completion(self) -> Completion | Refusal:
        server, body = self.server, self.body
        paths = ["/v1/chat/completions", *["/v1/completions"] * server.accepts_raw]
        if self.path not in paths:
            return Refusal(404, "Not Found")
        with server.lock:
            server.bodies.append(body)
        if body["model"] not in server.models:
            return Refusal(404, f"The model `{body['model']}` does not exist.")
        kind = body.get("response_format", {}).get("type", "text")
        if kind in server.refuses:
            return Refusal(server.refuses[kind], f"response_format {kind} is not supported")
        outcome = server.answer(body)
        if isinstance(outcome, str):
            outcome = Completion(outcome)
        if isinstance(outcome, Completion):
            with server.lock:
                server.judged[question_text(body)] += 1
        return outcome

    def _is_let_in(self) -> bool:
        if self.server.key is None or self.headers["Authorization"] == f"Bearer {self.server.key}":
            return True
        # Hosted services quote the key that they were given.
        self._refuse(Refusal(401, f"Incorrect API key provided: {self.headers['Authorization']}"))
        return False

    def _refuse(self, refusal: Refusal) -> None:
        error = {"message": refusal.message, "type": "invalid_request_error", "code": refusal.status}
        self._reply({"error": error}, refusal.status, refusal.headers)

    def _reply(self, content: object, status: int = 200, headers: Mapping[str, str] = {}) -> None:
        self.answer(json.dumps(content).encode(), status, {"Content-Type": "application/json", **headers})


def _completion(body: Mapping[str, Any], completion: Completion) -> dict[str, Any]:
    """Return the reply to a request for a completion, in the words of the protocol."""
    message: dict[str, Any] = {"role": "assistant", "content": completion.text}
    if completion.reasoning is not None:
        message["reasoning_content"] = completion.reasoning
    choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": completion.finish_reason}
    if "prompt" in body:
        choice = {"index": 0, "text": completion.text, "finish_reason": completion.finish_reason}
    if completion.logprobs is not None and body.get("logprobs"):
        choice["logprobs"] = {"content": [_logprob(*token) for token in completion.logprobs]}
    prompt, reply = (len(text.split()) for text in (question_text(body), completion.text or ""))
    usage = {"prompt_tokens": prompt, "completion_tokens": reply, "total_tokens": prompt + reply}
    return {"id": "fake", "object": "chat.completion", "choices": [choice], "usage": usage}


def _logprob(token: str, alternatives: Mapping[str, float]) -> dict[str, Any]:
    top = [{"token": other, "logprob": logprob, "bytes": None} for other, logprob in alternatives.items()]
    return {"token": token, "logprob": alternatives[token], "bytes": None, "top_logprobs": top}
