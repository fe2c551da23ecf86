"""Decide rational identities exactly: both sides are evaluated in a large prime field.

Two different rational functions agree at a random point with a chance of about their degree over the prime.
The points are digests of both expressions, so nobody can choose an answer that vanishes at them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.values.expression import Apply, Expression, Number, Symbol, TooCostlyError

PRIME = 2**127 - 1
_LARGEST_EXPONENT = 10**9
_RATIONAL = frozenset({"add", "negative", "multiply", "divide", "power"})


def is_rational_function(expression: Expression) -> bool:
    """Return True if only the four operations and powers with integer exponents are used."""
    match expression:
        case Number() | Symbol():
            return True
        case Apply("power", (base, Number(exponent))):
            return exponent.denominator == 1 and is_rational_function(base)
        case Apply("power", _):
            return False
        case Apply(function, arguments) if function in _RATIONAL:
            return all(map(is_rational_function, arguments))
    return False


def residue(expression: Expression, values: Mapping[str, int]) -> int:
    """Return the value of a rational function in the field. Raises UndefinedError if it divides by zero."""
    match expression:
        case Number(value):
            return _divided(value.numerator, value.denominator)
        case Symbol(name):
            return values[name]
        case Apply("add", terms):
            return sum(residue(term, values) for term in terms) % PRIME
        case Apply("negative", (inner,)):
            return -residue(inner, values) % PRIME
        case Apply("multiply", factors):
            return _product([residue(factor, values) for factor in factors])
        case Apply("divide", (above, below)):
            return _divided(residue(above, values), residue(below, values))
        case Apply("power", (base, Number(exponent))):
            return _power(residue(base, values), exponent)
    raise TypeError(f"no rational function: {expression}")


def _product(factors: Sequence[int]) -> int:
    result = 1
    for factor in factors:
        result = result * factor % PRIME
    return result


def _divided(above: int, below: int) -> int:
    if below % PRIME == 0:
        raise UndefinedError("a division by zero")
    return above * pow(below, -1, PRIME) % PRIME


def _power(base: int, exponent: Fraction) -> int:
    if abs(exponent) > _LARGEST_EXPONENT:
        raise TooCostlyError("a power of too high a degree")
    if base == 0 and exponent <= 0:
        raise UndefinedError("a power of zero")
    return pow(base, int(exponent), PRIME)
