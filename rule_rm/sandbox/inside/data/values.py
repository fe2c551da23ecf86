"""Values as data: the arguments and results of calls, as tagged JSON.

Only exact types of the standard library and NumPy's arrays are rebuilt from it, so a value brings no
behaviour along. An object that equals everything arrives as an opaque reference, a subclass of int as an int.
Pickle and marshal are not used, because their bytes can run code in the reader.

A value without a JSON form is `{"!": tag, "v": …}`.
"""

from __future__ import annotations

import json
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rule_rm.sandbox.inside.data import arrays, instants

MAX_DEPTH = 150
"""Levels of nesting: deep ones would exhaust the reader's stack."""
MAX_ITEMS = 1_000_000
"""Items that are taken from an iterator, which may have no end."""
_SMALL = 1 << 62

Shared = dict[int, tuple[int, Any]]
"""The numbers of containers that can be changed, and these, by their ids."""
Refer = Callable[[Any], Any]
"""Makes the form of an object that can't be data; returns NotImplemented to have it decay to its builtin."""


class UnencodableError(Exception):
    """The value has no form as data."""


more: Any = None
"""The forms of further types, at the two ends of a channel: see `twins`."""


def dumps(value: Any, refer: Refer | None = None) -> bytes:
    """Return a value as one line. `refer` makes references; without it, an object raises UnencodableError."""
    return json.dumps(encode(value, refer), separators=(",", ":")).encode()


def encode(value: Any, refer: Refer | None = None, depth: int = 0, shared: Shared | None = None) -> Any:
    """Return the JSON form of a value. Raises UnencodableError if it has none.

    `shared` numbers the containers that can be changed, in the order in which they are met, by their ids:
    where one is met again, its number is written. Without it, a container that holds itself is nested too
    deeply.
    """
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is int or kind is float:
        return _encode_number(value)
    if depth > MAX_DEPTH:
        raise UnencodableError("nested too deeply")
    if shared is not None and kind in MUTABLE:
        if id(value) in shared:
            return {"!": "same", "v": shared[id(value)][0]}
        shared[id(value)] = (len(shared), value)
    if kind is list and is_plain(value):
        return value
    return _encode_container(value, kind, refer, depth, shared)


MUTABLE = frozenset({list, dict, set, deque, OrderedDict, defaultdict, Counter, bytearray})
"""Containers that can be changed in place."""
_SEQUENCES = frozenset({list, tuple, set, frozenset, deque})
_MAPPINGS = frozenset({dict, OrderedDict, defaultdict, Counter})
_PARTS: dict[type, Callable[[Any], tuple[Any, ...]]] = {
    complex: lambda value: (value.real, value.imag),
    range: lambda value: (value.start, value.stop, value.step),
    Fraction: lambda value: (value.numerator, value.denominator),
    slice: lambda value: (value.start, value.stop, value.step),
}
FACTORIES: dict[str, Any] = {kind.__name__: kind for kind in (int, float, str, bool, list, dict, set, tuple)}
"""Makers of a missing value that a defaultdict keeps when it crosses."""
VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))
"""The views of a dict, which cross as their current contents."""
_BUILTINS = (bool, int, float, str, bytes, list, tuple, dict, set, frozenset)
_ATOMS = frozenset({str, bool, type(None)})


def is_plain(items: list[Any]) -> bool:
    """Return whether a list holds only strings or only small integers: it is its own form."""
    kinds = set(map(type, items))
    if kinds == {int}:
        return bool(min(items) > -_SMALL and max(items) < _SMALL)
    return kinds <= _ATOMS


def _encode_container(value: Any, kind: type, refer: Refer | None, depth: int, shared: Shared | None) -> Any:
    if kind in _SEQUENCES:
        items = [encode(item, refer, depth + 1, shared) for item in value]
        if kind is deque and value.maxlen is not None:
            return {"!": "bounded", "v": [value.maxlen, items]}
        return items if kind is list else {"!": kind.__name__, "v": items}

    def each(items: Any) -> list[Any]:
        return [encode(item, refer, depth + 1, shared) for item in items]

    if kind in _MAPPINGS:
        tag = kind.__name__ if kind in (OrderedDict, Counter) else "dict"
        factory = getattr(value, "default_factory", None)
        if refer is not None and factory is not None and factory in FACTORIES.values():
            return {"!": "defaultdict", "v": [factory.__name__, [each(pair) for pair in value.items()]]}
        if tag == "dict" and "!" not in value and all(type(key) is str for key in value):
            return {key: encode(item, refer, depth + 1, shared) for key, item in value.items()}
        return {"!": tag, "v": [each(pair) for pair in value.items()]}
    if kind in _PARTS:
        return {"!": kind.__name__, "v": each(_PARTS[kind](value))}
    if kind is bytes or kind is bytearray:
        return {"!": kind.__name__, "v": value.hex()}
    if kind is Decimal:
        return {"!": "Decimal", "v": str(value)}
    if kind in VIEWS:
        return {"!": kind.__name__, "v": each(value)}
    return _encode_other(value, kind, refer, depth, shared)


def _encode_number(value: Any) -> Any:
    if type(value) is int:
        return value if -_SMALL < value < _SMALL else {"!": "int", "v": format(value, "x")}
    # JSON has no form for infinities and not-a-number, whose difference with itself is not 0.
    return value if value - value == 0 else {"!": "float", "v": repr(value)}


def _encode_other(value: Any, kind: type, refer: Refer | None, depth: int, shared: Shared | None) -> Any:
    """Encode values of the library; have subclasses decay to their builtin by the builtin's own methods."""
    form = _encode_of_library(value, kind, refer, depth, shared)
    if form is not None:
        return form
    if refer is not None:
        found = refer(value)
        if found is not NotImplemented:
            return found
    for builtin in _BUILTINS:
        if isinstance(value, builtin) and issubclass(kind, builtin):
            return encode(decay(value, builtin), refer, depth + 1, shared)
    if refer is None and hasattr(kind, "__next__"):
        items = [encode(item, None, depth + 1) for item, _ in zip(value, range(MAX_ITEMS), strict=False)]
        return {"!": "iterated", "v": items}
    raise UnencodableError(f"{kind.__name__!r} can't be sent as data")


def _encode_of_library(value: Any, kind: type, refer: Refer | None, depth: int, shared: Shared | None) -> Any:
    """Return the form of a date, a path, an array or a type of `more`; None for any other."""
    if kind.__module__ in _PATH_MODULES and kind.__name__ in PATHS:
        return {"!": kind.__name__, "v": str(value)}
    if arrays.is_array(kind):
        return _encode_array(value, kind, refer, depth, shared)
    form = instants.form(value, kind)
    if form is not None or more is None:
        return form

    def each(items: Any, known: Shared | None) -> list[Any]:
        return [encode(item, refer, depth + 1, known) for item in items]

    return more.form(value, kind, each, shared)


_PATH_MODULES = ("pathlib", "pathlib._local")
PATHS = ("PosixPath", "PurePosixPath")


def _encode_array(value: Any, kind: type, refer: Refer | None, depth: int, shared: Shared | None) -> Any:
    """Return the form of an array; outside of a channel, others than plain ones are their items."""
    if refer is None and not (kind.__name__ == "ndarray" and arrays.is_plain(value)):
        return encode(value.tolist(), None, depth + 1)
    if shared is not None and value.shape:
        if id(value) in shared:
            return {"!": "same", "v": shared[id(value)][0]}
        shared[id(value)] = (len(shared), value)
    return arrays.form(value, kind, lambda item: encode(item, refer, depth + 1))


def decay(value: Any, builtin: type) -> Any:
    """Return a subclass's instance as one of its builtin, asking no method of the subclass."""
    if builtin is int:
        return int.__add__(value, 0)
    if builtin is float:
        return float.__add__(value, 0.0)
    if builtin is str:
        return str.__str__(value) if type(str.__str__(value)) is str else str.__add__("", value)
    if builtin is bytes:
        return bytes.__add__(b"", value)
    if builtin is dict:
        return dict(dict.items(value))
    return builtin(builtin.__iter__(value))  # type: ignore[attr-defined]
