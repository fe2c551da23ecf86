"""JSON Schema: does a value keep to a schema? Drafts 6 to 2020-12, without what reaches outside the schema.

A schema that can't be decided here is told before any value is looked at: a keyword that is passed over would
call values valid that are not. Siblings of a `$ref` count, and `format` is an annotation.
"""

from __future__ import annotations

from typing import Any

from rule_rm.structured.schemas.check import check
from rule_rm.structured.schemas.parts import SchemaError
from rule_rm.structured.schemas.rules import Validation

__all__ = ["SchemaError", "check", "problem"]


def problem(value: Any, schema: Any) -> str | None:
    """Why a value does not keep to a schema that was checked; None if it does. Raises SchemaError.

    >>> problem({"n": 1.5}, {"properties": {"n": {"type": "integer"}}})
    'n: it is no integer'
    """
    return Validation(schema).problem(value, schema)
