r"""Compare rates of growth: `O(3n^2 + n)` is `O(n^2)`, and `\Theta(\log n)` has no base.

A rate is a set of products, none of which outgrows another. An unknown function has no rate.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import product

import mpmath

from rule_rm.math.comparing.approximate import approximate
from rule_rm.math.values.answers import Growth
from rule_rm.math.values.expression import (
    Apply,
    Constant,
    Expression,
    Number,
    Symbol,
    UnreadableError,
    symbols,
)

_KINDS = ("factorial", "exponential", "power", "logarithm", "iterated")
"""The kinds of factors of a variable, the fastest first."""
_LONGEST = 64
"""The most terms of a rate that is compared."""
_LARGEST_POWER = 6
"""The largest power of a sum that is written out."""
_PLACES = 12
"""Decimal places of an exponent."""

Factors = dict[tuple[str, str], float]
"""The exponents of a product by variable and kind of factor; an exponential has the logarithm of its base."""


def same_growth(golden: Growth, answer: Growth) -> bool:
    r"""Return True for one rate under the same sign: `O`, `\Theta` or `\Omega`."""
    if golden.sign != answer.sign:
        return False
    try:
        return _rate(golden.expression) == _rate(answer.expression)
    except UnreadableError:
        return False


def _rate(expression: Expression) -> frozenset[frozenset[tuple[tuple[str, str], float]]]:
    return frozenset(frozenset(factors.items()) for factors in _leading(expression))


def _leading(expression: Expression) -> list[Factors]:
    """Return the terms that no other outgrows. Raises UnreadableError if one of them is negative."""
    terms = list(_terms(expression))
    if not terms or len(terms) > _LONGEST:
        raise UnreadableError("a rate of growth that can't be compared")
    kept: list[Factors] = []
    for sign, factors in terms:
        if any(_outgrows(other, factors) for _, other in terms):
            continue
        if sign < 0:
            raise UnreadableError("a difference of equal rates of growth")
        if factors not in kept:
            kept.append(factors)
    return kept


def _outgrows(one: Factors, other: Factors) -> bool:
    """Return True if a product grows at least as fast in each variable, and faster in one."""
    if one == other:
        return False
    names = {name for name, _ in (*one, *other)}
    return all(_order(one, name) >= _order(other, name) for name in names)


def _order(factors: Factors, name: str) -> tuple[float, ...]:
    return tuple(factors.get((name, kind), 0.0) for kind in _KINDS)


def _terms(expression: Expression) -> Iterator[tuple[int, Factors]]:
    """Yield the terms of a rate with their signs. Raises UnreadableError if one is not understood."""
    match expression:
        case Number(value):
            if value:
                yield (1 if value > 0 else -1), {}
        case Constant("pi" | "e"):
            yield 1, {}
        case Symbol(name):
            yield 1, {(name, "power"): 1.0}
        case Apply(function, arguments):
            yield from _of_function(function, arguments)
        case _:
            raise UnreadableError("a rate of growth that is not understood")


def _of_function(function: str, arguments: Sequence[Expression]) -> Iterator[tuple[int, Factors]]:
    match function, arguments:
        case (("add" | "max"), _):
            for argument in arguments:
                yield from _terms(argument)
        case "negative", (inner,):
            yield from ((-sign, factors) for sign, factors in _terms(inner))
        case (("abs" | "floor" | "ceil"), (inner,)):
            yield 1, _only(inner)
        case "multiply", _:
            for chosen in product(*(list(_terms(argument)) for argument in arguments)):
                yield math.prod(sign for sign, _ in chosen), _multiplied(factors for _, factors in chosen)
        case "divide", (above, below):
            inverse = _raised(_only(below), -1.0)
            yield from ((sign, _multiplied((factors, inverse))) for sign, factors in _terms(above))
        case (("power" | "root"), (base, exponent)):
            yield from _powers(base, exponent, is_root=function == "root")
        case "log", (inner, *base) if not any(symbols(one) for one in base):
            yield 1, _logarithm(_only(inner))
        case "factorial", (Symbol(name),):
            yield 1, {(name, "factorial"): 1.0}
        case _:
            raise UnreadableError("a rate of growth that is not understood")


def _powers(base: Expression, exponent: Expression, *, is_root: bool) -> Iterator[tuple[int, Factors]]:
    if symbols(exponent):
        yield 1, _exponential(base, exponent)
        return
    power = _number(exponent)
    if is_root:
        power = 1 / power
    if not symbols(base):
        yield 1, {}
        return
    leading = _leading(base)
    if len(leading) == 1:
        yield 1, _raised(leading[0], power)
    elif power == int(power) and 0 < power <= _LARGEST_POWER:
        for chosen in product(leading, repeat=int(power)):
            yield 1, _multiplied(chosen)
    else:
        raise UnreadableError("a power of a sum")


def _exponential(base: Expression, exponent: Expression) -> Factors:
    """Return the factors of `2^{3n+1}`, whose exponent is a multiple of one variable and a number."""
    if symbols(base) or (size := _number(base)) <= 1:
        raise UnreadableError("a power with a variable in its exponent")
    leading = _leading(exponent)
    names = symbols(exponent)
    if len(names) != 1 or leading != [{(name, "power"): 1.0} for name in names]:
        raise UnreadableError("an exponent that is not linear")
    (name,) = names
    at_zero, at_one, at_two = (
        approximate(exponent, {name: place}, real=True) for place in map(Fraction, range(3))
    )
    slope = float(at_one - at_zero)
    if float(at_two - at_one) != slope or slope <= 0:
        raise UnreadableError("an exponent that is not linear")
    return {(name, "exponential"): round(float(mpmath.log(size)) * slope, _PLACES)}


def _logarithm(factors: Factors) -> Factors:
    """Return the rate of a product's logarithm: that of its fastest factor."""
    names = {name for name, _ in factors}
    if len(names) != 1:
        raise UnreadableError("a logarithm of several variables")
    (name,) = names
    fastest = next(kind for kind in _KINDS if (name, kind) in factors)
    if factors[name, fastest] <= 0:
        raise UnreadableError("a logarithm of something that shrinks")
    of = {
        "factorial": {"power": 1.0, "logarithm": 1.0},
        "exponential": {"power": 1.0},
        "power": {"logarithm": 1.0},
        "logarithm": {"iterated": 1.0},
    }
    if fastest not in of:
        raise UnreadableError("an iterated logarithm")
    return {(name, kind): power for kind, power in of[fastest].items()}


def _only(expression: Expression) -> Factors:
    leading = _leading(expression)
    if len(leading) != 1:
        raise UnreadableError("a rate of growth of several terms")
    return leading[0]


def _number(expression: Expression) -> float:
    value = approximate(expression, {}, real=True)
    if value == 0:
        raise UnreadableError("a power of zero")
    return float(value)


def _multiplied(parts: Iterable[Factors]) -> Factors:
    whole: Factors = {}
    for factors in parts:
        for key, power in factors.items():
            whole[key] = round(whole.get(key, 0.0) + power, _PLACES)
    return {key: power for key, power in whole.items() if power}


def _raised(factors: Factors, power: float) -> Factors:
    return {key: round(value * power, _PLACES) for key, value in factors.items()}
