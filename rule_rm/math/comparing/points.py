"""Choose the points at which two expressions are compared, of every size, sign and piece."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from rule_rm.math.comparing.edges import edges
from rule_rm.math.comparing.kinks import (
    BENDING,
    DISCRETE,
    STEPPED,
    alternates,
    counts,
    has,
    is_kinked,
    pieces,
)
from rule_rm.math.values.expression import Expression

_SCALES = [(1, 3), (1, 3), (1, 1), (9, 1), (45, 1), (1, 20), (700, 1), (1, 1)]
"""The sizes of the points, in turn, as fractions."""
_FAR = (1, -1, 9, -9, 200, -200, 2_000, -2_000, 20_000, -20_000, 60_000, 200_000, -200_000)
"""The sizes of further points, with their signs."""
_MIXED_POINTS = 64
_SIZES = tuple(Fraction(size, 120) for size in (0, 3, 40, 120, 120, 360, 1440, 8400, 108_000))
"""The sizes of a variable at points where each has its own: from 1/40 to 900."""
_INTEGERS = [*range(31), 47, 64, 97, 100, 101, 144, 360, 1000, 1009, -1, -2, -3, -5, -8, -60]
_INTEGER_LETTERS = frozenset("ijklmnpqN")
"""Letters that mean an integer where something is floored or divided with remainder."""


def digests_of(golden: Expression, answer: Expression) -> Iterator[int]:
    """Yield numbers below 2^128 that depend on both expressions."""
    seed = hashlib.blake2b(f"{golden!r}\n{answer!r}".encode()).digest()
    count = 0
    while True:
        yield int.from_bytes(hashlib.blake2b(seed + count.to_bytes(4, "big"), digest_size=16).digest(), "big")
        count += 1


class Points:
    """The points for two expressions in variables."""

    def __init__(self, golden: Expression, answer: Expression, names: Sequence[str]) -> None:
        self.golden, self.answer, self.names = golden, answer, names

    def usual(self) -> Iterator[dict[str, Fraction]]:
        """Yield the points of every pair, and those in the pieces of one that bends."""
        digests = digests_of(self.golden, self.answer)
        whole = self.integers
        for number, (above, below) in enumerate(_SCALES):
            sizes = {
                name: Fraction(above * (next(digests) % 9_000_000 + 1_000_003), below * 3_100_007)
                for name in self.names
            }
            # A single variable has both signs at each size: `\arcsin y` has none but small values.
            for signs in (0, next(digests) if number and len(self.names) > 1 else -1):
                signed = {
                    name: -size if signs >> at & 1 else size for at, (name, size) in enumerate(sizes.items())
                }
                yield {
                    name: Fraction(round(value)) if name in whole else value for name, value in signed.items()
                }
        if whole:
            yield from self._whole_points(whole, digests)
        if is_kinked(self.golden) or is_kinked(self.answer):
            yield from self._piece_points(whole, digests)
            if len(self.names) > 1:
                yield from self._mixed_points(whole, digests)

    def far(self) -> Iterator[dict[str, Fraction]]:
        """Yield points far from zero, at which all variables have one sign."""
        digests, whole = digests_of(self.answer, self.golden), self.integers
        for scale in _FAR:
            yield {
                name: _whole(
                    Fraction(scale * (next(digests) % 9_000_000 + 1_000_003), 3_100_007), name in whole
                )
                for name in self.names
            }

    @cached_property
    def integers(self) -> frozenset[str]:
        """Return the variables that stand for integers only."""
        both = (self.golden, self.answer)
        if any(has(one, DISCRETE) or alternates(one) or counts(one) for one in both):
            return frozenset(self.names)
        if any(has(one, STEPPED) for one in both):
            return frozenset(name for name in self.names if name[0] in _INTEGER_LETTERS)
        return frozenset()

    def _whole_points(self, whole: frozenset[str], digests: Iterator[int]) -> Iterator[dict[str, Fraction]]:
        for value in _INTEGERS:
            yield {
                name: Fraction(value if not at else _INTEGERS[next(digests) % len(_INTEGERS)])
                if name in whole
                else Fraction(next(digests) % 9_000_000 + 1_000_003, 3_100_007)
                for at, name in enumerate(self.names)
            }

    def _mixed_points(self, whole: frozenset[str], digests: Iterator[int]) -> Iterator[dict[str, Fraction]]:
        """Yield points at which some variables are small and others large, as nested bends need them."""
        for _ in range(_MIXED_POINTS):
            values = {}
            for name in self.names:
                digest = next(digests)
                size = _SIZES[digest % len(_SIZES)] * Fraction(
                    digest // 16 % 9_000_000 + 1_000_003, 5_100_007
                )
                values[name] = _whole(-size if digest >> 8 & 1 else size, name in whole)
            yield values

    def on_edges(self) -> Iterator[dict[str, Fraction]]:
        """Yield the points at which one side jumps or bends."""
        if not (has(self.golden, BENDING) or has(self.answer, BENDING)):
            return
        digests, whole = digests_of(self.golden, self.answer), self.integers
        base = {name: Fraction(next(digests) % 90_000_000 + 1_000_003, 9_100_007) for name in self.names}
        for expression in (self.golden, self.answer):
            for values in edges(expression, base):
                yield {name: _whole(value, name in whole) for name, value in values.items()}

    def _piece_points(self, whole: frozenset[str], digests: Iterator[int]) -> Iterator[dict[str, Fraction]]:
        base = {name: Fraction(next(digests) % 90_000_000 + 1_000_003, 9_100_007) for name in self.names}
        found: dict[str, set[Fraction]] = {name: {base[name]} for name in self.names}
        for expression in (self.golden, self.answer):
            for values in pieces(expression, base):
                for name, value in values.items():
                    found[name].add(value)
                yield {name: _whole(value, name in whole) for name, value in values.items()}
        if len(self.names) > 1:
            yield from self._joint_points(found, whole, digests)

    def _joint_points(
        self, found: Mapping[str, set[Fraction]], whole: frozenset[str], digests: Iterator[int]
    ) -> Iterator[dict[str, Fraction]]:
        r"""Yield points in pieces of several variables at once: `\max(x,y,-1000)` is -1000 only there."""
        ordered = {name: sorted(values) for name, values in found.items()}
        for corner in range(min(2 ** len(self.names), _MIXED_POINTS)):
            yield {
                name: _whole(ordered[name][-(corner >> at & 1)], name in whole)
                for at, name in enumerate(self.names)
            }
        for _ in range(_MIXED_POINTS):
            yield {
                name: _whole(values[next(digests) % len(values)], name in whole)
                for name, values in ordered.items()
            }


def _whole(value: Fraction, is_whole: bool) -> Fraction:
    return Fraction(round(value)) if is_whole else value
