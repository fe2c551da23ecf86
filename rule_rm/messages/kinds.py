"""Name the kind of a JSON value, for errors."""

from __future__ import annotations

from typing import Any


def kind_of(value: Any) -> str:
    """Return the kind of a value with its article.

    >>> kind_of(True), kind_of(1.5), kind_of([])
    ('true or false', 'a number', 'a list')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"
