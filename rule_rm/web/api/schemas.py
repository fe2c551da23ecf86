"""JSON schemas of wire formats, replies and errors, from the tables that the code itself reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rule_rm import protocols
from rule_rm.protocols import WireFormat
from rule_rm.web.api.described import object_of
from rule_rm.web.problems import problem

_NO_NAME = re.compile(r"[^A-Za-z0-9]+")
"""Characters that the name of a schema can't have: the comma and the space of `OpenRLHF, lmm-r1`."""


def component(wire_format: WireFormat, part: str) -> str:
    """Return the name of the schema of a format's `Request` or `Reply`.

    >>> component(protocols.recognise({"query": []}), "Request")
    'OpenRLHF_lmm_r1_Request'
    """
    return f"{_NO_NAME.sub('_', wire_format.NAME).strip('_')}_{part}"


def reference(name: str) -> dict[str, str]:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def any_of(part: str) -> dict[str, Any]:
    """Return the schema of a `Request` or `Reply` of any format that is detected from the keys."""
    return {"anyOf": [reference(component(wire_format, part)) for wire_format in protocols.BY_KEYS]}


def request_schema(wire_format: WireFormat) -> dict[str, Any]:
    """Return the schema of a request; its keys are those that the parser of the format reads."""
    if protocols.is_list(wire_format):
        return dict(wire_format.FIELDS[wire_format.KEYS[0]].schema)
    alternatives = [key.split(" or ") for key in wire_format.KEYS]
    schema: dict[str, Any] = {
        "type": "object",
        "description": wire_format.SUMMARY,
        "required": [names[0] for names in alternatives if len(names) == 1],
        "properties": {
            **{name: dict(kind.schema) for name, kind in wire_format.FIELDS.items()},
            "details": {"type": "boolean"},
        },
    }
    for names in alternatives:
        if len(names) > 1:
            schema["anyOf"] = [{"required": [name]} for name in names]
    return schema


def reply_schema(wire_format: WireFormat) -> dict[str, Any]:
    """Return the schema of a reply with status 200."""
    if not isinstance(wire_format.REPLY, Mapping):
        return dict(wire_format.REPLY.schema)
    kinds = {name: dict(kind.schema) for name, kind in wire_format.REPLY.items()}
    return dict(object_of(*kinds, **kinds))


def components() -> dict[str, Any]:
    """Return the schemas of the document by name."""
    found: dict[str, Any] = {"Problem": _problem()}
    for wire_format in protocols.FORMATS:
        found[component(wire_format, "Request")] = request_schema(wire_format)
        found[component(wire_format, "Reply")] = reply_schema(wire_format)
    return found


_TYPES = {str: "string", int: "integer", type(None): "null"}


def _problem() -> dict[str, Any]:
    """Return the schema of an error, from one with a field at fault and one without."""
    with_field, without = problem(422, "", "", "", 0), problem(422, "", "")
    return dict(_schema_of(with_field, without))


def _schema_of(first: Any, second: Any) -> Mapping[str, Any]:
    if isinstance(first, dict):
        parts = {name: _schema_of(value, second[name]) for name, value in first.items()}
        return object_of(*parts, **parts)
    types = list(dict.fromkeys((_TYPES[type(first)], _TYPES[type(second)])))
    return {"type": types[0] if len(types) == 1 else types}
