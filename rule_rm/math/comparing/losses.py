r"""Find values that are lost in others: at a fixed number of digits `10^{64}|x| + 1` is `10^{64}|x|`.

A point at which something is lost shows nothing about two expressions. It is looked at with more digits, and
does not count if these do not suffice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath

from rule_rm.math.comparing.approximate import same
from rule_rm.math.comparing.exact import Values
from rule_rm.math.comparing.program import Program, Worked
from rule_rm.math.values.expression import Apply, Expression, Number

CLOSER = 400
"""The digits that show what 60 do not."""
MOST_DIGITS = 3_000
_NOISE = 15
"""The last digits of a value, which may be wrong."""
_BITS = 3.33
"""Bits of a decimal digit."""
_MODERATE_DIGITS = 30
"""The digits written in two expressions up to which no product of their numbers is extreme."""
_MODERATE_EXPONENT = 12
_STEEP = frozenset(
    {"exp", "factorial", "double factorial", "gamma", "sinh", "cosh", "tanh", "erf", "binomial", "nPr"}
)
"""Functions whose values soon are far from their arguments."""
_NEAR_ONE = frozenset({"exp", "power", "root", "cos", "sec", "cosh", "tanh", "erf"})
"""Functions that are 1, or almost 1, at some places."""
_SATURATED = frozenset({"tanh", "erf"})
"""Functions that come close to 1 and never reach it."""


@lru_cache(maxsize=2048)
def height(expression: Expression) -> int:
    """Return the digits that are written in an expression, exponents counted by their value."""
    match expression:
        case Number(value):
            return (value.numerator.bit_length() + value.denominator.bit_length()) // 3
        case Apply("power", (base, Number(exponent))):
            return min(math.ceil(abs(exponent)) + 1, MOST_DIGITS) * (height(base) + 1)
        case Apply(_, arguments):
            return 1 + sum(map(height, arguments))
    return 1


def digits_for(golden: Expression, answer: Expression) -> int:
    """Return the digits that show a difference of two expressions."""
    return CLOSER + 2 * (height(golden) + height(answer))


def may_lose(golden: Expression, answer: Expression) -> bool:
    """Return True if one part of an expression may be lost in another at the usual number of digits."""
    return height(golden) + height(answer) > _MODERATE_DIGITS or _is_steep(golden) or _is_steep(answer)


def _is_steep(expression: Expression) -> bool:
    match expression:
        case Apply("power", (base, Number(exponent))):
            return abs(exponent) > _MODERATE_EXPONENT or _is_steep(base)
        case Apply("power", _):
            return True
        case Apply(function, arguments):
            return function in _STEEP or any(map(_is_steep, arguments))
    return False


def closely_same(program: Program, values: Values, *, real: bool) -> bool | None:
    """Return True for the same value of both sides in many digits; None if a part is lost in them as well.

    >>> from rule_rm.math.reading.reader import read
    >>> large, larger = (read(text).expression for text in (r"10^{64}|x|", r"10^{64}|x|+1"))
    >>> closely_same(Program(large, larger), {"x": Fraction(1)}, real=True)
    False
    """
    digits = digits_for(*program.expressions)
    if digits > MOST_DIGITS:
        return None
    worked = program.at(values, digits, real=real)
    if not same(worked.side(0), worked.side(1), digits):
        return False
    return None if any(_loses(worked, place) for place in range(len(program.parts))) else True


def _loses(worked: Worked, place: int) -> bool:
    """Return True if a term of a sum is too small to be seen in it, or a function is 1 but for too little."""
    expression, arguments = worked.program.parts[place]
    if not isinstance(expression, Apply) or not arguments:
        return False
    if expression.function == "add":
        return _is_spread(_sizes(worked, arguments), worked.digits)
    if expression.function not in _NEAR_ONE:
        return False
    value = worked.part(place)
    if isinstance(value, Fraction) or not any(same(value, Fraction(one), worked.digits) for one in (1, -1)):
        return False
    first, *others = map(worked.part, arguments)
    is_one = first == 1 or others == [0] if others else first == 0 and expression.function not in _SATURATED
    return not is_one


def _sizes(worked: Worked, arguments: Sequence[int]) -> Iterator[Any]:
    """Yield the binary exponents of the terms that are not zero."""
    for argument in arguments:
        value = worked.part(argument)
        if value:
            yield mpmath.mag(
                mpmath.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value
            )


def _is_spread(sizes: Iterator[Any], digits: int) -> bool:
    found = list(sizes)
    return bool(found) and max(found) - min(found) > (digits - _NOISE) * _BITS
