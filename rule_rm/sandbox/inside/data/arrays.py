"""NumPy's arrays and scalars as data: numbers, strings, dates, objects, records, and masked ones.

Only the types named here are rebuilt, each from plain parts. The type of an array is one of NumPy's letters
with a size, never a text that NumPy would have to interpret.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

_PLAIN = "biufcSU"
"""Kinds of NumPy's types that hold plain numbers and strings, by the letters that NumPy gives them."""
_DATES = "mM"
"""Kinds of spans and dates, which cross as the integers that they are."""
TAGS = frozenset({"ndarray", "dates", "objects", "records", "view", "masked"})
_VIEWS = ("matrix", "recarray")
"""Subclasses of arrays that only show the same data otherwise."""
_MODULES = ("numpy", "numpy.rec", "numpy.ma", "numpy.ma.core")

Encode = Callable[[Any], Any]
Decode = Callable[[Any], Any]


class Iterated:
    """The items of an iterator, as they are compared where lists are meant; it equals nothing itself."""

    __slots__ = ("items",)

    def __init__(self, items: Any) -> None:
        self.items = items

    def __repr__(self) -> str:
        return f"an iterator over {self.items!r}"


class Array(Iterated):
    """An array of NumPy's, where there is no NumPy."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"array({self.items!r})"


def is_array(kind: type) -> bool:
    """Return whether a type is one of NumPy's arrays or scalars."""
    return kind.__module__ in _MODULES and hasattr(kind, "tolist") and hasattr(kind, "dtype")


def is_plain(value: Any) -> bool:
    """Return whether an array holds numbers or strings, and nothing of any other kind."""
    return value.dtype.kind in _PLAIN


def form(value: Any, kind: type, encode: Encode) -> Any:
    """Return the form of an array or a scalar; None if it has none here."""
    name = kind.__name__
    if name == "MaskedArray":
        parts = [_whole(value.data, encode), _whole(value.mask, encode), _whole(value.fill_value, encode)]
        return None if None in parts else {"!": "masked", "v": parts}
    if name in _VIEWS:
        inner = _whole(value.view(sys.modules["numpy"].ndarray), encode)
        return None if inner is None else {"!": "view", "v": [name, inner]}
    return _whole(value, encode)


def _whole(value: Any, encode: Encode) -> Any:
    kind, shape = value.dtype.kind, list(value.shape)
    if kind in _PLAIN:
        return {"!": "ndarray", "v": [value.dtype.str, shape, encode(value.tolist())]}
    if kind in _DATES:
        return {"!": "dates", "v": [value.dtype.str, shape, encode(value.view("i8").tolist())]}
    if kind == "O":
        return {"!": "objects", "v": [shape, [encode(one) for one in value.ravel()]]}
    if kind == "V" and value.dtype.names:
        whole = sys.modules["numpy"].asarray(value)
        fields = [[name, _whole(whole[name], encode)] for name in value.dtype.names]
        return None if any(one is None for _, one in fields) else {"!": "records", "v": [shape, fields]}
    return None


def value(tag: str, content: Any, decode: Decode) -> Any:
    """Return the array of a form. Raises any exception if it is malformed."""
    numpy = sys.modules["numpy"]
    if tag in ("ndarray", "dates"):
        name, shape, items = content
        return _flat(numpy, tag, name, shape, decode(items))
    if tag == "objects":
        shape, forms = content
        made = numpy.empty(len(forms), dtype=object)
        for place, one in enumerate(forms):
            made[place] = decode(one)
        return made.reshape(shape)[()]
    if tag == "records":
        shape, fields = content
        return _records(numpy, shape, fields, decode)
    if tag == "view":
        kind, inner = content
        made = _inner(inner, decode)
        return numpy.rec.array(made) if kind == _VIEWS[1] else numpy.asmatrix(made)
    data, mask, filling = (_inner(part, decode) for part in content)
    return numpy.ma.MaskedArray(data, mask=mask, fill_value=filling)


def _flat(numpy: Any, tag: str, name: Any, shape: Any, plain: Any) -> Any:
    _check(name, shape, _PLAIN if tag == "ndarray" else _DATES)
    if tag == "ndarray":
        return numpy.array(plain, dtype=name).reshape(shape)[()]
    return numpy.array(plain, dtype="i8").reshape(shape).view(name)[()]


def _check(name: Any, shape: Any, kinds: str) -> None:
    if type(name) is not str or name[1:2] not in set(kinds) or not all(type(one) is int for one in shape):
        raise ValueError("no array")


def _inner(form: Any, decode: Decode) -> Any:
    if form["!"] not in TAGS:
        raise ValueError("no array")
    return decode(form)


def _records(numpy: Any, shape: Any, fields: Any, decode: Decode) -> Any:
    columns = [(str(name), numpy.asarray(_inner(form, decode))) for name, form in fields]
    if any(list(column.shape[: len(shape)]) != shape for _, column in columns):
        raise ValueError("fields of other shapes than their records")
    kinds = [(name, column.dtype, column.shape[len(shape) :]) for name, column in columns]
    made = numpy.empty(shape, dtype=kinds)
    for name, column in columns:
        made[name] = column
    return made[()]


def are_rebuilt() -> bool:
    """Return whether NumPy can be imported here."""
    if "numpy" not in sys.modules:
        try:
            __import__("numpy")
        except ImportError:
            return False
    return True


def where_there_is_no_numpy(tag: str, content: Any, decode: Decode) -> Any:
    """Return the items of an array of plain numbers or strings. Raises ValueError if it is another."""
    if tag != "ndarray":
        raise ValueError("an array that only NumPy can rebuild")
    name, shape, items = content
    _check(name, shape, _PLAIN)
    plain = decode(items)
    return Array(plain) if shape else plain
