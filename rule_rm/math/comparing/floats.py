"""Follow an expression along one variable in machine floats, to find where a closer look is due.

The values only propose points. Whether two expressions are equal there is decided with many digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from rule_rm.errors import InternalError
from rule_rm.math.comparing.approximate import approximate
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.values.expression import Apply, Expression, Symbol, TooCostlyError, symbols

_DIGITS = 20
"""The digits where floats do not suffice."""
_NOISE = 1e-12
_Along = Callable[[float], float]


class _UnknownError(InternalError):
    """A function that is not worked out in floats."""


def along(
    expression: Expression, name: str, base: Mapping[str, Fraction]
) -> Callable[[Fraction], float | None]:
    """Return an expression as a function of one variable, the others as in `base`; None where undefined."""

    def slow(at: Fraction) -> float | None:
        try:
            return float(approximate(expression, {**base, name: at}, _DIGITS, real=True))
        except (UndefinedError, TooCostlyError, OverflowError):
            return None

    try:
        fast = _compiled(expression, name, base)
    except (_UnknownError, UndefinedError, TooCostlyError, OverflowError):
        return slow

    def value(at: Fraction) -> float | None:
        try:
            return fast(float(at))
        except OverflowError:
            return slow(at)
        except (ArithmeticError, ValueError):
            return None

    return value


def _compiled(expression: Expression, name: str, base: Mapping[str, Fraction]) -> _Along:
    if isinstance(expression, Symbol) and expression.name == name:
        return lambda at: at
    if name not in symbols(expression):
        fixed = float(approximate(expression, dict(base), _DIGITS, real=True))
        return lambda at: fixed
    if not isinstance(expression, Apply) or expression.function not in _RULES:
        raise _UnknownError
    rule: Callable[..., float] = _RULES[expression.function]
    arguments = [_compiled(argument, name, base) for argument in expression.arguments]
    if len(arguments) == 1:
        (only,) = arguments
        return lambda at: rule(only(at))
    if len(arguments) == 2:
        first, second = arguments
        return lambda at: rule(first(at), second(at))
    return lambda at: rule(*[argument(at) for argument in arguments])


def _power(base: float, exponent: float) -> float:
    if not base and exponent <= 0:
        raise ZeroDivisionError
    return math.pow(base, exponent)


def _root(value: float, degree: float) -> float:
    if value < 0 and degree % 2 == 1:
        return -math.pow(-value, 1 / degree)
    return math.sqrt(value) if degree == 2 else math.pow(value, 1 / degree)


def _settled(value: float) -> float:
    nearest = round(value)
    return nearest if abs(value - nearest) <= _NOISE * max(1, abs(nearest)) else value


_RULES: dict[str, Callable[..., Any]] = {
    "add": lambda *terms: sum(terms),
    "negative": lambda value: -value,
    "multiply": lambda *factors: math.prod(factors),
    "divide": lambda left, right: left / right,
    "power": _power,
    "root": _root,
    "abs": abs,
    "sgn": lambda value: (value > 0) - (value < 0),
    "exp": math.exp,
    "log": lambda value, *base: math.log(value, *base),
    "floor": lambda value: math.floor(_settled(value)),
    "ceil": lambda value: math.ceil(_settled(value)),
    "max": max,
    "min": min,
    "mod": lambda left, right: left - right * math.floor(_settled(left / right)),
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "cot": lambda value: 1 / math.tan(value),
    "sec": lambda value: 1 / math.cos(value),
    "csc": lambda value: 1 / math.sin(value),
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "asinh": math.asinh,
    "acosh": math.acosh,
    "atanh": math.atanh,
    "erf": math.erf,
}
