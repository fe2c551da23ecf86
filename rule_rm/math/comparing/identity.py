r"""Decide whether two expressions are the same function.

Rational functions are decided in a prime field. Everything else is evaluated at points chosen for the pair:
small, large and negative ones, and integers where an expression is about integers. Every piece between the
bends of `kinks` has a point as well, and so has every edge. The points are digests of both expressions, so no
answer can be made to agree at them only.

Points where one side has no real value are skipped, since a writer means the same by `\ln x^2` and `2\ln x`.
They count where the golden answer bends, as `\sqrt{x}^2` is only one half of `|x|`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath

from rule_rm.math.comparing.approximate import DIGITS, approximate, as_float, precision, same
from rule_rm.math.comparing.conjugates import is_about_conjugates, same_with_conjugates
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.jumps import with_letters, without_inner_rounding
from rule_rm.math.comparing.kinks import BENDING, JUMPING, has, is_kinked, under_roots
from rule_rm.math.comparing.losses import MOST_DIGITS, closely_same, digits_for, may_lose
from rule_rm.math.comparing.matrices import is_about_matrices, same_matrices
from rule_rm.math.comparing.modular import PRIME, is_rational_function, residue
from rule_rm.math.comparing.points import Points, digests_of
from rule_rm.math.comparing.program import Program, Worked
from rule_rm.math.values.expression import Expression, TooCostlyError, symbols, uses

_FIELD_POINTS = 2
_ENOUGH = 3
"""Points at which both sides must have a value."""
_NOISE = mpmath.mpf(10) ** (15 - DIGITS)
"""The size up to which a value may be zero, as the last 15 digits may be wrong."""


class _TooLargeError(UndefinedError):
    """A value that exists and has too many digits."""


def identical(golden: Expression, answer: Expression, *, positive: bool = False) -> bool:
    """Return True if both have the same value wherever both have one; `positive`: for positive variables.

    Raises UndefinedError if they have none anywhere, TooCostlyError if it is too large.
    """
    names = sorted(symbols(golden) | symbols(answer))
    if not names:
        return _same_number(golden, answer)
    if is_about_matrices(golden, answer):
        return same_matrices(golden, answer)
    if is_about_conjugates(golden, answer):
        return same_with_conjugates(golden, answer)
    if is_rational_function(golden) and is_rational_function(answer):
        return _same_rational(golden, answer, names)
    is_jumping = has(golden, JUMPING) or has(answer, JUMPING)
    if is_jumping:
        golden, answer = without_inner_rounding(golden), without_inner_rounding(answer)
    test = _Test(golden, answer, names, positive)
    if is_jumping:
        lettered = with_letters(golden, answer, test.points.integers, identical)
        if lettered is not None and not identical(*lettered):
            return False
    return test.passed()


@lru_cache(maxsize=1024)
def point(name: str, number: int) -> Fraction:
    """Return the value of a variable at one of a few fixed points; the first is positive."""
    digest = hashlib.sha256(f"{name}:{number}".encode()).digest()
    size = Fraction(int.from_bytes(digest[:4], "big") % 9_000_000 + 1_000_003, 3_100_007)
    return -size if number % 2 and digest[4] % 2 else size


def _same_rational(golden: Expression, answer: Expression, names: Sequence[str]) -> bool:
    digests, found = digests_of(golden, answer), 0
    for _ in range(3 * _FIELD_POINTS):
        values = {name: next(digests) % PRIME for name in names}
        try:
            if residue(golden, values) != residue(answer, values):
                return False
        except UndefinedError:
            continue
        found += 1
        if found == _FIELD_POINTS:
            return True
    raise UndefinedError("neither has a value anywhere")


def _same_number(golden: Expression, answer: Expression) -> bool:
    ours, theirs = approximate(golden, {}), approximate(answer, {})
    if not same(ours, theirs):
        return False
    digits = digits_for(golden, answer)
    if digits > MOST_DIGITS:
        raise TooCostlyError("numbers of too many digits")
    return golden == answer or same(approximate(golden, {}, digits), approximate(answer, {}, digits), digits)


def _value(worked: Worked, side: int) -> Any:
    try:
        return worked.side(side)
    except TooCostlyError:
        if not worked.values:
            raise
        raise _TooLargeError("a value of too many digits") from None


class _Test:
    """The comparison of two expressions in variables at points of every regime."""

    def __init__(self, golden: Expression, answer: Expression, names: Sequence[str], positive: bool) -> None:
        self.golden, self.answer, self.names, self.positive = golden, answer, names, positive
        self.nonnegative = frozenset() if positive else under_roots(golden)
        self.points = Points(golden, answer, names)
        self.program = Program(golden, answer)
        self.is_kinked = is_kinked(golden) or is_kinked(answer)
        self.bends = has(golden, BENDING)
        self.may_lose = may_lose(golden, answer)

    def passed(self) -> bool:
        if uses(self.golden, "i") or uses(self.answer, "i"):
            return self._agree(real=False)
        try:
            return self._agree(real=True)
        except UndefinedError:
            return self._agree(real=False)

    def _agree(self, *, real: bool) -> bool:
        """Return True if all points agree where both have a value. Raises UndefinedError if there is none."""
        found = self._agreeing(self.points.usual(), real=real)
        if 0 <= found < _ENOUGH and real:
            # A root or a logarithm may begin far out: `\ln(x-300)`.
            further = self._agreeing(self.points.far(), real=real)
            found = further if further < 0 else found + further
        if not found:
            raise UndefinedError("neither has a value anywhere")
        return found >= _ENOUGH and self._agree_on_edges(real=real)

    def _agree_on_edges(self, *, real: bool) -> bool:
        """Return True if no two values differ where one side jumps or bends."""
        return not real or self._agreeing(self.points.on_edges(), real=real, strict=False) >= 0

    def _agreeing(self, points: Iterator[dict[str, Fraction]], *, real: bool, strict: bool = True) -> int:
        """Return at how many points without a zero both have a value, or -1 if two values differ.

        If strict, the answer must have a value where a golden answer with bends has one.
        """
        found = 0
        for values in points:
            if self.positive and any(value <= 0 for value in values.values()):
                continue
            if any(values[name] < 0 for name in self.nonnegative):
                continue
            worked = self.program.at(values, real=real)
            try:
                ours = _value(worked, 0)
            except UndefinedError:
                continue
            try:
                theirs = _value(worked, 1)
            except _TooLargeError:
                continue
            except UndefinedError:
                if self.bends and real and strict:
                    return -1
                continue
            if not _same_value(ours, theirs) and not (
                _is_noise(ours) and _is_noise(theirs) and self._both_vanish(values, real=real)
            ):
                return -1
            if self._is_unclear(found, ours, theirs):
                close = closely_same(self.program, values, real=real)
                if close is False and not self._both_vanish(values, real=real):
                    return -1
                if close is None:
                    continue
            # At zero a product says nothing about its other factors.
            found += all(value or name in self.points.integers for name, value in values.items())
        return found

    def _is_unclear(self, found: int, ours: Any, theirs: Any) -> bool:
        """Return True for inexact values that may agree by chance; smooth ones are seen closely thrice."""
        if not self.may_lose or (isinstance(ours, Fraction) and isinstance(theirs, Fraction)):
            return False
        return found < _ENOUGH or self.is_kinked

    def _both_vanish(self, values: dict[str, Fraction], *, real: bool) -> bool:
        """Return True if both values are zero up to noise, and their difference shrinks with more digits."""
        digits = digits_for(self.golden, self.answer)
        if digits > MOST_DIGITS:
            return False
        usual, close = (self.program.at(values, places, real=real) for places in (DIGITS, digits))
        if not all(_is_noise(usual.side(side)) for side in (0, 1)):
            return False
        with mpmath.workprec(precision(digits)):
            gap = as_float(close.side(0)) - as_float(close.side(1))
            return bool(abs(gap) < mpmath.mpf(10) ** (30 - digits))


def _is_noise(value: Any) -> bool:
    """Return True for a value that may be zero at the usual number of digits."""
    return bool(abs(mpmath.mpmathify(value)) < _NOISE)


def _same_value(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, Fraction) and isinstance(theirs, Fraction):
        return ours == theirs
    return same(ours, theirs)
