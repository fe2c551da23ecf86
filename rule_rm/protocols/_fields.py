"""Kinds of the fields in requests and replies: one table for readers, for checks of names and for OpenAPI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from rule_rm.errors import PayloadError

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: its name in the documentation, and its JSON schema."""

    name: str
    schema: Schema


def _nullable(kind: str, **more: Any) -> Schema:
    return {"type": [kind, "null"], **more}


_STRING: Schema = {"type": "string"}
_OBJECT: Schema = {"type": "object"}
_MESSAGE: Schema = {
    "type": "object",
    "required": ["role"],
    "properties": {"role": _STRING, "content": {}},
}
_SAID: Schema = {"anyOf": [_STRING, {"type": "array", "items": _OBJECT}]}


OPTIONAL_TEXT = Kind(
    "string, a list of one, or null",
    {"anyOf": [_nullable("string"), {"type": "array", "items": _STRING, "minItems": 1, "maxItems": 1}]},
)
TEXTS = Kind("list of strings", {"type": "array", "items": _STRING})
OPTIONAL_TEXTS = Kind("list of strings, or null", _nullable("array", items=_STRING))
SAID = Kind("string or list of messages", _SAID)
OPTIONAL_SAID = Kind(
    "string, list of messages or of one string, or null",
    {"anyOf": [*_SAID["anyOf"], *OPTIONAL_TEXT.schema["anyOf"]]},
)
SAIDS = Kind("list of strings or of lists of messages", {"type": "array", "items": _SAID})
ANY = Kind("any JSON value", {})
ANYS = Kind("list of any JSON values, or null", _nullable("array", items={}))
OBJECT = Kind("object", _OBJECT)
OPTIONAL_OBJECT = Kind("object or null", _nullable("object"))
SOURCES = Kind("list of strings or nulls", _nullable("array", items=_nullable("string")))
OBJECTS = Kind("list of objects or nulls", _nullable("array", items=_nullable("object")))
MESSAGES = Kind("list of chat messages", {"type": "array", "items": _MESSAGE})
OPTIONAL_MESSAGES = Kind("list of chat messages, or null", _nullable("array", items=_MESSAGE))
TURNS = Kind("list of messages", {"type": "array", "items": _OBJECT})
PROMPT = Kind("string or list of chat messages", {"anyOf": [_STRING, {"type": "array", "items": _MESSAGE}]})
CONVERSATIONS = Kind(
    "list of lists of chat messages, or nulls",
    _nullable("array", items=_nullable("array", items=_MESSAGE)),
)
NUMBER = Kind("number", {"type": "number"})
NUMBERS = Kind("list of numbers", {"type": "array", "items": {"type": "number"}})


_LONG = 10
"""Characters from which a name may differ by one in ten; a shorter one by one in five."""


def check_columns(row: Mapping[str, Any], wanted: Iterable[str], place: str, field: str | None) -> None:
    """Raise PayloadError if a column of a row has a misspelt name of a wanted one, which the row lacks.

    A row may have columns of any names. So only a slip of the pen counts: as many words, the same first
    letter and almost the same length; `answers`, `answer2`, `answer_type` are columns of their own.

    >>> check_columns({"expected_anwser": "4"}, ["expected_answer"], "", None)
    Traceback (most recent call last):
    rule_rm.errors.PayloadError: expected_anwser is not read; did you mean expected_answer?
    """
    lacking = [name for name in wanted if row.get(name) is None]
    for key in row:
        meant = next((name for name in lacking if _is_slip(key, name)), None)
        if meant is not None and key not in wanted:
            raise PayloadError(f"{place}{key} is not read; did you mean {meant}?", field or key)


def _is_slip(key: str, name: str) -> bool:
    """Return True if a key is a misspelt name, or the name in another case."""
    if _plain(key) == _plain(name) and "_" in name:
        return key != name
    if key[:1] != name[:1] or abs(len(key) - len(name)) > 1 or key.count("_") != name.count("_"):
        return False
    if key[-1].isdigit() or key == f"{name}s":
        return False
    return SequenceMatcher(None, key, name).ratio() >= (0.9 if len(name) >= _LONG else 0.8)


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
