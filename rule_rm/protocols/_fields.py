"""Kinds of the fields in requests and replies: one table for readers, for checks of names and for OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
