"""The scoring interfaces of engines: one entry for the request and the reply of each.

A reply is read strictly: as many results as texts, each at the index that it names, each one number. A vector
is an embedding, not a score. If there are several labels, the value of the last counts, as for trainers that
ask engines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Text = Mapping[str, Any]
"""One text to score, as `conversation.as_engine_text` has it."""


@dataclass(frozen=True, slots=True)
class EngineAPI:
    """An interface of an engine."""

    path: str
    body: Callable[[Sequence[Text], bool], dict[str, Any]]
    """The request for some texts; True asks for the model's activation. `model` is added to it."""
    read: Callable[[Any, int], list[float]]
    """Return the scores of a reply to this number of texts, in their order. Raises ValueError if it has none.
    """
    takes_messages: bool = False
    """It applies the model's chat template to `messages`, one conversation a request."""
    takes_pairs: bool = False
    """It takes prompt and response apart, and joins them itself."""


def _inputs(texts: Sequence[Text], activation: bool) -> dict[str, Any]:
    options: dict[str, Any] = {"use_activation": activation}
    if texts[0]["text"] is None:
        return {"messages": _conversation(texts[0]), **options}
    # The text has the special tokens of its template already.
    return {"input": _plain(texts), "add_special_tokens": False, **options}


def _conversation(text: Text) -> list[dict[str, str]]:
    return [*text["messages"], {"role": "assistant", "content": text["response"]}]


def _plain(texts: Sequence[Text]) -> list[str]:
    return [text["text"] for text in texts]


def _pairs(texts: Sequence[Text], activation: bool) -> dict[str, Any]:
    return {
        "text_1": [text["prompt"] for text in texts],
        "text_2": [text["response"] for text in texts],
        "use_activation": activation,
    }


def _documents(texts: Sequence[Text], activation: bool) -> dict[str, Any]:
    return {
        "query": texts[0]["prompt"],
        "documents": [text["response"] for text in texts],
        "use_activation": activation,
    }


def _texts(texts: Sequence[Text], _activation: bool) -> dict[str, Any]:
    return {"text": _plain(texts)}


def _embedded(texts: Sequence[Text], _activation: bool) -> dict[str, Any]:
    return {"input": _plain(texts)}


def _field(name: str, results: str = "data", *, of_labels: bool = False) -> Callable[[Any, int], list[float]]:
    """Return a reader of results that name their index, with one value for each label or a single value."""

    def read(reply: Any, count: int) -> list[float]:
        rows = reply.get(results) if isinstance(reply, dict) else None
        if not isinstance(rows, list) or len(rows) != count:
            raise ValueError(f"without a list {results} of {count}")
        by_index = {row.get("index"): row for row in rows if isinstance(row, dict)}
        if set(by_index) != set(range(count)):
            raise ValueError(f"without the indexes 0 to {count - 1} in {results}")
        values = [by_index[index].get(name) for index in range(count)]
        if of_labels:
            values = [value[-1:] if isinstance(value, list) else value for value in values]
        return [_number(value, name) for value in values]

    return read


def _embeddings(reply: Any, count: int) -> list[float]:
    """Read a list in the order of the texts."""
    if not isinstance(reply, list):
        reply = [reply]
    if len(reply) != count or not all(isinstance(row, dict) for row in reply):
        raise ValueError(f"without a list of {count}")
    return [_number(row.get("embedding"), "embedding") for row in reply]


def _number(value: Any, name: str) -> float:
    """Return a number, or the only one of a list; of a list for each token, the last token's."""
    if isinstance(value, list) and value and all(isinstance(item, list) for item in value):
        value = value[-1]
    if isinstance(value, list):
        if len(value) != 1:
            raise ValueError(f"{len(value)} numbers as {name}, where a reward model has one")
        (value,) = value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"no number as {name}")
    return float(value)


APIS = {
    "vllm_classify": EngineAPI("/classify", _inputs, _field("probs", of_labels=True), takes_messages=True),
    "vllm_pooling": EngineAPI("/pooling", _inputs, _field("data"), takes_messages=True),
    "vllm_score": EngineAPI("/score", _pairs, _field("score"), takes_pairs=True),
    "vllm_rerank": EngineAPI(
        "/rerank", _documents, _field("relevance_score", results="results"), takes_pairs=True
    ),
    "sglang_classify": EngineAPI("/classify", _texts, _embeddings),
    "sglang_embeddings": EngineAPI("/v1/embeddings", _embedded, _field("embedding")),
}
"""By the name that `rm_api` takes."""
