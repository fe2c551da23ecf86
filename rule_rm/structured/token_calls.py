r"""Read tool calls whose elements are marked by special tokens: those of Kimi K3 and MiniMax-M3.

    <|open|>call tool="add" index="1"<|sep|>
    <|open|>argument key="a" type="number"<|sep|>1<|close|>argument<|sep|><|close|>call<|sep|>
    ]<]minimax[>[<invoke name="add">]<]minimax[>[<a>1]<]minimax[>[</a>]<]minimax[>[</invoke>

Kimi's calls follow its answer, in a section of their own. MiniMax names an element after each argument. Its
lists hold an `<item>` for each part, its objects an element for each key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.structured.strict import strict_json
from rule_rm.structured.written import Written

_CLOSED_THINKING = "<|close|>think<|sep|>"
_OPENED_THINKING = "<|open|>think<|sep|>"
_CLOSED_ANSWER = "<|close|>response<|sep|>"
_OPENED_ANSWER = "<|open|>response<|sep|>"
_TOOLS = re.compile(
    r"\s*<\|open\|>tools<\|sep\|>(?P<calls>.*?)(?:<\|close\|>tools(?:<\|sep\|>|\Z)|\Z)", re.DOTALL
)
"""The section of Kimi's calls: `<|open|>tools<|sep|>…<|close|>tools`, perhaps without the last token."""
_CALL = re.compile(
    r'<\|open\|>call tool="(?P<name>[^"<>|]{1,200})"[^<>]{0,80}<\|sep\|>(?P<body>.*?)'
    r"<\|close\|>call<\|sep\|>",
    re.DOTALL,
)
"""A call of Kimi: `<|open|>call tool="add" index="1"<|sep|>…<|close|>call<|sep|>`."""
_ARGUMENT = re.compile(
    r'<\|open\|>argument key="(?P<key>[^"<>|]{1,200})" type="(?P<type>\w{1,20})"<\|sep\|>(?P<value>.*?)'
    r"<\|close\|>argument<\|sep\|>",
    re.DOTALL,
)
"""An argument of Kimi: `<|open|>argument key="a" type="number"<|sep|>1<|close|>argument<|sep|>`."""
_WHOLE = re.compile(r"<\|open\|>json[^<>|]{0,40}<\|sep\|>(?P<json>.*)<\|close\|>json<\|sep\|>", re.DOTALL)
"""All arguments of a call in JSON: `<|open|>json type="object"<|sep|>{"a": 1}<|close|>json<|sep|>`."""

MINIMAX = "]<]minimax[>["
"""The token before each tag of MiniMax-M3."""
_INVOKE = re.compile(r'invoke name="(?P<name>[\w.:-]{1,200})"')
"""The tag of a call of MiniMax: `invoke name="add"`."""
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[^<>/][^<>]{0,250})>(?P<text>.*)", re.DOTALL)
"""A tag of MiniMax and the text behind it: `<a>1`, `</a>`."""
_DEEPEST = 32


class WrittenParts:
    """A list or an object whose values are texts without types."""

    __slots__ = ("parts",)

    def __init__(self, parts: Mapping[str, Any] | Sequence[Any]) -> None:
        self.parts = parts

    def is_value(self, wanted: Any) -> bool:
        """Return True if each part is that of the wanted value; a None may be left out."""
        if isinstance(self.parts, Mapping):
            if not isinstance(wanted, Mapping):
                return False
            keys = {key for key, value in wanted.items() if value is not None}
            return keys == self.parts.keys() and all(
                part.is_value(wanted[key]) for key, part in self.parts.items()
            )
        if not isinstance(wanted, (list, tuple)) or len(wanted) != len(self.parts):
            return False
        return all(part.is_value(value) for part, value in zip(self.parts, wanted, strict=True))


class _Empty(Written):
    """A value without text: that of an empty string, list or object."""

    __slots__ = ()

    def is_value(self, wanted: Any) -> bool:
        return wanted in ("", [], {})


def kimi_calls(response: str) -> list[Any] | None:
    """Return the calls of Kimi K3 behind the thinking and the answer; None if there are none.

    Raises ValueError if they can't be read.

    >>> kimi_calls('<|open|>tools<|sep|><|open|>call tool="now" index="1"<|sep|><|close|>call<|sep|>')
    [{'name': 'now', 'arguments': {}}]
    """
    turn = response.partition("<|end_of_msg|>")[0]
    for opened, closed in ((_OPENED_THINKING, _CLOSED_THINKING), (_OPENED_ANSWER, _CLOSED_ANSWER)):
        before, end, after = turn.partition(closed)
        if not end and opened in before:
            return None
        turn = after if end else turn
    section = _TOOLS.match(turn)
    if section is None:
        return None
    _refuse_rest(_CALL, section["calls"])
    return [
        {"name": _unescaped(call["name"]), "arguments": _kimi_arguments(call["body"])}
        for call in _CALL.finditer(section["calls"])
    ]


def _refuse_rest(pattern: re.Pattern[str], text: str) -> None:
    """Raise ValueError unless a text is nothing but what the pattern matches."""
    if pattern.sub("", text).strip():
        raise ValueError("the tokens of a call do not pair up")


def _kimi_arguments(body: str) -> Any:
    whole = _WHOLE.fullmatch(body.strip())
    if whole is not None:
        return strict_json(whole["json"])
    _refuse_rest(_ARGUMENT, body)
    arguments: dict[str, Any] = {}
    for given in _ARGUMENT.finditer(body):
        key = _unescaped(given["key"])
        if key in arguments:
            raise ValueError(f"the argument {key:.80} is there twice")
        arguments[key] = given["value"] if given["type"] == "string" else strict_json(given["value"])
    return arguments


def _unescaped(attribute: str) -> str:
    return attribute.replace("&quot;", '"').replace("&amp;", "&")


def minimax_calls(text: str) -> list[Any]:
    """Return the calls of MiniMax-M3 in a text. Raises ValueError if they can't be read.

    >>> now = '<tool_call>;<invoke name="now">;</invoke>;</tool_call>'
    >>> minimax_calls("".join(MINIMAX + tag for tag in now.split(";")))
    [{'name': 'now', 'arguments': {}}]
    """
    tags = [_TAG.fullmatch(part) for part in text.split(MINIMAX)[1:]]
    calls: list[Any] = []
    place = 0
    while place < len(tags):
        place = _expect(tags, place, "tool_call", "")
        while (tag := _at(tags, place)) is not None and (named := _INVOKE.fullmatch(tag["name"])):
            parts, place = _children(tags, place + 1, "invoke", 0)
            if tag["text"].strip() or not isinstance(parts, dict):
                raise ValueError("the arguments of a call can't be read")
            calls.append({"name": named["name"], "arguments": parts})
        place = _expect(tags, place, "tool_call", "/")
    return calls


_Tags = Sequence["re.Match[str] | None"]


def _at(tags: _Tags, place: int) -> re.Match[str] | None:
    return tags[place] if place < len(tags) else None


def _expect(tags: _Tags, place: int, name: str, end: str) -> int:
    tag = _at(tags, place)
    if tag is None or (tag["name"], tag["end"]) != (name, end):
        raise ValueError("the tags do not pair up")
    return place + 1


def _children(tags: _Tags, place: int, name: str, depth: int) -> tuple[dict[str, Any] | list[Any], int]:
    """Return the elements up to the end of the one of a name, and the place behind it."""
    if depth > _DEEPEST:
        raise ValueError("the tags of calls are nested too deep")
    items: list[Any] = []
    keyed: dict[str, Any] = {}
    while True:
        tag = _at(tags, place)
        if tag is None:
            raise ValueError("the tags do not pair up")
        if tag["end"]:
            if tag["name"] != name or (items and keyed):
                raise ValueError("the tags do not pair up")
            return (items or keyed), place + 1
        key = tag["name"]
        value, place = _value(tags, place, tag, depth)
        if key == "item" and depth:
            items.append(value)
        elif key in keyed:
            raise ValueError(f"the argument {key:.80} is there twice")
        else:
            keyed[key] = value


def _value(tags: _Tags, place: int, tag: re.Match[str], depth: int) -> tuple[Any, int]:
    """Return the value of the element whose tag is at a place, and the place behind it."""
    parts, behind = _children(tags, place + 1, tag["name"], depth + 1)
    if parts:
        if tag["text"].strip():
            raise ValueError("an argument has text and elements")
        return WrittenParts(parts), behind
    return (Written(tag["text"]) if tag["text"] else _Empty("")), behind
