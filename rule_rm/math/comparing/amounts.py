"""Decide whether two quantities are the same: with units converted, percents as shares, decimals rounded."""

from __future__ import annotations

from fractions import Fraction

from rule_rm.math.comparing.approximate import approximate
from rule_rm.math.comparing.exact import InexactError, UndefinedError, exact
from rule_rm.math.comparing.identity import identical
from rule_rm.math.comparing.integration import same_antiderivative
from rule_rm.math.comparing.rounding import rounds_to, rounds_when_measured
from rule_rm.math.comparing.scales import in_scale_of
from rule_rm.math.values.answers import Quantity
from rule_rm.math.values.expression import (
    INFINITY,
    ONE,
    Apply,
    Constant,
    Expression,
    Number,
    negative,
    symbols,
    uses,
)
from rule_rm.math.values.units import Unit

_MANY_DIGITS = 10**8
_HALF_TURN = Apply("divide", (Number(Fraction(180)), Constant("pi")))


def same_quantity(golden: Quantity, answer: Quantity) -> bool:
    """Return True if the values are equal in one unit. `p%` is p/100, and also p if that is 1 or more."""
    golden, answer = _in_one_angle(golden, answer), _in_one_angle(answer, golden)
    answer = in_scale_of(golden, answer)
    scale = conversion(golden.unit, answer.unit)
    if scale is None:
        return False
    ours, theirs = golden.expression, answer.expression
    if scale != ONE:
        theirs = Apply("multiply", (theirs, scale))
        if golden.percent == answer.percent and _is_measured(golden.unit, answer.unit):
            theirs_unit = Apply("divide", (ours, scale))
            if rounds_when_measured(ours, theirs, 2) or rounds_when_measured(
                answer.expression, theirs_unit, 3
            ):
                return True
    if golden.percent == answer.percent:
        return same_value(ours, theirs)
    share, plain = (ours, theirs) if golden.percent else (theirs, ours)
    if (with_unit := answer if golden.percent else golden).unit and with_unit.unit.measures:
        return False
    if same_value(Apply("divide", (share, Number(Fraction(100)))), plain):
        return True
    return _at_least_one(share) and same_value(share, plain)


def _is_measured(*units: Unit | None) -> bool:
    """Return True if a unit has a factor of many digits, such as eV, so that nobody converts it exactly."""
    for factor in (unit.factor for unit in units if unit is not None):
        digits = factor.numerator * factor.denominator
        while digits % 2 == 0 or digits % 5 == 0:
            digits //= 2 if digits % 2 == 0 else 5
        if digits >= _MANY_DIGITS:
            return True
    return False


def _in_one_angle(value: Quantity, other: Quantity) -> Quantity:
    r"""Return degrees in radians, next to a bare multiple of pi: `30^\circ` and `\frac{\pi}{6}`."""
    in_degrees = value.unit is not None and value.unit.measures == (("angle", 1),) and not value.unit.radians
    if not in_degrees or other.unit is not None or not uses(other.expression, "pi"):
        return value
    return Quantity(Apply("multiply", (value.expression, Constant("degree"))))


def _at_least_one(expression: Expression) -> bool:
    return not symbols(expression) and bool(abs(approximate(expression, {})) >= 1)


def conversion(golden: Unit | None, answer: Unit | None) -> Expression | None:
    """Return the factor for the answer's number; None if the units contradict each other."""
    if golden is None or answer is None or golden == answer:
        return ONE
    ours, theirs = set(golden.label.split()), set(answer.label.split())
    if ours == theirs and golden.label != answer.label and " of " in golden.name:
        # North of east is not east of north.
        return None
    if ours and theirs and not (ours <= theirs or theirs <= ours):
        return None
    if not golden.measures and not answer.measures:
        return ONE
    if golden.measures != answer.measures:
        if golden.other is not None:
            return conversion(golden.other, answer)
        return conversion(golden, answer.other) if answer.other is not None else None
    factor, turns = Number(answer.factor / golden.factor), answer.radians - golden.radians
    return (
        Apply("multiply", (factor, Apply("power", (_HALF_TURN, Number(Fraction(turns))))))
        if turns
        else factor
    )


def same_value(golden: Expression, answer: Expression) -> bool:
    """Return True if two expressions have one value; `rounding` says where a decimal may be rounded."""
    if golden == answer:
        return True
    if INFINITY in (golden, answer) or negative(INFINITY) in (golden, answer):
        return False
    try:
        ours, theirs = exact(golden, {}), exact(answer, {})
    except (InexactError, KeyError):
        return identical(golden, answer) or rounds_to(golden, answer) or same_antiderivative(golden, answer)
    except UndefinedError:
        return False
    return ours == theirs or rounds_to(golden, answer)
