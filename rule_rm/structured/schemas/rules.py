"""The rule of each keyword: one small function for each, in one table.

A rule takes the value, the keyword's own value and the schema around it, all of them checked before. It
returns the problem, or None. As the standard has it, a keyword for lists accepts every string, and the like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from rule_rm.structured.schemas.parts import TYPES, SchemaError, compiled, listed, referred
from rule_rm.structured.strict import same_json


class Validation:
    """One value against one root schema."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self._active: set[tuple[int, int]] = set()

    def problem(self, value: Any, schema: Any) -> str | None:
        """Return the problem of a value at the first keyword that it breaks; None if it breaks none."""
        if isinstance(schema, bool):
            return None if schema else "there should be nothing"
        key = id(schema), id(value)
        if key in self._active:
            raise SchemaError("the schema refers to itself without end")
        self._active.add(key)
        try:
            for keyword, wanted in schema.items():
                rule = RULES.get(keyword)
                if rule is not None and (why := rule(self, value, wanted, schema)) is not None:
                    return why
        finally:
            self._active.discard(key)
        return None

    def holds(self, value: Any, schema: Any) -> bool:
        """Return True if a value is valid by a schema."""
        return self.problem(value, schema) is None


Rule = Callable[[Validation, Any, Any, Mapping[str, Any]], "str | None"]


def _type(_: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    names = listed(wanted)
    return None if any(TYPES[name](value) for name in names) else f"it is no {' or '.join(names)}"


def _enum(_: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    return None if any(same_json(value, one) for one in wanted) else "it is none of the possible values"


def _const(_: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    return None if same_json(value, wanted) else "it is not the value that it must be"


def _ref(self: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    return self.problem(value, referred(wanted, self.root))


def _properties(self: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    if not isinstance(value, dict):
        return None
    return _first((name, self.problem(value[name], part)) for name, part in wanted.items() if name in value)


def _pattern_properties(self: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    if not isinstance(value, dict):
        return None
    return _first(
        (name, self.problem(one, part))
        for pattern, part in wanted.items()
        for name, one in value.items()
        if compiled(pattern).search(name)
    )


def _additional_properties(
    self: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]
) -> str | None:
    if not isinstance(value, dict):
        return None
    known = schema.get("properties", {})
    patterns = [compiled(pattern) for pattern in schema.get("patternProperties", {})]
    return _first(
        (name, self.problem(one, wanted))
        for name, one in value.items()
        if name not in known and not any(pattern.search(name) for pattern in patterns)
    )


def _property_names(self: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    return _first((name, self.problem(name, wanted)) for name in value) if isinstance(value, dict) else None


def _required(_: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    missing = [name for name in wanted if name not in value] if isinstance(value, dict) else []
    return f"{missing[0]!r:.80} is missing" if missing else None


def _dependent_required(_: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    if not isinstance(value, dict):
        return None
    missing = [one for name, needs in wanted.items() if name in value for one in needs if one not in value]
    return f"{missing[0]!r:.80} is missing" if missing else None


def _dependent_schemas(self: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    if not isinstance(value, dict):
        return None
    return _first((name, self.problem(value, part)) for name, part in wanted.items() if name in value)


def _prefix_items(self: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    if not isinstance(value, list):
        return None
    return _first((str(at), self.problem(*pair)) for at, pair in enumerate(zip(value, wanted, strict=False)))


def _items(self: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    if isinstance(wanted, list):
        return _prefix_items(self, value, wanted, schema)
    return _items_from(self, value, wanted, len(schema.get("prefixItems", ())))


def _additional_items(self: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    first = schema.get("items")
    return _items_from(self, value, wanted, len(first)) if isinstance(first, list) else None


def _items_from(self: Validation, value: Any, wanted: Any, start: int) -> str | None:
    if not isinstance(value, list):
        return None
    return _first((str(at), self.problem(one, wanted)) for at, one in enumerate(value) if at >= start)


def _contains(self: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    if not isinstance(value, list):
        return None
    found = sum(self.holds(one, wanted) for one in value)
    least, most = schema.get("minContains", 1), schema.get("maxContains", len(value))
    return None if least <= found <= most else f"{found} of its values are of the kind that it must contain"


def _unique(_: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    if not wanted or not isinstance(value, list):
        return None
    if any(same_json(one, other) for at, one in enumerate(value) for other in value[:at]):
        return "it has a value twice"
    return None


def _pattern(_: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    if not isinstance(value, str) or compiled(wanted).search(value):
        return None
    return f"it does not match {wanted!r:.80}"


def _multiple_of(_: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    if not TYPES["number"](value) or Fraction(str(value)) % Fraction(str(wanted)) == 0:
        return None
    return f"it is no multiple of {wanted}"


def _all_of(self: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    return next((why for part in wanted if (why := self.problem(value, part)) is not None), None)


def _any_of(self: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    return None if any(self.holds(value, part) for part in wanted) else "it keeps to none of anyOf"


def _one_of(self: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    kept = sum(self.holds(value, part) for part in wanted)
    return None if kept == 1 else f"it keeps to {kept} of oneOf"


def _not(self: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    return "it is what it must not be" if self.holds(value, wanted) else None


def _if(self: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
    return self.problem(value, schema.get("then" if self.holds(value, wanted) else "else", True))


def _bound(of: type, size: Callable[[Any], Any], is_within: Callable[[Any, Any], bool], told: str) -> Rule:
    """Return the rule of a keyword that bounds a number, or the size of a string, a list or an object."""

    def rule(_: Validation, value: Any, wanted: Any, schema: Mapping[str, Any]) -> str | None:
        applies = TYPES["number"](value) if of is float else isinstance(value, of)
        return f"it has to be {told} {wanted}" if applies and not is_within(size(value), wanted) else None

    return rule


def _first(problems: Iterable[tuple[str, str | None]]) -> str | None:
    """Return the first problem, with the name of its place."""
    return next((f"{name[:80]}: {why}"[:500] for name, why in problems if why is not None), None)


BOUNDS: dict[str, Rule] = {
    "minimum": _bound(float, lambda value: value, lambda given, least: given >= least, "at least"),
    "maximum": _bound(float, lambda value: value, lambda given, most: given <= most, "at most"),
    "exclusiveMinimum": _bound(float, lambda value: value, lambda given, least: given > least, "above"),
    "exclusiveMaximum": _bound(float, lambda value: value, lambda given, most: given < most, "below"),
    "minLength": _bound(str, len, lambda given, least: given >= least, "of a length of at least"),
    "maxLength": _bound(str, len, lambda given, most: given <= most, "of a length of at most"),
    "minItems": _bound(list, len, lambda given, least: given >= least, "of a length of at least"),
    "maxItems": _bound(list, len, lambda given, most: given <= most, "of a length of at most"),
    "minProperties": _bound(dict, len, lambda given, least: given >= least, "of a size of at least"),
    "maxProperties": _bound(dict, len, lambda given, most: given <= most, "of a size of at most"),
    "multipleOf": _multiple_of,
}
"""The rules of keywords whose value is a number."""
RULES: dict[str, Rule] = {
    **BOUNDS,
    "type": _type,
    "enum": _enum,
    "const": _const,
    "$ref": _ref,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "propertyNames": _property_names,
    "required": _required,
    "dependentRequired": _dependent_required,
    "dependentSchemas": _dependent_schemas,
    "prefixItems": _prefix_items,
    "items": _items,
    "additionalItems": _additional_items,
    "contains": _contains,
    "uniqueItems": _unique,
    "pattern": _pattern,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
}
