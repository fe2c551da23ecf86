"""Objects of a test's class that has descriptors of the program's, which keep their values in them.

A descriptor keeps a value in a private attribute or in the `__dict__` of the object. The program may use
those that it has put there itself, and no other private one.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

from rule_rm.sandbox.inside.proxies.references import Reference

MODULE = "judge"
"""The module of the test's own definitions."""


def is_described(kind: type) -> bool:
    """Return whether a class of the test's has a descriptor of the program's."""
    return any(_is_descriptor(value) for base in kind.__mro__ for value in vars(base).values())


def _is_descriptor(value: Any) -> bool:
    kind = type(value)
    return issubclass(kind, Reference) and (hasattr(kind, "__get__") or hasattr(kind, "__set__"))


class Kept:
    """The attributes that the program keeps in objects that it was lent, which live as long as this."""

    def __init__(self) -> None:
        self._names: dict[int, set[str]] = {}
        self._attributes: dict[int, Attributes] = {}

    def has(self, target: Any, name: str) -> bool:
        """Return whether the program has put an attribute into an object."""
        return name in self._names.get(id(target), ())

    def add(self, target: Any, name: str) -> bool:
        """Return whether the program may set a private attribute: its own, or a new one that it may keep."""
        if self.has(target, name):
            return True
        is_private = name.startswith("_") and not name.startswith("__")
        if not is_private or not is_described(type(target)) or hasattr(target, name):
            return False
        self.note(target, name)
        return True

    def note(self, target: Any, name: str) -> None:
        """Note that the program has put an attribute there."""
        self._names.setdefault(id(target), set()).add(name)

    def remove(self, target: Any, name: str) -> bool:
        """Return whether the program may delete an attribute, which it may keep no longer."""
        if not self.has(target, name):
            return False
        self._names[id(target)].discard(name)
        return True

    def attributes(self, target: Any) -> Attributes:
        """Return what the program may see of the `__dict__` of an object."""
        return self._attributes.setdefault(id(target), Attributes(self, target))


class Attributes(MutableMapping[str, Any]):
    """The `__dict__` of an object, with the values of its descriptors and those that the program has set."""

    __module__ = MODULE

    def __init__(self, kept: Kept, target: Any) -> None:
        self._kept = kept
        self._target = target

    def _shows(self, name: str) -> bool:
        bases = type(self._target).__mro__
        return self._kept.has(self._target, name) or any(
            _is_descriptor(vars(base).get(name)) for base in bases
        )

    def __getitem__(self, name: str) -> Any:
        if not self._shows(name):
            raise KeyError(name)
        return vars(self._target)[name]

    def __setitem__(self, name: str, value: Any) -> None:
        # Not what the test has put there, nor a method of its class.
        is_there = name in vars(self._target) or hasattr(type(self._target), name)
        if is_there and not self._shows(name):
            raise KeyError(name)
        self._kept.note(self._target, name)
        vars(self._target)[name] = value

    def __delitem__(self, name: str) -> None:
        if not self._shows(name):
            raise KeyError(name)
        del vars(self._target)[name]

    def __iter__(self) -> Iterator[str]:
        return iter([name for name in vars(self._target) if self._shows(name)])

    def __len__(self) -> int:
        return sum(1 for _ in self)
