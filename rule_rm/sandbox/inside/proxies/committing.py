"""The value that an object of the program's equals, which it names before it sees the test's.

A class may define that its objects equal data. Its `__eq__` belongs to the program, so it can't be asked
whether an object equals the expected value. It gets a probe instead. The probe holds no value, notes the
values that it is compared with, and agrees. Those are compared in the judge. So the program has to know the
value, as if it had returned it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

_MOST = 24
"""A sequence is compared with probes of each length up to this one, as the right one would tell."""
_NEAREST = 1e-6
"""The most that a comparison by a difference may allow, such as `abs(self.x - other) < 1e-9`."""

Noted = list[tuple[tuple[Any, ...], Any, float]]
"""The place in the probe, the value that it was compared with, and how far it may lie."""


class _Probe:
    """Notes what it is compared with."""

    _noted: Noted
    _place: tuple[Any, ...]

    def __eq__(self, other: object) -> bool:
        self._noted.append((self._place, other, 0.0))
        return True

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def __sub__(self, other: Any) -> _Difference:
        return _Difference(self, other)

    __rsub__ = __sub__


class _Difference:
    """A difference of a probe and a value, of which only the size matters."""

    def __init__(self, probe: _Probe, value: Any) -> None:
        self._probe, self._value = probe, value

    def __abs__(self) -> _Difference:
        return self

    def __lt__(self, most: float) -> bool:
        if not 0 < most <= _NEAREST:
            return False
        self._probe._noted.append((self._probe._place, self._value, float(most)))
        return True

    __le__ = __lt__


def _of(builtin: type) -> Any:
    """Return a kind of probes that pass for objects of a builtin."""
    return type(_Probe.__name__, (_Probe, builtin), {})


_OF_INT, _OF_FLOAT, _OF_TUPLE, _OF_LIST = map(_of, (int, float, tuple, list))
_KINDS: dict[str, tuple[Any, ...]] = {
    "int": (_OF_INT, _OF_FLOAT, _Probe),
    "bool": (_OF_INT, _Probe),
    "float": (_OF_FLOAT, _OF_INT, _Probe),
    "tuple": (_OF_TUPLE, _Probe),
    "list": (_OF_LIST, _Probe),
    **{builtin.__name__: (_of(builtin), _Probe) for builtin in (str, dict, set)},
}
"""The kinds of probes for data of a type, in the order in which they are tried."""
_SEQUENCES: dict[Any, Callable[[Iterable[Any]], Any]] = {_OF_TUPLE: tuple, _OF_LIST: list}


def commitment(agrees: Callable[[Any], Any], kind: str) -> tuple[Any, float] | None:
    """Return the value that an object equals, and how far data may lie from it; None if there is no such.

    `agrees` compares the object with a probe; `kind` is the name of the type of the data.

    >>> commitment(lambda other: (1, 2) == other, "tuple")
    ((1, 2), 0.0)
    >>> commitment(lambda other: len(other) == 2 and other[0] == 1 and other[1] == 2, "tuple")
    ((1, 2), 0.0)
    >>> commitment(lambda other: True, "tuple")
    """
    for probe in _KINDS.get(kind, (_Probe,)):
        found = list(_named(agrees, probe))
        if found:
            first = found[0]
            return first if all(_is_same(first, other) for other in found) else None
    return None


_MOST_ITEMS = 1 << 20
_CONTAINERS: dict[str, Callable[[Iterable[Any]], Any]] = {
    kind.__name__: kind for kind in (dict, list, tuple, set, frozenset)
}


def own_contents(agrees: Callable[[Any], Any], one: Any, kind: str) -> tuple[Any, float] | None:
    """Return the contents of a container that equals them, such as a Mapping or a Set of the program's own.

    They are named as unseen as by a probe: an object that equals everything has to contain the right value.

    >>> from collections import ChainMap
    >>> its = ChainMap({"a": 1}, {"b": 2})
    >>> own_contents(its.__eq__, its, "dict")
    ({'b': 2, 'a': 1}, 0.0)
    >>> own_contents(its.__eq__, its, "list")
    """
    if kind not in _CONTAINERS or not (hasattr(type(one), "__len__") and hasattr(type(one), "__iter__")):
        return None
    try:
        items = one.items() if kind == "dict" else one
        contents = _CONTAINERS[kind](islice(iter(items), min(len(one), _MOST_ITEMS) + 1))
        return (contents, 0.0) if agrees(contents) is True else None
    except Exception:  # noqa: BLE001 - the class's own, for a kind of container that it is not
        return None


def _named(agrees: Callable[[Any], Any], kind: Any) -> Iterator[tuple[Any, float]]:
    """Yield the values by which an object equals probes of a kind: of each length, if it has one."""
    for length in range(_MOST + 1) if kind in _SEQUENCES else (0,):
        noted: Noted = []
        parts = [_made(_Probe, noted, (place,)) for place in range(length)]
        probe = _made(kind, noted, (), *([parts] if kind in _SEQUENCES else []))
        try:
            if agrees(probe) is not True:
                continue
        except Exception:  # noqa: BLE001, S112 - the class's own, for a value that it does not expect
            continue
        found = _assembled(noted, kind, length)
        if found is not None:
            yield found


def _made(kind: Any, noted: Noted, place: tuple[Any, ...], *given: Any) -> Any:
    made = kind(*given)
    made._noted, made._place = noted, place
    return made


def _assembled(noted: Noted, kind: Any, length: int) -> tuple[Any, float] | None:
    """Return the value that was noted: the whole one, or one of the items of a sequence."""
    by_place: dict[tuple[Any, ...], tuple[Any, float]] = {}
    # A probe compared with a probe would note more while these are read.
    for place, value, distance in [one for one in noted if not isinstance(one[1], _Probe)]:
        known = by_place.setdefault(place, (value, distance))
        if not _is_same(known, (value, distance)):
            return None
    if () in by_place:
        return by_place[()]
    if not length or set(by_place) != {(place,) for place in range(length)}:
        return None
    items = [by_place[(place,)] for place in range(length)]
    return _SEQUENCES[kind](value for value, _ in items), max(distance for _, distance in items)


def _is_same(one: tuple[Any, float], other: tuple[Any, float]) -> bool:
    try:
        return one[1] == other[1] and type(one[0]) is type(other[0]) and bool(one[0] == other[0])
    except Exception:  # noqa: BLE001 - of the program's own
        return False


def is_that(value: Any, distance: float, data: Any) -> bool:
    """Return whether data is the value that an object has named.

    >>> is_that((1, 2.0), 0.0, (1, 2)), is_that([0.1 + 0.2], 1e-9, [0.3]), is_that(0.5, 1.0, 0)
    (True, True, False)
    """
    if value == data:
        return True
    if not 0 < distance <= _NEAREST:
        return False
    if isinstance(value, (list, tuple)):
        return (
            type(value) is type(data)
            and len(value) == len(data)
            and all(is_that(part, distance, other) for part, other in zip(value, data, strict=True))
        )
    numbers = (int, float)
    return isinstance(value, numbers) and isinstance(data, numbers) and abs(value - data) <= distance
