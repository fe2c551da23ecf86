"""Read replies: JSON from any server, and the text of an error for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rule_rm.redaction import redact

MAX_MESSAGE = 500
"""Characters of a server's text that an error message may quote."""


def decode(data: bytes) -> Any:
    """Return the JSON value of a reply, or None if it is not JSON.

    Lenient on purpose: NaN and repeated keys pass, and whoever reads a number checks that it is finite.
    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def error_text(content: Any) -> str:
    """Return the message of an error in the shape of OpenAI, vLLM or FastAPI; "" if there is none.

    >>> error_text({"error": {"message": "no such model", "code": 404}}), error_text({"detail": "Not Found"})
    ('no such model', 'Not Found')
    """
    if not isinstance(content, Mapping):
        return ""
    error = content.get("error") or content.get("message") or content.get("detail")
    if isinstance(error, Mapping):
        error = error.get("message") or error
    if not error:
        return ""
    return error if isinstance(error, str) else json.dumps(error)


def quote(text: str | bytes, limit: int = MAX_MESSAGE) -> str:
    """Return an excerpt of a server's text without secrets: servers quote the key that they refuse."""
    if isinstance(text, bytes):
        text = text[: 8 * limit].decode(errors="replace")
    return excerpt(redact(text[: 8 * limit], with_pieces=True), limit)


def excerpt(text: str | bytes, limit: int = MAX_MESSAGE) -> str:
    """Return the beginning of a foreign text on one line, without control characters."""
    if isinstance(text, bytes):
        text = text[: 4 * limit].decode(errors="replace")
    line = " ".join(text[: 4 * limit].split())
    shown = "".join(character if character.isprintable() else "\ufffd" for character in line)
    return shown if len(shown) <= limit else shown[:limit] + "…"
