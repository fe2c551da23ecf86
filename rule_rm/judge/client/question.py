"""What a judge is asked, and what it replied: plain data.

A question is written as JSON once. The same bytes make its key and, with what an endpoint must be told
besides, the request of every try.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TOKEN_CHARACTERS = 4
"""Characters of a token, about. Nobody but the server can tell."""
IMAGE_TOKENS = 1000
"""Tokens of an image, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question to a judge. Equal questions are asked once."""

    messages: tuple[Mapping[str, Any], ...]
    """OpenAI chat messages; a content is a text, or a list of parts with images."""
    json_schema: Mapping[str, Any] | None = None
    """The shape that the reply should have. A server that does not know schemas is asked for JSON, or else
    for text, so the messages should say it too."""
    temperature: float = 0.0
    max_tokens: int = 1024
    vote: int = 0
    """Which of several independent votes it is; sent as the seed."""
    top_logprobs: int = 0
    """How many alternatives are wanted for each token of the reply; 0: none."""
    purpose: str = ""
    """What else makes questions different, such as the digest of a template."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the judge said. With a `finish_reason` other than "stop" it did not say all that it wanted to."""

    text: str
    reasoning: str | None
    """What it thought, if the server tells that apart."""
    finish_reason: str
    logprobs: tuple[tuple[str, tuple[tuple[str, float], ...]], ...] | None
    """Each token with its alternatives, the token itself among them; None if the server gives none."""
    prompt_tokens: int
    completion_tokens: int
    endpoint: str
    """Which one replied."""
    is_cached: bool = False


class Written:
    """A question as JSON, with what the client adds for every server."""

    __slots__ = ("_fields", "_messages", "key", "prompt_tokens", "question", "schema")

    def __init__(self, question: Question, model: str, extra: Mapping[str, Any]) -> None:
        """`extra`: fields of the request that replace others; one that is None is left out.

        Raises TypeError or ValueError for what JSON can't hold.
        """
        self.question = question
        # Half a surrogate pair, which is no text, would make servers refuse the question: it becomes a "?".
        self._messages = _dump(question.messages).encode(errors="replace")
        fields = {
            "model": model,
            "temperature": question.temperature,
            "max_tokens": question.max_tokens,
            "seed": question.vote,
        }
        if question.top_logprobs:
            fields |= {"logprobs": True, "top_logprobs": question.top_logprobs}
        self._fields = {name: value for name, value in (fields | dict(extra)).items() if value is not None}
        self.schema = _dump(question.json_schema)
        """The wanted shape as JSON."""
        told = _dump([self._fields, self.schema, question.vote, question.purpose])
        digest = hashlib.sha256(told.encode(errors="replace"))
        digest.update(self._messages)
        self.key = digest.digest()
        """Equal questions have equal keys."""
        self.prompt_tokens = _tokens(question.messages)
        """About how many there are in the messages."""

    def body(self, response_format: Mapping[str, Any] | None) -> bytes:
        """The request, with this response_format."""
        fields = self._fields
        if response_format is not None:
            fields = {"response_format": response_format, **fields}
        return b'{"messages":%b,%b' % (self._messages, _dump(fields).encode(errors="replace")[1:])


def dump_reply(reply: Reply) -> str:
    """A reply as JSON in ASCII, to be kept."""
    return json.dumps({name: getattr(reply, name) for name in Reply.__slots__}, separators=(",", ":"))


def load_reply(text: str) -> Reply:
    """The reply that was kept. Raises ValueError, TypeError or LookupError if it is none."""
    fields = json.loads(text)
    if fields["logprobs"] is not None:
        fields["logprobs"] = tuple(
            (token, tuple((other, logprob) for other, logprob in alternatives))
            for token, alternatives in fields["logprobs"]
        )
    return Reply(**(fields | {"is_cached": True}))


def _dump(value: Any) -> str:
    return json.dumps(
        value,
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
        default=_plain,
        check_circular=False,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a question can't hold a {type(value).__name__}")


def _tokens(messages: tuple[Mapping[str, Any], ...]) -> int:
    characters = images = 0
    for message in messages:
        content = message.get("content") or ""
        if isinstance(content, str):
            characters += len(content)
            continue
        for part in content:
            text = part.get("text")
            characters += len(text) if isinstance(text, str) else 0
            images += not isinstance(text, str)
    return characters // TOKEN_CHARACTERS + images * IMAGE_TOKENS
