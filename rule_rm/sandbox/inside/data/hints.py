"""Type hints that cross as values, such as `List[int]`: as a name, such as `List`, and its arguments."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

TAG = "hint"
_KINDS = {
    "typing": (
        "_AnnotatedAlias",
        "_CallableGenericAlias",
        "_CallableType",
        "_GenericAlias",
        "_LiteralGenericAlias",
        "_LiteralSpecialForm",
        "_SpecialForm",
        "_SpecialGenericAlias",
        "_TupleType",
        "_TypedCacheSpecialForm",
        "_UnionGenericAlias",
        "Union",
    ),
    "types": ("GenericAlias", "UnionType"),
    "collections.abc": ("_CallableGenericAlias",),
}
"""The types of hints, by module."""
_MODULES = ("builtins", "collections", "collections.abc", "re", "types", "typing")
"""Modules that have names to be subscripted."""


def is_hint(kind: type) -> bool:
    """Return whether values of a type are hints."""
    return kind.__name__ in _KINDS.get(kind.__module__, ())


def form(value: Any, each: Callable[[Any], list[Any]]) -> Any:
    """Return the form of a hint; None for one of a class of the test's or the program's."""
    kind = type(value)
    if kind.__name__ in ("UnionType", "Union"):
        return {"!": TAG, "v": ["types", "UnionType", each(value.__args__)]}
    base = value if not hasattr(value, "__args__") else _subscripted(value)
    name = str(getattr(base, "_name", None) or getattr(base, "__qualname__", ""))
    module = getattr(base, "__module__", "")
    if module not in _MODULES or "." in name:
        return None
    given = None
    if base is not value:
        metadata = getattr(value, "__metadata__", ())
        given = each([*([value.__origin__] if metadata else value.__args__), *metadata])
    return {"!": TAG, "v": [module, name, given]}


def _subscripted(value: Any) -> Any:
    name = getattr(value, "_name", None)
    if name and name != "Optional" and type(value).__module__ == "typing":
        return getattr(sys.modules["typing"], name)
    if hasattr(value, "__metadata__"):
        return sys.modules["typing"].Annotated
    return value.__origin__


def value(content: Any, each: Callable[[Any], list[Any]]) -> Any:
    """Return the hint of a form. Raises any exception if the form is malformed."""
    module, name, forms = content
    if module not in _MODULES or name.startswith("_"):
        raise ValueError("no module of hints")
    given = None if forms is None else each(forms)
    if name == "UnionType":
        found = given[0]  # type: ignore[index]
        for other in given[1:]:  # type: ignore[index]
            found = found | other
        return found
    base = getattr(importlib.import_module(module), name)
    if not isinstance(base, type) and type(base).__module__ != "typing":
        raise ValueError("nothing that makes a hint")
    if given is None:
        return base
    if name not in ("Literal", "Annotated") and any(isinstance(one, str) for one in given):
        # A name that a reader of hints would evaluate.
        raise ValueError("a string for a hint")
    if name == "Callable":
        return base[... if given[0] is ... else given[:-1], given[-1]]
    return base[tuple(given)] if len(given) != 1 else base[given[0]]
