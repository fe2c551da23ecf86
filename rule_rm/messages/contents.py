"""Check the contents of messages: one of another type would be read as no text, and a right answer get 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.errors import PayloadError
from rule_rm.messages.kinds import kind_of

_EMPTY = frozenset({"role", "name", "id", "type", "status", "object", "index"})
"""The keys of a message that says nothing, as some agents append one."""
_SAYS = ("content", "tool_calls", "function_call")
_THINKS = ("reasoning", "thinking")
"""Parts of the names of keys with thinking: `reasoning_content`, `thinking_blocks`."""


def check_said(items: Sequence[Mapping[str, Any]], place: str, field: str, index: int | None = None) -> None:
    """Raise PayloadError if a response's messages have no assistant's, or one without a readable content.

    Only what a program writes is checked: types and names. Texts are the policy's.
    """
    if items and all("role" in item and item["role"] != "assistant" for item in items):
        raise PayloadError(f"{place} has no message whose role is assistant", field, index)
    for number, item in enumerate(items):
        if item.get("role") != "assistant":
            continue
        keys = item.keys() - _EMPTY
        if keys and not any(key in _SAYS or any(word in key for word in _THINKS) for key in keys):
            raise PayloadError(f"{place}[{number}].content is missing", field, index)
        check_content(item, f"{place}[{number}]", field, index)


def check_content(message: Mapping[str, Any], place: str, field: str, index: int | None = None) -> None:
    """Raise PayloadError unless a message's content is a string, null or a list of parts with texts.

    >>> check_content({"content": [{"type": "output_text", "text": 5}]}, "output[0]", "output")
    Traceback (most recent call last):
    rule_rm.errors.PayloadError: output[0].content[0].text must be a string, not a number
    """
    content = message.get("content")
    if content is None or isinstance(content, str):
        return
    if not isinstance(content, list):
        what = f"must be a string or a list of parts, not {kind_of(content)}"
        raise PayloadError(f"{place}.content {what}", field, index)
    for number, part in enumerate(content):
        where = f"{place}.content[{number}]"
        if not isinstance(part, Mapping):
            raise PayloadError(f"{where} must be an object, not {kind_of(part)}", field, index)
        if part.get("type") == "output_text" and "text" not in part:
            raise PayloadError(f"{where}.text is missing", field, index)
        if not isinstance(part.get("text"), str | None):
            raise PayloadError(f"{where}.text must be a string, not {kind_of(part['text'])}", field, index)
