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

from rule_rm.sandbox.inside import arrays, instants
from rule_rm.sandbox.inside.arrays import Iterated

MAX_DEPTH = 150
"""Levels of nesting: deep ones would exhaust the reader's stack."""
MAX_ITEMS = 1_000_000
"""Items that are taken from an iterator, which may have no end."""
MAX_EQUAL_HASHES = 1000
MAX_FRACTION_BITS = 100_000
_SMALL = 1 << 62

Shared = dict[int, tuple[int, Any]]
"""The numbers of containers that can be changed, and these, by their ids."""
Refer = Callable[[Any], Any]
"""Makes the form of an object that can't be data; returns NotImplemented to have it decay to its builtin."""
Resolve = Callable[[str, Any], Any]
"""Makes a value of a tag that only the two ends of a channel know, and its content."""


class UnencodableError(Exception):
    """The value has no form as data."""


class UndecodableError(ValueError):
    """The form is not one that `encode` writes."""


more: Any = None
"""The forms of further types, at the two ends of a channel: see `twins`."""
has_numpy = False
"""Arrays are rebuilt, if NumPy can be imported; otherwise they are only compared by their items."""


def dumps(value: Any, refer: Refer | None = None) -> bytes:
    """Return a value as one line. `refer` makes references; without it, an object raises UnencodableError."""
    return json.dumps(encode(value, refer), separators=(",", ":")).encode()


def loads(line: bytes | str, resolve: Resolve | None = None) -> Any:
    """Return the value of a line. Raises UndecodableError if `dumps` does not write such a line.

    >>> loads(dumps({"a": (1, 2.5), 3: {4, 5}}))
    {'a': (1, 2.5), 3: {4, 5}}
    """
    try:
        form = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UndecodableError(f"not a value: {error}") from None
    return decode(form, resolve)


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
    if kind.__module__ in _PATH_MODULES and kind.__name__ in _PATHS:
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
_PATHS = ("PosixPath", "PurePosixPath")


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


def decode(form: Any, resolve: Resolve | None = None, shared: list[Any] | None = None) -> Any:
    """Return the value of a JSON form. `resolve` gets the tags that are a channel's own.

    `shared` becomes the list of the containers that can be changed, by the numbers that `encode` gave them.

    Raises UndecodableError for a form that `encode` does not write, whatever went wrong: the form comes from
    the program, and its caller must be able to tell the program's fault from one of ours by the type alone.
    """
    if type(form) is not dict and type(form) is not list:
        return form
    try:
        return _Decoder(resolve, shared).value(form)
    except Exception as error:  # noqa: BLE001 - the one boundary; any constructor may be given any argument
        raise UndecodableError(f"not a value: {type(error).__name__}: {error}") from None


class _Decoder:
    """One form on its way to being a value."""

    def __init__(self, resolve: Resolve | None, shared: list[Any] | None) -> None:
        self._resolve = resolve
        self._shared = shared

    def value(self, form: Any) -> Any:
        """Return the value of a form. Raises any exception if the form is malformed."""
        if type(form) is list:
            found = self._known([])
            found += form if is_plain(form) else map(self.value, form)
            return found
        if type(form) is not dict:
            return form
        if "!" not in form:
            made = self._known({})
            made.update((key, self.value(item)) for key, item in form.items())
            return made
        return self._tagged(form["!"], form["v"])

    def _known(self, container: Any) -> Any:
        if self._shared is not None:
            self._shared.append(container)
        return container

    def _tagged(self, tag: Any, content: Any) -> Any:
        if tag in _DECODERS:
            found = _DECODERS[tag](content)
            return self._known(found) if type(found) in MUTABLE else found
        if tag in arrays.TAGS:
            return self._array(tag, content)
        if tag in ("tuple", "frozenset"):
            items = [self.value(item) for item in content]
            if tag == "frozenset":
                _refuse_one_hash(items)
            return _IMMUTABLE[tag](items)
        if tag in _VIEWED:
            return _VIEWED[tag]([self.value(item) for item in content])
        if tag in _MADE:
            return self._filled(self._known(_MADE[tag]()), content)
        if tag in _MADE_WITH:
            return self._filled(self._known(_MADE_WITH[tag](content[0])), content[1])
        if tag == "same" and self._shared is not None:
            return self._shared[content]
        if more is not None and tag in more.tags:
            return more.value(tag, content, self._each, self._known)
        if self._resolve is None:
            raise ValueError(f"{tag!r} where there can be none")
        return self._resolve(tag, content)

    def _each(self, forms: Any, is_shared: bool) -> list[Any]:
        decoder = self if is_shared else _Decoder(self._resolve, None)
        return [decoder.value(form) for form in forms]

    def _array(self, tag: str, content: Any) -> Any:
        plain = _Decoder(self._resolve, None).value
        if not has_numpy or not arrays.are_rebuilt():
            return arrays.where_there_is_no_numpy(tag, content, plain)
        found = arrays.value(tag, content, plain)
        return self._known(found) if arrays.is_array(type(found)) and found.shape else found

    def _filled(self, made: Any, content: Any) -> Any:
        items = [self.value(item) for item in content]
        if type(made) is deque:
            made.extend(items)
        elif type(made) is set:
            _refuse_one_hash(items)
            made.update(items)
        else:
            _refuse_one_hash([key for key, _ in items])
            # Not `update`, by which a Counter adds up.
            for key, item in items:
                made[key] = item
        return made


def _refuse_one_hash(keys: list[Any]) -> None:
    """Raise ValueError for many keys of few hashes: made to be so, as to tell them apart takes hours."""
    if len(keys) > MAX_EQUAL_HASHES and len(set(map(hash, keys))) < len(keys) - MAX_EQUAL_HASHES:
        raise ValueError("the keys are made to have one hash")


def _keyed(keys: list[Any], items: list[Any] | None = None) -> dict[Any, Any]:
    _refuse_one_hash(keys)
    return dict(zip(keys, keys if items is None else items, strict=True))


def _decode_all(forms: Any) -> list[Any]:
    return [_Decoder(None, None).value(form) for form in forms]


def _fraction(parts: Any) -> Fraction:
    numerator, denominator = _decode_all(parts)
    if max(numerator.bit_length(), denominator.bit_length()) > MAX_FRACTION_BITS:
        raise ValueError("a fraction of numbers that are too long to be reduced")
    return Fraction(numerator, denominator)


def _path(name: str) -> Callable[[Any], Any]:
    def made(content: Any) -> Any:
        import pathlib

        return getattr(pathlib, name)(content)

    return made


def with_numpy() -> None:
    """Let NumPy rebuild arrays, if this process can import it."""
    global has_numpy
    has_numpy = True


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "int": lambda text: int(text, 16),
    "float": float,
    "bytes": bytes.fromhex,
    "bytearray": bytearray.fromhex,
    "Decimal": Decimal,
    "complex": lambda parts: complex(*_decode_all(parts)),
    "range": lambda parts: range(*_decode_all(parts)),
    "Fraction": _fraction,
    "slice": lambda parts: slice(*_decode_all(parts)),
    "iterated": lambda forms: Iterated(_decode_all(forms)),
    **instants.DECODERS,
    **{name: _path(name) for name in _PATHS},
}
_IMMUTABLE: dict[str, Callable[[Any], Any]] = {"tuple": tuple, "frozenset": frozenset}
_VIEWED: dict[str, Callable[[list[Any]], Any]] = {
    "dict_keys": lambda items: _keyed(items).keys(),
    "dict_values": lambda items: dict(enumerate(items)).values(),
    "dict_items": lambda items: _keyed([key for key, _ in items], [item for _, item in items]).items(),
}
_MADE: dict[str, Callable[[], Any]] = {
    "set": set,
    "deque": deque,
    "dict": dict,
    "OrderedDict": OrderedDict,
    "Counter": Counter,
}
_MADE_WITH: dict[str, Callable[[Any], Any]] = {
    "bounded": lambda length: deque(maxlen=length),
    "defaultdict": lambda factory: defaultdict(FACTORIES[factory]),
}
"""Containers that are made with an argument."""
