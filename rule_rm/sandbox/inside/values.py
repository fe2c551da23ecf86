"""Values as data: what a call is given and returns, as tagged JSON.

Only exact builtin types are ever rebuilt from it, so a value that crossed cannot bring behaviour along: an
object that equals everything arrives as an opaque reference, a subclass of int as the int. Never pickle or
marshal, whose bytes can run code in whoever reads them.

A value that JSON has no form for is `{"!": tag, "v": …}`.
"""

from __future__ import annotations

import json
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

MAX_DEPTH = 150
"""Levels of nesting: deep ones would exhaust the reader's stack."""
MAX_ITEMS = 1_000_000
"""Items that are taken from a generator, which may have no end."""
MAX_EQUAL_HASHES = 1000
MAX_FRACTION_BITS = 100_000
_SMALL = 1 << 62

Reference = Callable[[Any], Any]


class Unencodable(Exception):  # noqa: N818 - says what the value is
    """The value has no form as data."""


class Undecodable(ValueError):  # noqa: N818 - says what the form is
    """The form is not one that `encode` writes."""


def dumps(value: Any, refer: Reference | None = None) -> bytes:
    """A value as one line. `refer` makes a reference of what is no data, which else raises Unencodable."""
    return json.dumps(encode(value, refer), separators=(",", ":")).encode()


def loads(line: bytes | str, resolve: Reference | None = None) -> Any:
    """Return the value of a line. Raises Undecodable for anything that `dumps` does not write.

    >>> loads(dumps({"a": (1, 2.5), 3: {4, 5}}))
    {'a': (1, 2.5), 3: {4, 5}}
    """
    try:
        form = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Undecodable(f"not a value: {error}") from None
    return decode(form, resolve)


def encode(value: Any, refer: Reference | None = None, depth: int = 0) -> Any:
    """The JSON form of a value. Raises Unencodable."""
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int or kind is float:
        return _encode_number(value)
    if depth > MAX_DEPTH:
        raise Unencodable("nested too deeply")

    def each(items: Any) -> list[Any]:
        return [encode(item, refer, depth + 1) for item in items]

    if kind in _SEQUENCES:
        return each(value) if kind is list else {"!": kind.__name__, "v": each(value)}
    if kind in (dict, OrderedDict, defaultdict, Counter):
        if "!" not in value and all(type(key) is str for key in value):
            return {key: encode(item, refer, depth + 1) for key, item in value.items()}
        return {"!": "dict", "v": [each(pair) for pair in value.items()]}
    if kind in _PARTS:
        return {"!": kind.__name__, "v": each(_PARTS[kind](value))}
    if kind is bytes or kind is bytearray:
        return {"!": kind.__name__, "v": value.hex()}
    if kind is Decimal:
        return {"!": "Decimal", "v": str(value)}
    return _encode_other(value, kind, refer, depth)


_SEQUENCES = (list, tuple, set, frozenset, deque)
_PARTS: dict[type, Callable[[Any], tuple[Any, ...]]] = {
    complex: lambda value: (value.real, value.imag),
    range: lambda value: (value.start, value.stop, value.step),
    Fraction: lambda value: (value.numerator, value.denominator),
}
_BUILTINS = (bool, int, float, str, list, tuple, dict, set, frozenset)


def _encode_number(value: Any) -> Any:
    if type(value) is int:
        return value if -_SMALL < value < _SMALL else {"!": "int", "v": format(value, "x")}
    # JSON has no form for infinities and not-a-number, whose difference with itself is not 0.
    return value if value - value == 0 else {"!": "float", "v": repr(value)}


def _encode_other(value: Any, kind: type, refer: Reference | None, depth: int) -> Any:
    """Subclasses decay to their builtin by the builtin's own methods, arrays to lists, iterators to lists."""
    if kind.__module__ == "numpy" and hasattr(kind, "tolist"):
        return encode(value.tolist(), refer, depth + 1)
    for builtin in _BUILTINS:
        if isinstance(value, builtin) and issubclass(kind, builtin):
            return encode(_decay(value, builtin), refer, depth + 1)
    if hasattr(kind, "__next__"):
        return [encode(item, refer, depth + 1) for item, _ in zip(value, range(MAX_ITEMS), strict=False)]
    if refer is not None:
        return refer(value)
    raise Unencodable(f"{kind.__name__!r} is no data")


def _decay(value: Any, builtin: type) -> Any:
    if builtin is int:
        return int.__add__(value, 0)
    if builtin is float:
        return float.__add__(value, 0.0)
    if builtin is str:
        return str.__str__(value) if type(str.__str__(value)) is str else str.__add__("", value)
    if builtin is dict:
        return dict(dict.items(value))
    return builtin(builtin.__iter__(value))  # type: ignore[attr-defined]


def decode(form: Any, resolve: Reference | None = None) -> Any:
    """Return the value of a JSON form. `resolve` gets the form of a reference.

    Raises Undecodable for a form that `encode` does not write, whatever went wrong: the form comes from the
    program, and its caller must be able to tell the program's fault from one of ours by the type alone.
    """
    try:
        return _decode(form, resolve)
    except Exception as error:  # noqa: BLE001 - the one boundary; any constructor may be given any argument
        raise Undecodable(f"not a value: {type(error).__name__}: {error}") from None


def _decode(form: Any, resolve: Reference | None) -> Any:
    if type(form) is list:
        return [_decode(item, resolve) for item in form]
    if type(form) is not dict:
        return form
    if "!" not in form:
        return {key: _decode(item, resolve) for key, item in form.items()}
    tag, content = form["!"], form["v"]
    if tag == "ref":
        if resolve is None:
            raise ValueError("a reference where there can be none")
        return resolve(content)
    if tag in _DECODERS:
        return _DECODERS[tag](content)
    items = [_decode(item, resolve) for item in content]
    if tag == "dict":
        _refuse_one_hash([key for key, _ in items])
        return {key: item for key, item in items}  # noqa: C416 - each is a list of two, or this raises
    if tag in ("set", "frozenset"):
        _refuse_one_hash(items)
    return _CONTAINERS[tag](items)


def _refuse_one_hash(keys: list[Any]) -> None:
    """Raise ValueError for many keys of few hashes: made to be so, as to tell them apart takes hours."""
    if len(keys) > MAX_EQUAL_HASHES and len(set(map(hash, keys))) < len(keys) - MAX_EQUAL_HASHES:
        raise ValueError("the keys are made to have one hash")


def _decode_all(forms: Any) -> list[Any]:
    return [_decode(form, None) for form in forms]


def _fraction(parts: Any) -> Fraction:
    numerator, denominator = _decode_all(parts)
    if max(numerator.bit_length(), denominator.bit_length()) > MAX_FRACTION_BITS:
        raise ValueError("a fraction of numbers that are too long to be reduced")
    return Fraction(numerator, denominator)


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "int": lambda text: int(text, 16),
    "float": float,
    "bytes": bytes.fromhex,
    "bytearray": bytearray.fromhex,
    "Decimal": Decimal,
    "complex": lambda parts: complex(*_decode_all(parts)),
    "range": lambda parts: range(*_decode_all(parts)),
    "Fraction": _fraction,
}
_CONTAINERS: dict[str, Callable[[Any], Any]] = {
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "deque": deque,
}
