"""The value of an expression to many digits, with mpmath, where it is not a fraction.

mpmath computes with Python's integers or gmpy2's; both are only given numbers of bounded size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath

from rule_rm.math.comparing.divisors import at_divisors, at_prime_divisors
from rule_rm.math.comparing.exact import (
    LARGEST_FACTORIAL,
    InexactError,
    UndefinedError,
    Values,
    applied,
    bounded,
    exact,
    folded,
    steps,
)
from rule_rm.math.values.expression import (
    Apply,
    Constant,
    Expression,
    Number,
    Symbol,
    TooCostlyError,
    symbols,
)

_BITS = 3.33
"""Bits of a decimal digit."""
DIGITS = 60
"""The digits to which an inexact value is worked out."""
_LARGEST_EXPONENT = 10**7
_LARGEST_ZETA = 100
"""The size up to which slowly converging functions are worked out."""


def approximate(expression: Expression, values: Values, digits: int = DIGITS, *, real: bool = False) -> Any:
    """Return the value to a number of digits, as a number of mpmath.

    With `real`, roots and logarithms of negative numbers have no value, and a fraction stays one. Raises
    UndefinedError or TooCostlyError.
    """
    if not values:
        return _constant(expression, digits, real)
    with mpmath.workprec(precision(digits)):
        value = _approximate(expression, values, real)
        return value if real and isinstance(value, Fraction) else finite(as_float(value))


def precision(digits: int) -> int:
    """Return the binary digits for a number of decimal ones."""
    return int(digits * _BITS)


@lru_cache(maxsize=1024)
def _constant(expression: Expression, digits: int, real: bool) -> Any:
    """Return the value of an expression without variables, which is asked for several times."""
    with mpmath.workprec(precision(digits)):
        value = _approximate(expression, {}, real)
        return value if real and isinstance(value, Fraction) else finite(as_float(value))


def same(left: Any, right: Any, digits: int = DIGITS) -> bool:
    """Return True if two values of `digits` digits agree up to the last 15, relative to their size."""
    with mpmath.workprec(precision(digits)):
        left, right = as_float(left), as_float(right)
        gap, size = abs(left - right), max(abs(left), abs(right))
        least = _least(digits)
        return bool(gap <= least * max(size, least))


@lru_cache(maxsize=64)
def _least(digits: int) -> Any:
    """Return the relative gap up to which two values of this many digits are one; their precision is set."""
    return mpmath.mpf(10) ** (15 - digits)


def is_real(value: Any) -> bool:
    """Return True if the imaginary part of an approximate value is no more than noise."""
    return isinstance(value, (Fraction, mpmath.mpf)) or same(value.imag + 1, mpmath.mpf(1))


def as_float(value: Any) -> Any:
    """Return a number of mpmath for a fraction."""
    return mpmath.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value


def _approximate(expression: Expression, values: Values, real: bool) -> Any:
    """Return the value, as a fraction where it is one: each node is worked out once."""
    if not isinstance(expression, Apply) or expression.function in ("sum", "prod"):
        return leaf_or_series(expression, values, real)
    arguments = [_approximate(argument, values, real) for argument in expression.arguments]
    return of_arguments(expression.function, arguments, values, real)


def leaf_or_series(expression: Expression, values: Values, real: bool) -> Any:
    """Return the value of a number, a letter, or a sum or product of terms; the precision is set."""
    match expression:
        case Number() | Symbol():
            return exact(expression, values)
        case Constant(name):
            return _CONSTANTS[name]()
        case Apply("sum" | "prod" as function, (Symbol(name), low, high, body)):
            bounded(expression)
            if not symbols(expression):
                return _number_of(expression, mpmath.mp.prec, real)
            terms = (
                finite(_approximate(body, {**values, name: value}, real))
                for value in steps(low, high, values)
            )
            return folded(function, terms, mpmath.mpf)
    raise UndefinedError("no number, letter or series")


def of_arguments(function: str, arguments: Sequence[Any], values: Values, real: bool) -> Any:
    """Return the value of a function of values; the precision is set."""
    value = _applied(function, arguments, raising=not values)
    if real and isinstance(value, mpmath.mpc):
        if value.imag:
            raise UndefinedError("no real value")
        return value.real
    return value


@lru_cache(maxsize=256)
def _number_of(series: Apply, precision: int, real: bool) -> Any:
    """Return the value of a sum or product of numbers, which may take long and is asked for several times."""
    variable, low, high, body = series.arguments
    assert isinstance(variable, Symbol)  # noqa: S101 - as the pattern that leads here says
    with mpmath.workprec(precision):
        terms = (finite(_approximate(body, {variable.name: value}, real)) for value in steps(low, high, {}))
        return folded(series.function, terms, mpmath.mpf)


def _applied(function: str, arguments: Sequence[Any], *, raising: bool) -> Any:
    """Return the value of a function; `raising`: it may be too costly."""
    if all(isinstance(argument, Fraction) for argument in arguments):
        try:
            return applied(function, arguments)
        except InexactError:
            pass
        except TooCostlyError:
            if raising:
                raise
    rule = _APPROXIMATE.get(function)
    if rule is None:
        raise UndefinedError(function)
    try:
        return finite(rule(*map(as_float, arguments)))
    except (TooCostlyError, UndefinedError):
        raise
    except (ZeroDivisionError, ValueError, OverflowError, mpmath.libmp.ComplexResult) as error:
        raise UndefinedError(f"{function}: {error}") from None


def finite(value: Any) -> Any:
    """Return a value of mpmath. Raises UndefinedError or TooCostlyError if it is infinite or too large."""
    value = mpmath.mpmathify(value)
    if not mpmath.isfinite(value):
        raise UndefinedError("an infinite value")
    if abs(mpmath.mag(value)) > _LARGEST_EXPONENT and value != 0:
        raise TooCostlyError("a value of too many digits")
    return value


def _approximate_power(base: Any, exponent: Any) -> Any:
    if base == 0 and mpmath.re(exponent) <= 0:
        raise UndefinedError("a power of zero")
    if base != 0 and _is_too_large(base, exponent):
        raise TooCostlyError("a power of too many digits")
    return mpmath.power(base, exponent)


def _is_too_large(base: Any, exponent: Any) -> bool:
    """Return True for a power of too many digits; the binary size of the base settles nearly all."""
    if (abs(mpmath.mag(base)) + 2) * abs(exponent) <= _LARGEST_EXPONENT:
        return False
    return bool(abs(mpmath.log(abs(base)) * mpmath.re(exponent)) > _LARGEST_EXPONENT)


def _approximate_root(value: Any, degree: Any) -> Any:
    """Return the real root of a negative number if the degree is odd, else the principal one."""
    if degree == 0:
        raise UndefinedError("a root of degree zero")
    if mpmath.im(value) == 0 and mpmath.re(value) < 0 and mpmath.isint(degree) and int(degree) % 2:
        return -mpmath.root(-mpmath.re(value), int(degree)) if abs(degree) < 1000 else _fail()
    return mpmath.sqrt(value) if degree == 2 else mpmath.power(value, 1 / mpmath.mpmathify(degree))


def _fail() -> Any:
    raise TooCostlyError("a root of too high a degree")


def _log(value: Any, base: Any = None) -> Any:
    if value == 0:
        raise UndefinedError("a logarithm of zero")
    return mpmath.log(value) if base is None else mpmath.log(value) / mpmath.log(base)


def _periodic(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the function with a bound: for a huge angle, no significant digit is left."""

    def of(value: Any) -> Any:
        if abs(value) > 10**20:
            raise TooCostlyError("an angle of too many digits")
        return function(value)

    return of


def _exp(value: Any) -> Any:
    if abs(mpmath.re(value)) > _LARGEST_EXPONENT:
        raise TooCostlyError("a power of too many digits")
    return mpmath.exp(value)


def _real(fold: Callable[..., Any]) -> Callable[..., Any]:
    def of(*values: Any) -> Any:
        if any(mpmath.im(value) for value in values):
            raise UndefinedError("an order of complex numbers")
        return fold(mpmath.re(value) for value in values)

    return of


_CONSTANTS: dict[str, Callable[[], Any]] = {
    "pi": lambda: +mpmath.pi,
    "e": lambda: +mpmath.e,
    "i": lambda: mpmath.mpc(0, 1),
    "degree": lambda: +mpmath.degree,
    "infinity": lambda: mpmath.inf,
}


def _settled(value: Any) -> Any:
    r"""Return the integer that a value may be but for rounding, else the value: 1 for `\sin^2 2+\cos^2 2`."""
    nearest = mpmath.nint(value)
    noise = mpmath.mpf(10) ** (15 - mpmath.mp.dps) * max(1, abs(nearest))
    return nearest if abs(value - nearest) <= noise else value


_APPROXIMATE: dict[str, Callable[..., Any]] = {
    "add": lambda *terms: mpmath.fsum(terms),
    "negative": lambda value: -value,
    "multiply": lambda *factors: mpmath.fprod(factors),
    "divide": lambda left, right: left / right,
    "power": _approximate_power,
    "root": _approximate_root,
    "abs": abs,
    "sgn": mpmath.sign,
    "Re": mpmath.re,
    "Im": mpmath.im,
    "conjugate": mpmath.conj,
    "exp": _exp,
    "log": _log,
    "floor": lambda value: mpmath.floor(_settled(value)),
    "ceil": lambda value: mpmath.ceil(_settled(value)),
    "max": _real(max),
    "min": _real(min),
    "mod": lambda left, right: left - right * mpmath.floor(_settled(left / right)),
    "factorial": lambda value: mpmath.factorial(value) if abs(value) < LARGEST_FACTORIAL else _fail(),
    "binomial": lambda above, below: (
        mpmath.binomial(above, below) if abs(above) < LARGEST_FACTORIAL else _fail()
    ),
    "sin": _periodic(mpmath.sin),
    "cos": _periodic(mpmath.cos),
    "tan": _periodic(mpmath.tan),
    "cot": _periodic(mpmath.cot),
    "sec": _periodic(mpmath.sec),
    "csc": _periodic(mpmath.csc),
    "sinh": lambda value: (_exp(value) - _exp(-value)) / 2,
    "cosh": lambda value: (_exp(value) + _exp(-value)) / 2,
    "tanh": mpmath.tanh,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "asinh": mpmath.asinh,
    "acosh": mpmath.acosh,
    "atanh": mpmath.atanh,
    "at divisors": at_divisors,
    "at prime divisors": at_prime_divisors,
    "gamma": lambda value: mpmath.gamma(value) if abs(value) < LARGEST_FACTORIAL else _fail(),
    "zeta": lambda value: mpmath.zeta(value) if abs(value) < _LARGEST_ZETA else _fail(),
    "erf": lambda value: mpmath.erf(value) if abs(value) < _LARGEST_ZETA else _fail(),
}
