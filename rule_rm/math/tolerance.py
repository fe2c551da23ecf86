"""Compare measured numbers within a tolerance: the absolute or relative error, or significant digits.

An answer must be a single number, worked out, in a unit that the golden answer's can be converted to.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rule_rm.math.comparing.amounts import conversion
from rule_rm.math.comparing.approximate import approximate, is_real
from rule_rm.math.comparing.describe import describe
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.finality.unfinished import unfinished
from rule_rm.math.guard import LONGEST
from rule_rm.math.reading.normalise import normalise
from rule_rm.math.reading.reader import read
from rule_rm.math.values.answers import Named, Quantity, Value
from rule_rm.math.values.expression import (
    Apply,
    Number,
    TooCostlyError,
    UnreadableError,
    symbols,
)
from rule_rm.math.values.verdict import Layer, Verdict

_SLACK = Fraction(1, 10**12)
"""The share by which an error may exceed its bound, as 0.1 has no exact binary form."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far an answer may be from the golden answer; the widest of the bounds counts."""

    absolute: float = 0.0
    relative: float = 0.0
    """Share of the golden value: 0.05 is 5 %."""
    digits: int = 0
    """Significant digits in which both must agree when rounded; 0: no such bound."""
    needs_unit: bool = False
    """Return True if an answer without a unit is wrong where the golden answer has one."""


def within(
    answer: str,
    golden: str,
    tolerance: Tolerance,
    *,
    unit: str = "",
    question: str = "",
    value_alone: bool = False,
) -> Verdict:
    r"""Return the verdict on an answer; `unit` is the golden answer's, if it is given apart.

    >>> within(r"9.8\text{ m/s}^2", "9.81", Tolerance(relative=0.01), unit="m/s^2").equal
    True
    >>> within(r"980\text{ kg}", "9.81", Tolerance(relative=0.01), unit="m/s^2").equal
    False
    """
    if max(len(golden), len(answer)) > LONGEST:
        ours = len(golden) > LONGEST
        return Verdict(None if ours else False, Layer.GUARD, f"more than {LONGEST} characters")
    try:
        reference = _quantity(read(normalise(rf"{golden}\text{{ {unit} }}" if unit else golden)))
        expected = _number(reference, Number(Fraction(1)))
    except (UnreadableError, UndefinedError, TooCostlyError) as error:
        return Verdict(None, Layer.READING, f"the golden answer is not a number: {error}")
    try:
        candidate = _quantity(read(normalise(answer)))
        if tolerance.needs_unit and reference.unit is not None and candidate.unit is None:
            return Verdict(False, Layer.STRUCTURE, f"the unit {reference.unit.name or unit} is missing")
        factor = conversion(reference.unit, candidate.unit)
        if factor is None:
            return Verdict(False, Layer.STRUCTURE, f"{describe(candidate)} is in another unit")
        actual = _number(candidate, factor)
    except UnreadableError as error:
        return Verdict(False, Layer.READING, f"the answer is not a number: {error}")
    except UndefinedError as error:
        return Verdict(False, Layer.NUMERIC, f"no value: {error}")
    except TooCostlyError as error:
        return Verdict(False, Layer.GUARD, str(error))
    if not value_alone and (left := unfinished(answer, golden, question)) is not None:
        return Verdict(False, Layer.STRUCTURE, f"it is not worked out: {left}")
    is_near = _is_near(actual, expected, tolerance)
    reason = (
        f"{describe(candidate)} is {'' if is_near else 'not '}within the tolerance of {describe(reference)}"
    )
    return Verdict(is_near, Layer.NUMERIC, reason)


def _quantity(value: Value) -> Quantity:
    """Return the number of a value such as `3` or `x = 3`. Raises UnreadableError if it is another."""
    if isinstance(value, Named):
        value = value.value
    if not isinstance(value, Quantity) or symbols(value.expression):
        raise UnreadableError("it is not a single number")
    return value


def _number(quantity: Quantity, factor: Any) -> Any:
    """Return the real value of a quantity, converted by a factor."""
    percent = Number(Fraction(1, 100 if quantity.percent else 1))
    value = approximate(Apply("multiply", (Apply("multiply", (quantity.expression, factor)), percent)), {})
    if not is_real(value):
        raise UndefinedError("it is not a real number")
    return value.real


def _is_near(actual: Any, expected: Any, tolerance: Tolerance) -> bool:
    gap = abs(actual - expected)
    bound = max(tolerance.absolute, tolerance.relative * abs(expected))
    if gap <= bound * (1 + float(_SLACK)) or gap <= abs(expected) * float(_SLACK):
        return True
    return tolerance.digits > 0 and _rounded(actual, tolerance.digits) == _rounded(expected, tolerance.digits)


def _rounded(value: Any, digits: int) -> str:
    """Return a number rounded half to even to significant digits, as text: `6.67e-11`."""
    return f"{float(value):.{digits - 1}e}"
