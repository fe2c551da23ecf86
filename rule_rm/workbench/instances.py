"""A value that keeps to a JSON schema: a right answer for rows whose ground truth is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rule_rm.structured.schemas import problem

_DEEPEST = 12
_PLAIN: dict[str, Any] = {
    "string": "text",
    "integer": 1,
    "number": 1,
    "boolean": True,
    "null": None,
    "array": [],
    "object": {},
}


def instance(schema: Mapping[str, Any]) -> tuple[Any] | None:
    """Return a value of the schema as a tuple of one; None if none is found.

    >>> instance({"properties": {"n": {"type": "integer", "minimum": 5}}})
    ({'n': 5},)
    """
    try:
        made = _made(schema, 0)
        return (made,) if problem(made, schema) is None else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _made(schema: Any, depth: int) -> Any:
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return "text"
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    for key in ("enum", "examples"):
        if schema.get(key):
            return schema[key][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key) and "type" not in schema:
            return _made(schema[key][0], depth + 1)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = kind[0] if isinstance(kind, list) else kind
    return _of_kind(kind, schema, depth)


def _of_kind(kind: str, schema: Mapping[str, Any], depth: int) -> Any:
    if kind == "object":
        parts = schema.get("properties", {})
        names = dict.fromkeys((*schema.get("required", ()), *parts))
        return {name: _made(parts.get(name, {}), depth + 1) for name in names}
    if kind == "array":
        return [_made(schema.get("items", {}), depth + 1) for _ in range(schema.get("minItems", 1))]
    if kind in ("integer", "number"):
        least, most = schema.get("minimum"), schema.get("maximum")
        step = schema.get("multipleOf", 1)
        least = schema["exclusiveMinimum"] + step if "exclusiveMinimum" in schema else least
        return least if least is not None else most if most is not None and most < 1 else step
    if kind == "string":
        return "text" * (1 + schema.get("minLength", 0) // 4) if schema.get("maxLength", 4) >= 4 else "t"
    return _PLAIN.get(kind, "text")
