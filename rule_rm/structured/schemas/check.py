"""Can a schema be decided? Every keyword in it must be known, and have a value that makes sense."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rule_rm.structured.schemas.parts import TYPES, SchemaError, compiled, is_number, listed, referred
from rule_rm.structured.schemas.rules import BOUNDS, RULES

_ONE = frozenset(
    {
        *("additionalProperties", "additionalItems", "contains", "else", "if", "items", "not"),
        *("propertyNames", "then"),
    }
)
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_MAPS = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
_NUMBERS = frozenset({*BOUNDS, "minContains", "maxContains"})
_ANNOTATIONS = frozenset(
    {
        *(
            "$schema",
            "$id",
            "$comment",
            "$anchor",
            "$vocabulary",
            "title",
            "description",
            "default",
            "examples",
        ),
        *("deprecated", "readOnly", "writeOnly", "format"),
        *("contentEncoding", "contentMediaType", "contentSchema"),
    }
)


def check(schema: Any, root: Any) -> None:
    """Raise SchemaError for a schema within a root schema that can't be decided."""
    if isinstance(schema, bool):
        return
    if not isinstance(schema, Mapping):
        raise SchemaError("a schema must be an object or a bool")
    for keyword, wanted in schema.items():
        for part in _parts(keyword, wanted):
            check(part, root)
        if keyword == "$ref":
            check_reference(wanted, root)
        elif keyword in _NUMBERS:
            _check_number(keyword, wanted)
        elif keyword in _VALUES:
            if not _VALUES[keyword](wanted):
                raise SchemaError(f"{keyword} has a wrong value: {wanted!r:.80}")
        elif keyword not in RULES and keyword not in _ANNOTATIONS | _ONE | _LISTS | _MAPS:
            raise SchemaError(f"the keyword {keyword!r:.80} is not supported")


def check_reference(reference: Any, root: Any) -> None:
    """Raise SchemaError unless a reference leads to a possible schema."""
    if not isinstance(referred(reference, root), (Mapping, bool)):
        raise SchemaError(f"$ref {reference!r:.80}: there is no schema")


def _parts(keyword: str, wanted: Any) -> list[Any]:
    """Return the schemas below a keyword."""
    if keyword in _ONE:
        return wanted if keyword == "items" and isinstance(wanted, list) else [wanted]
    if keyword in _LISTS:
        if not isinstance(wanted, list):
            raise SchemaError(f"{keyword} must be a list of schemas")
        return wanted
    if keyword in _MAPS:
        if not isinstance(wanted, Mapping):
            raise SchemaError(f"{keyword} must be an object of schemas")
        if keyword == "patternProperties":
            for pattern in wanted:
                compiled(pattern)
        return list(wanted.values())
    return []


def _check_number(keyword: str, wanted: Any) -> None:
    if not is_number(wanted) or (keyword == "multipleOf" and wanted <= 0):
        raise SchemaError(f"{keyword} must be a number, and multipleOf above 0, not {wanted!r:.80}")


def _are_texts(wanted: Any) -> bool:
    return isinstance(wanted, list) and all(isinstance(one, str) for one in wanted)


_VALUES: dict[str, Callable[[Any], bool]] = {
    "type": lambda wanted: all(isinstance(name, str) and name in TYPES for name in listed(wanted)),
    "enum": lambda wanted: isinstance(wanted, list),
    "required": _are_texts,
    "dependentRequired": lambda wanted: isinstance(wanted, Mapping) and all(map(_are_texts, wanted.values())),
    "uniqueItems": lambda wanted: isinstance(wanted, bool),
    "pattern": lambda wanted: compiled(wanted) is not None,
}
