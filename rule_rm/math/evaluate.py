"""The value of an expression: exact as a fraction where it is one, else to many digits.

Sizes are bounded before anything is computed, so that no expression takes long: the guard's promise is kept
here as well, where the true sizes are known. mpmath computes with Python's or gmpy2's integers; both are only
given small ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import mpmath

from rule_rm.math.expression import Apply, Constant, Expression, Number, Symbol, TooCostlyError

DIGITS = 60
"""The digits to which an inexact value is worked out."""
_MOST_BITS = 60_000
_LARGEST_FACTORIAL = 5_000
_LARGEST_EXPONENT = 10**7
_LARGEST_ROOT = 64
_MOST_TERMS = 1_000

Exact = Fraction
Values = Mapping[str, Fraction]


class InexactError(ValueError):
    """The value is no fraction, as far as can be told without approximating."""


class UndefinedError(ValueError):
    """There is no value here: a division by zero, a logarithm of zero."""


def exact(expression: Expression, values: Values) -> Fraction:
    """The value as a fraction. Raises InexactError, UndefinedError or TooCostlyError.

    >>> from rule_rm.math.expression import TWO
    >>> exact(Apply("root", (Number(Fraction(9, 4)), TWO)), {})
    Fraction(3, 2)
    """
    match expression:
        case Number(value):
            return value
        case Symbol(name):
            return values[name]
        case Apply("sum" | "prod" as function, (Symbol(name), low, high, body)):
            terms = (exact(body, {**values, name: value}) for value in _steps(low, high))
            return _small(_folded(function, terms, Fraction))
        case Apply(function, arguments):
            rule = _EXACT.get(function)
            if rule is None:
                raise InexactError(function)
            return _small(rule(*(exact(argument, values) for argument in arguments)))
    raise InexactError(str(expression))


def is_rational(expression: Expression) -> bool:
    """True if the value is a fraction, and its variables do not matter for that."""
    try:
        exact(expression, {})
    except (InexactError, UndefinedError, TooCostlyError, KeyError):
        return False
    return True


def approximate(expression: Expression, values: Values, digits: int = DIGITS) -> Any:
    """The value to so many digits, as a number of mpmath. Raises UndefinedError or TooCostlyError."""
    with mpmath.workdps(digits):
        return _finite(_approximate(expression, values))


def same(left: Any, right: Any, digits: int = DIGITS) -> bool:
    """True if two values of so many digits agree in all but the last 15, in relation to their size."""
    with mpmath.workdps(digits):
        left, right = _float(left), _float(right)
        gap, size = abs(left - right), max(abs(left), abs(right))
        least = mpmath.mpf(10) ** (15 - digits)
        return bool(gap <= least * max(size, least))


def is_real(value: Any) -> bool:
    """True if the imaginary part of an approximate value is no more than noise."""
    return isinstance(value, (Fraction, mpmath.mpf)) or same(value.imag + 1, mpmath.mpf(1))


def _steps(low: Expression, high: Expression) -> Iterator[Fraction]:
    """The whole numbers that a sum runs over."""
    if not isinstance(low, Number) or not isinstance(high, Number) or high.value - low.value > _MOST_TERMS:
        raise TooCostlyError("a sum of too many terms")
    value = low.value
    while value <= high.value:
        yield value
        value += 1


def _folded(function: str, terms: Iterator[Any], zero: Callable[[int], Any]) -> Any:
    """The sum or the product of terms, kept small on the way."""
    result = zero(0 if function == "sum" else 1)
    for term in terms:
        result = result + term if function == "sum" else result * term
        if isinstance(result, Fraction):
            _small(result)
    return result


def _float(value: Any) -> Any:
    return mpmath.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value


def _small(value: Fraction) -> Fraction:
    if value.numerator.bit_length() + value.denominator.bit_length() > _MOST_BITS:
        raise TooCostlyError("a number of too many digits")
    return value


def _divide(left: Fraction, right: Fraction) -> Fraction:
    if not right:
        raise UndefinedError("a division by zero")
    return left / right


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator > _LARGEST_ROOT:
        raise InexactError("an irrational power")
    if exponent.denominator != 1:
        return _root(_power(base, Fraction(exponent.numerator)), Fraction(exponent.denominator))
    if not base and exponent <= 0:
        raise UndefinedError("a power of zero")
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if base not in (0, 1, -1) and bits * abs(exponent) > _MOST_BITS:
        raise TooCostlyError("a power of too many digits")
    return base ** (int(exponent) if base not in (0, 1, -1) else int(exponent) % 2 + 2)


def _root(value: Fraction, degree: Fraction) -> Fraction:
    if degree.denominator != 1 or not 1 <= degree <= _LARGEST_ROOT or (value < 0 and degree > 1):
        raise InexactError("a root")
    above, below = _whole_root(value.numerator, int(degree)), _whole_root(value.denominator, int(degree))
    if above is None or below is None:
        raise InexactError("an irrational root")
    return Fraction(above, below)


def _whole_root(value: int, degree: int) -> int | None:
    if degree == 2:
        root = math.isqrt(value)
    else:
        root, high = 0, 1 << (value.bit_length() // degree + 1)
        while root < high:
            middle = (root + high + 1) // 2
            root, high = (middle, high) if middle**degree <= value else (root, middle - 1)
    return root if root**degree == value else None


def _factorial(value: Fraction) -> Fraction:
    if value.denominator != 1 or value < 0:
        raise InexactError("a factorial of no whole number")
    if value > _LARGEST_FACTORIAL:
        raise TooCostlyError("a factorial of too many digits")
    return Fraction(math.factorial(int(value)))


def _binomial(above: Fraction, below: Fraction) -> Fraction:
    if above.denominator != 1 or below.denominator != 1 or above < 0:
        raise InexactError("a binomial of no whole numbers")
    if not 0 <= below <= above:
        return Fraction(0)
    if above > 20_000 or min(below, above - below) > 5_000:
        raise TooCostlyError("a binomial of too many digits")
    return Fraction(math.comb(int(above), int(below)))


def _common(fold: Callable[..., int]) -> Callable[..., Fraction]:
    """gcd and lcm, also of fractions, as on a common denominator."""

    def of(*values: Fraction) -> Fraction:
        below = math.lcm(*(value.denominator for value in values))
        return Fraction(fold(*(int(value * below) for value in values)), below)

    return of


_EXACT: dict[str, Callable[..., Fraction]] = {
    "add": lambda *terms: sum(terms, Fraction(0)),
    "negative": lambda value: -value,
    "multiply": lambda left, right: left * right,
    "divide": _divide,
    "power": _power,
    "root": _root,
    "abs": abs,
    "floor": lambda value: Fraction(math.floor(value)),
    "ceil": lambda value: Fraction(math.ceil(value)),
    "mod": lambda left, right: left - right * math.floor(_divide(left, right)),
    "max": lambda *values: max(values),
    "min": lambda *values: min(values),
    "gcd": _common(math.gcd),
    "lcm": _common(math.lcm),
    "factorial": _factorial,
    "binomial": _binomial,
}


def _approximate(expression: Expression, values: Values) -> Any:
    try:
        value = exact(expression, values)
        return _float(value)
    except InexactError:
        pass
    except TooCostlyError:
        if not values:
            raise
    if isinstance(expression, Constant):
        return _CONSTANTS[expression.name]()
    match expression:
        case Apply("sum" | "prod" as function, (Symbol(name), low, high, body)):
            terms = (_finite(_approximate(body, {**values, name: value})) for value in _steps(low, high))
            return _folded(function, terms, mpmath.mpf)
    if not isinstance(expression, Apply):
        raise UndefinedError(str(expression))
    rule = _APPROXIMATE.get(expression.function)
    if rule is None:
        raise UndefinedError(expression.function)
    arguments = [_finite(_approximate(argument, values)) for argument in expression.arguments]
    try:
        return rule(*arguments)
    except (TooCostlyError, UndefinedError):
        raise
    except (ZeroDivisionError, ValueError, OverflowError, mpmath.libmp.ComplexResult) as error:
        raise UndefinedError(f"{expression.function}: {error}") from None


def _finite(value: Any) -> Any:
    value = mpmath.mpmathify(value)
    if not mpmath.isfinite(value):
        raise UndefinedError("an infinite value")
    if abs(mpmath.mag(value)) > _LARGEST_EXPONENT and value != 0:
        raise TooCostlyError("a value of too many digits")
    return value


def _approximate_power(base: Any, exponent: Any) -> Any:
    if base == 0 and mpmath.re(exponent) <= 0:
        raise UndefinedError("a power of zero")
    if base != 0 and abs(mpmath.log(abs(base)) * mpmath.re(exponent)) > _LARGEST_EXPONENT:
        raise TooCostlyError("a power of too many digits")
    return mpmath.power(base, exponent)


def _approximate_root(value: Any, degree: Any) -> Any:
    """The real root of a negative number if the degree is odd, else the principal one."""
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
    """Of a huge argument, a sine has no digit left that means anything."""

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
_APPROXIMATE: dict[str, Callable[..., Any]] = {
    "add": lambda *terms: mpmath.fsum(terms),
    "negative": lambda value: -value,
    "multiply": lambda left, right: left * right,
    "divide": lambda left, right: left / right,
    "power": _approximate_power,
    "root": _approximate_root,
    "abs": abs,
    "exp": _exp,
    "log": _log,
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    "max": _real(max),
    "min": _real(min),
    "mod": lambda left, right: left - right * mpmath.floor(left / right),
    "factorial": lambda value: mpmath.factorial(value) if abs(value) < _LARGEST_FACTORIAL else _fail(),
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
}
