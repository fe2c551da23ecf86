"""Values of the program whose class derives from a builtin, with the attributes of the object.

They are compared as the builtin is. A method of the class is asked for where it gets no value of the test.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rule_rm.sandbox.inside.proxies import special
from rule_rm.sandbox.inside.proxies.references import LOOKED_FOR, Reference

VALUES = (int, float, str, bytes, tuple, frozenset)
"""Builtins whose values can't change: a subclass's instance is one here too, its attributes are asked for."""


def _value_attribute(self: Any, attribute: str) -> Any:
    reference = self.__dict__.get("_reference")
    if reference is None or attribute in special.CROSSING or attribute in LOOKED_FOR:
        raise AttributeError(attribute)
    return reference._channel.ask("get", reference, attribute)


def _own_or_builtin(builtin: type, name: str) -> Callable[..., Any]:
    """Return a method that is the program's where the class has its own, and no data has to cross for it."""
    reflected = name in special.REFLECTED
    asked = f"__{name[3:]}" if reflected else name

    def method(self: Any, *given: Any) -> Any:
        reference = self.__dict__.get("_reference")
        is_asked = reference is not None and name in reference._facts["own"]
        if is_asked and (name not in _SEEING or reference_of(given[0]) is not None):
            operands = (*given, self) if reflected else (self, *given)
            return reference._channel.ask("special", operands[0], asked, *operands[1:])
        plain = getattr(builtin, name, None)
        if plain is None and name not in _OPERATING:
            raise TypeError(f"{builtin.__name__!r} has no {name} for a value of the test")
        return NotImplemented if plain is None else plain(self, *given)

    return method


_SHOWING = ("__repr__", "__str__", "__format__")
"""Methods that write a value as text: its class may have its own, as that of a named tuple has."""
_OPERATING = frozenset({*special.BINARY, *special.REFLECTED})
_SEEING = _OPERATING | {"__contains__"}
"""Operations with another value: it must be the program's too, as the test's may be the expected one."""
_DIFFERING = frozenset(
    f"__{side}{name}__" for side in ("", "r") for name in ("sub", "truediv", "floordiv", "mod", "divmod")
)
"""Operations of numbers that show how near they are: they are always the builtin's."""
_READING_ALL = ("__iter__", "__reversed__", "__len__", "__bool__")
"""Methods by which a value is read as a whole: those of the builtin are used, if it has them."""
_OWN = (
    *(*_SHOWING, *_READING_ALL, "__getitem__", "__neg__", "__pos__", "__invert__", "__abs__"),
    *sorted(_SEEING),
)
"""Methods that a subclass of a builtin may have itself. Comparisons are always the builtin's."""
_value_types: dict[tuple[type, tuple[str, ...]], type] = {}


def _value_type(builtin: type, own: tuple[str, ...]) -> type:
    """Return the class of values of a builtin whose class has these methods itself."""
    if (builtin, own) not in _value_types:
        methods = {name: _own_or_builtin(builtin, name) for name in own}
        made = type(builtin.__name__, (builtin,), {"__getattr__": _value_attribute, **methods})
        _value_types[builtin, own] = made
    return _value_types[builtin, own]


def own_methods(kind: type, builtin: type) -> list[str]:
    """Return the methods that a subclass of a builtin has itself, of those that are used."""
    return [name for name in _OWN if getattr(kind, name, None) is not getattr(builtin, name, None)]


def _used(builtin: type, reference: Reference) -> tuple[str, ...]:
    kept = {name for name in _READING_ALL if hasattr(builtin, name)}
    if builtin in (int, float):
        kept |= _DIFFERING
    return tuple(name for name in _OWN if name in reference._facts["own"] and name not in kept)


def value_reference(value: Any, reference: Reference) -> Any:
    """Return a plain value for comparisons and arithmetic, with the attributes of the program's object."""
    builtin = type(value)
    if builtin not in VALUES:
        return value
    found = _value_type(builtin, _used(builtin, reference))(value)
    found.__dict__["_reference"] = reference
    return found


def reference_of(value: Any) -> Reference | None:
    """Return the reference to a value's object in the program, if there is one."""
    if isinstance(value, Reference):
        return value
    if type(value).__dict__.get("__getattr__") is _value_attribute or isinstance(value, BaseException | type):
        found = getattr(value, "__dict__", {}).get("_reference")
        return found if isinstance(found, Reference) else None
    return None
