"""Values from their forms, which may come from a program: only exact types are rebuilt."""

from __future__ import annotations

import json
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rule_rm.sandbox.inside.data import arrays, instants, values
from rule_rm.sandbox.inside.data.arrays import Iterated

MAX_EQUAL_HASHES = 1000
MAX_FRACTION_BITS = 100_000

Resolve = Callable[[str, Any], Any]
"""Makes a value of a tag that only the two ends of a channel know, and its content."""

has_numpy = False
"""Arrays are rebuilt, if NumPy can be imported; otherwise they are only compared by their items."""


class UndecodableError(ValueError):
    """The form is not one that `encode` writes."""


def loads(line: bytes | str, resolve: Resolve | None = None) -> Any:
    """Return the value of a line. Raises UndecodableError if `dumps` does not write such a line.

    >>> loads(values.dumps({"a": (1, 2.5), 3: {4, 5}}))
    {'a': (1, 2.5), 3: {4, 5}}
    """
    try:
        form = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UndecodableError(f"not a value: {error}") from None
    return decode(form, resolve)


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
            found += form if values.is_plain(form) else map(self.value, form)
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
            return self._known(found) if type(found) in values.MUTABLE else found
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
        if values.more is not None and tag in values.more.tags:
            return values.more.value(tag, content, self._each, self._known)
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
    **{name: _path(name) for name in values.PATHS},
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
    "defaultdict": lambda factory: defaultdict(values.FACTORIES[factory]),
}
"""Containers that are made with an argument."""
