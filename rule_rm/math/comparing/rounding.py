r"""Decide whether a decimal is another value, rounded to enough digits.

The golden answer's own precision decides. A golden decimal of at least two places and four digits is earned
by an exact value that rounds to it (`2\sqrt{2}` for 2.828). A decimal answer is right for an exact or longer
golden value only with at least six significant digits, all of them right. An integer is never a rounding, and
a short decimal never replaces a long one. Nor does a decimal that ends replace one that is written as a
repeating decimal: `0.142857` is not `0.\overline{142857}`.
"""

from __future__ import annotations

from fractions import Fraction

from rule_rm.math.comparing.approximate import approximate, is_real
from rule_rm.math.comparing.exact import InexactError, UndefinedError, exact
from rule_rm.math.values.expression import Apply, Expression, Number, TooCostlyError, symbols

_FINE = 6
_LARGEST_POWER = 100


def rounds_to(golden: Expression, answer: Expression) -> bool:
    """Return True if the golden decimal is the answer rounded, or the answer is right to six digits."""
    if symbols(golden) or symbols(answer):
        return False
    if _is_decimal(golden) and not _is_decimal(answer):
        decimals = golden.decimals or 0  # type: ignore[union-attr]
        return decimals >= 2 and _digits(golden) >= 4 and not _terminates(answer) and _rounded(answer, golden)
    if _repeats(golden):
        return False
    if _is_decimal(answer) and _digits(answer) >= _FINE and not _terminates_within(golden, answer):
        return _rounded(golden, answer)
    return False


def _is_decimal(expression: Expression) -> bool:
    return isinstance(expression, Number) and expression.decimals is not None


def _repeats(expression: Expression) -> bool:
    if isinstance(expression, Apply):
        return any(map(_repeats, expression.arguments))
    return isinstance(expression, Number) and expression.repeating


def _digits(expression: Expression) -> int:
    """Return the significant digits of a decimal."""
    if not isinstance(expression, Number):
        return 0
    scaled = abs(expression.value) * 10 ** (expression.decimals or 0)
    return len(str(int(scaled)))


def _terminates(expression: Expression) -> bool:
    """Return True for an integer or a fraction that a decimal writes in full."""
    try:
        below = exact(expression, {}).denominator
    except (InexactError, UndefinedError, TooCostlyError):
        return False
    for factor in (2, 5):
        while below % factor == 0:
            below //= factor
    return below == 1


def _terminates_within(golden: Expression, answer: Expression) -> bool:
    """Return True if the answer has all decimals that the golden value needs."""
    decimals = answer.decimals or 0 if isinstance(answer, Number) else 0
    return isinstance(golden, Number) and (golden.value * Fraction(10) ** decimals).denominator == 1


def _rounded(value: Expression, decimal: Expression) -> bool:
    """Return True if the decimal is within half a unit of its last digit."""
    if not isinstance(decimal, Number):
        return False
    try:
        worked_out = approximate(value, {})
    except UndefinedError:
        return False
    if not is_real(worked_out):
        return False
    half = Fraction(1, 2 * 10 ** (decimal.decimals or 0))
    gap = abs(worked_out.real - approximate(decimal, {}).real)
    return bool(gap <= approximate(Number(half), {}) * (1 + 10**-9))


def rounds_when_measured(decimal: Expression, value: Expression, least: int) -> bool:
    """Return True if a value in another unit rounds to a decimal, which may have a power of ten.

    The decimal must have so many significant digits at least.
    """
    power = Fraction(1)
    match decimal:
        case Apply("multiply", (mantissa, Apply("power", (Number(base), Number(exponent))))) if base == 10:
            if exponent.denominator != 1 or abs(exponent) > _LARGEST_POWER:
                return False
            decimal, power = mantissa, Fraction(10) ** int(exponent)
    if not isinstance(decimal, Number) or _digits(decimal) < least or not _is_decimal(decimal):
        return False
    return _rounded(Apply("divide", (value, Number(power))), decimal)
