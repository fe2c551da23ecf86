"""The question to a judge and its reply, as plain data.

A question is written as JSON once. The same bytes make its key and, with a server's own fields, the request
of every attempt.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Logprobs = tuple[tuple[str, tuple[tuple[str, float], ...]], ...]
TOKEN_CHARACTERS = 4
"""Characters per token, roughly. Only the server knows."""
IMAGE_TOKENS = 1000
"""Tokens per image, roughly."""
CHAT, RAW = "/chat/completions", "/completions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question to a judge. Equal questions are asked once."""

    messages: tuple[Mapping[str, Any], ...]
    """OpenAI chat messages; a content is a string, or a list of parts with images."""
    is_raw: bool = False
    """Send the only message's content to /completions as it is, without a chat template."""
    json_schema: Mapping[str, Any] | None = None
    """The shape that the reply should have.

    A server without schemas is asked for JSON or text, so the messages should describe it too.
    """
    temperature: float = 0.0
    max_tokens: int = 1024
    vote: int = 0
    """The number of this one among several independent votes; sent as the seed."""
    top_logprobs: int = 0
    """Alternatives wanted for each token of the reply; 0 asks for no logprobs."""
    purpose: str = ""
    """Anything else that makes questions different, such as the digest of a template."""

    @property
    def path(self) -> str:
        """The path after the server's base."""
        return RAW if self.is_raw else CHAT

    @property
    def shown(self) -> str:
        """The question for people: each message under its role."""
        if self.is_raw:
            return str(self.messages[0]["content"])
        return "\n\n".join(f"[{one.get('role', '')}]\n{_shown(one.get('content'))}" for one in self.messages)


@dataclass(frozen=True, slots=True)
class Reply:
    """The judge's reply. It is only whole with the `finish_reason` "stop"."""

    text: str
    reasoning: str | None
    """The judge's thinking, if the server sends it apart."""
    finish_reason: str
    logprobs: Logprobs | None
    """Each token with its alternatives, itself among them; None if the server sends none."""
    prompt_tokens: int
    completion_tokens: int
    endpoint: str
    """The server that replied."""
    is_cached: bool = False


class Written:
    """A question as JSON, with the fields that the client adds for every server."""

    __slots__ = ("_fields", "_prompt", "key", "prompt_tokens", "question", "schema")

    def __init__(self, question: Question, model: str, extra: Mapping[str, Any]) -> None:
        """`extra` has fields of the request that replace others; None leaves one out.

        Raises TypeError or ValueError for a question that JSON can't hold.
        """
        self.question = question
        prompt = _dump(question.messages[0]["content"] if question.is_raw else question.messages)
        # Half a surrogate pair is not text, and servers would refuse the question: it becomes a "?".
        self._prompt = prompt.encode(errors="replace")
        fields = {
            "model": model,
            "temperature": question.temperature,
            "max_tokens": question.max_tokens,
            "seed": question.vote,
        }
        if question.top_logprobs and question.is_raw:
            fields["logprobs"] = question.top_logprobs
        elif question.top_logprobs:
            fields |= {"logprobs": True, "top_logprobs": question.top_logprobs}
        self._fields = {name: value for name, value in (fields | dict(extra)).items() if value is not None}
        self.schema = _dump(question.json_schema)
        """The wanted shape as JSON."""
        told = [self._fields, self.schema, question.vote, question.purpose]
        digest = hashlib.sha256(_dump([*told, RAW] if question.is_raw else told).encode(errors="replace"))
        digest.update(self._prompt)
        self.key = digest.digest()
        """Equal questions have equal keys."""
        self.prompt_tokens = _tokens(question.messages)
        """Tokens of the messages, roughly."""

    def body(self, response_format: Mapping[str, Any] | None, refused: frozenset[str] = frozenset()) -> bytes:
        """Return the request; `refused` names fields that the server does not take.

        A refused max_tokens is sent as max_completion_tokens, as OpenAI's reasoning models want it; another
        refused field is left out.
        """
        fields = {name: value for name, value in self._fields.items() if name not in refused}
        if "max_tokens" in refused and "max_completion_tokens" not in self._fields:
            fields["max_completion_tokens"] = self._fields.get("max_tokens")
        if response_format is not None:
            fields = {"response_format": response_format, **fields}
        name = b"prompt" if self.question.is_raw else b"messages"
        return b'{"%b":%b,%b' % (name, self._prompt, _dump(fields).encode(errors="replace")[1:])


def dump_reply(reply: Reply) -> str:
    """Return a reply as JSON in ASCII, for the cache."""
    return json.dumps({name: getattr(reply, name) for name in Reply.__slots__}, separators=(",", ":"))


def load_reply(text: str) -> Reply:
    """Return the reply that `dump_reply` wrote.

    Raises ValueError, TypeError or LookupError if it wrote none.
    """
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


def _shown(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(part.get("text", f"[{part.get('type', 'part')}]")) for part in content)
    return str(content)
