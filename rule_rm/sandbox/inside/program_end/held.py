"""Containers of the program's own classes, such as a subclass of dict: the facts of them for the judge.

One without ways of its own crosses as the builtin that it derives from. Any other stays an object of the
program's. Its items are data, which are compared in the judge.
"""

from __future__ import annotations

from collections import UserDict, UserList
from typing import Any

from rule_rm.sandbox.inside.data import values
from rule_rm.sandbox.inside.proxies import exceptions, special

CONTAINERS = (list, dict, set)
_SPECIALS = frozenset({*special.CROSSING, "__missing__"})
_PASSIVE = frozenset(
    [
        "__annotations__",
        "__dict__",
        "__doc__",
        "__firstlineno__",
        "__hash__",
        "__init__",
        "__module__",
        "__new__",
        "__orig_bases__",
        "__parameters__",
        "__qualname__",
        "__slots__",
        "__static_attributes__",
        "__weakref__",
    ]
)
"""Members of a class with which its instances are still used as those of its base are."""


def _own_classes(kind: type) -> list[type]:
    """Return the classes of the program's own among those that a class derives from."""
    return [one for one in kind.__mro__ if one.__module__ in exceptions.OF_PROGRAM]


def is_more(value: Any) -> bool:
    """Return whether a container of a class of the program's has methods or attributes of its own."""
    own = _own_classes(type(value))
    has_attributes = bool(own) and bool(getattr(value, "__dict__", ()))
    return has_attributes or any(vars(one).keys() - _PASSIVE for one in own)


def contents(value: Any) -> Any:
    """Return the items of a subclass of a builtin container, in that builtin; None for any other object."""
    inner = getattr(value, "data", None) if isinstance(value, (UserDict, UserList)) else value
    for builtin in CONTAINERS:
        if issubclass(type(inner), builtin):
            return values.decay(inner, builtin)
    return None


def facts(value: Any) -> dict[str, Any]:
    """Return the facts of an object that is a container, such as the methods that it has itself."""
    items = contents(value)
    if items is None:
        return {}
    own = [name for one in _own_classes(type(value)) for name in vars(one) if name in _SPECIALS]
    return {
        "holds": ["builtins", type(items).__name__],
        "is_builtin": isinstance(value, CONTAINERS),
        "own": own,
    }
