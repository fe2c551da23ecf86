"""JSON Schema, drafts 6 to 2020-12: decide whether a value is valid, without references outside the schema.

- `check`: refuse a schema that can't be decided here
- `rules`: the rule of each keyword
- `parts`: types, patterns and references

A schema that can't be decided here is reported before any value is read, since a keyword that is ignored
would make invalid values valid. Siblings of a `$ref` count, and `format` is an annotation.

The tests are in `tests/structured`.
"""

from __future__ import annotations

from typing import Any

from rule_rm.structured.schemas.check import check
from rule_rm.structured.schemas.parts import SchemaError
from rule_rm.structured.schemas.rules import Validation

__all__ = ["SchemaError", "check", "problem"]


def problem(value: Any, schema: Any) -> str | None:
    """Return why a value is not valid by a checked schema; None if it is. Raises SchemaError if undecidable.

    >>> problem({"n": 1.5}, {"properties": {"n": {"type": "integer"}}})
    'n: it is no integer'
    """
    return Validation(schema).problem(value, schema)
