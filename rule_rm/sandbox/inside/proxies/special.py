"""The special methods by which Python's syntax and builtins reach an object: those that cross the channel."""

from __future__ import annotations

import builtins
import math
import operator
import types
from collections.abc import Callable
from typing import Any

UNARY: dict[str, Callable[..., Any]] = {
    "__len__": len,
    "__bool__": bool,
    "__str__": str,
    "__repr__": repr,
    "__hash__": hash,
    "__iter__": iter,
    "__reversed__": reversed,
    "__abs__": abs,
    "__neg__": operator.neg,
    "__pos__": operator.pos,
    "__invert__": operator.invert,
    "__int__": int,
    "__float__": float,
    "__complex__": complex,
    "__index__": operator.index,
    "__round__": round,
    "__trunc__": math.trunc,
    "__floor__": math.floor,
    "__ceil__": math.ceil,
    "__bytes__": bytes,
    "__dir__": dir,
}
"""Of one object, as they are called where it is."""
OTHER: dict[str, Callable[..., Any]] = {
    "__getitem__": operator.getitem,
    "__setitem__": operator.setitem,
    "__delitem__": operator.delitem,
    "__contains__": operator.contains,
    "__format__": format,
    "__enter__": lambda one: type(one).__enter__(one),
    "__exit__": lambda one, *error: type(one).__exit__(one, *error),
}
_ARITHMETIC: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "matmul": operator.matmul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "divmod": divmod,
    "pow": pow,
    "lshift": operator.lshift,
    "rshift": operator.rshift,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
}
BINARY = {f"__{name}__": function for name, function in _ARITHMETIC.items()}
REFLECTED = {f"__r{name}__": function for name, function in _ARITHMETIC.items()}
IN_PLACE = {f"__i{name}__": getattr(operator, f"i{name}") for name in _ARITHMETIC if name not in ("divmod",)}
COMPARING = {f"__{name}__": getattr(operator, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")}
DESCRIBING: dict[str, Callable[..., Any]] = {
    "__get__": lambda one, *given: type(one).__get__(one, *given),
    "__set__": lambda one, *given: type(one).__set__(one, *given),
    "__delete__": lambda one, *given: type(one).__delete__(one, *given),
    "__set_name__": lambda one, *given: type(one).__set_name__(one, *given),
}
"""Of descriptors, as far as their class is written in Python: not those of functions."""
AWAITED = ("__await__", "__aiter__", "__anext__", "__aenter__", "__aexit__")

ALL: dict[str, Callable[..., Any]] = {**UNARY, **OTHER, **BINARY, **IN_PLACE, **COMPARING, **DESCRIBING}
"""Methods that are requested from the program by name; reflected ones are requested with swapped operands."""
CROSSING = (*ALL, *REFLECTED, "__next__", *AWAITED)
"""The special methods that are looked up in an object's type."""
TELLING = frozenset({"__abs__", "__int__", "__float__", "__complex__", "__round__", "__index__"})
"""Methods that turn an object into a number: from a difference, 0 would mean "equal"."""
BUILDING = frozenset(
    {"__add__", "__mul__", "__matmul__", "__radd__", "__rmul__", "__rmatmul__", "__pow__", "__divmod__"}
)
"""Operations whose result does not say how near the two operands are, and that no test compares by."""
_PLAIN = {name: getattr(builtins.object, name, None) for name in CROSSING}


def specials(kind: type) -> list[str]:
    """Return the special methods that a type has of its own; `-__hash__` where it can't be hashed."""
    found = [
        name
        for name in CROSSING
        if getattr(kind, name, None) is not None
        and getattr(kind, name) is not _PLAIN[name]
        and (name not in DESCRIBING or type(getattr(kind, name)) is types.FunctionType)
    ]
    return [*found, "-__hash__"] if kind.__hash__ is None else found
