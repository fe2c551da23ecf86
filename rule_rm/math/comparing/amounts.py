"""Are two quantities the same? Units are converted, percents may be shares, decimals may be roundings."""

from __future__ import annotations

from fractions import Fraction

from rule_rm.math.comparing.approximate import approximate
from rule_rm.math.comparing.exact import InexactError, UndefinedError, exact
from rule_rm.math.comparing.identity import identical
from rule_rm.math.comparing.rounding import rounds_to
from rule_rm.math.values.answers import Quantity
from rule_rm.math.values.expression import (
    INFINITY,
    ONE,
    Apply,
    Constant,
    Expression,
    Number,
    Symbol,
    negative,
    substitute,
    symbols,
)
from rule_rm.math.values.units import Unit

_CONSTANTS = frozenset({"c", "k", "K", "C_1", "c_1", "C_0"})
_HALF_TURN = Apply("divide", (Number(Fraction(180)), Constant("pi")))


def same_quantity(golden: Quantity, answer: Quantity) -> bool:
    """True if the values are equal in one unit. `p%` is p/100, and also p if that is 1 or more."""
    scale = _scale(golden.unit, answer.unit)
    if scale is None:
        return False
    ours, theirs = golden.expression, answer.expression
    if scale != ONE:
        theirs = Apply("multiply", (theirs, scale))
    if golden.percent == answer.percent:
        return same_value(ours, theirs)
    share, plain = (ours, theirs) if golden.percent else (theirs, ours)
    if same_value(Apply("divide", (share, Number(Fraction(100)))), plain):
        return True
    return _at_least_one(share) and same_value(share, plain)


def _at_least_one(expression: Expression) -> bool:
    return not symbols(expression) and bool(abs(approximate(expression, {})) >= 1)


def _scale(golden: Unit | None, answer: Unit | None) -> Expression | None:
    """What the answer's number is to be multiplied with; None if the units contradict each other."""
    if golden is None or answer is None or golden == answer:
        return ONE
    if golden.label or answer.label:
        ours, theirs = set(golden.label.split()), set(answer.label.split())
        return ONE if ours and theirs and (ours <= theirs or theirs <= ours) else None
    if golden.measures != answer.measures:
        return None
    factor, turns = Number(answer.factor / golden.factor), answer.radians - golden.radians
    return (
        Apply("multiply", (factor, Apply("power", (_HALF_TURN, Number(Fraction(turns))))))
        if turns
        else factor
    )


def same_value(golden: Expression, answer: Expression) -> bool:
    """True if two expressions have one value; a decimal may stand for what it rounds, see `rounding`."""
    answer = _with_the_same_constant(golden, answer)
    if golden == answer:
        return True
    if INFINITY in (golden, answer) or negative(INFINITY) in (golden, answer):
        return False
    try:
        ours, theirs = exact(golden, {}), exact(answer, {})
    except (InexactError, KeyError):
        return identical(golden, answer) or rounds_to(golden, answer)
    except UndefinedError:
        return False
    return ours == theirs or rounds_to(golden, answer)


def _with_the_same_constant(golden: Expression, answer: Expression) -> Expression:
    """The constant of an integral may have another name: `+ C` or `+ c`."""
    ours, theirs = symbols(golden), symbols(answer)
    if ours == theirs or not isinstance(golden, Apply) or golden.function != "add":
        return answer
    missing, other = ours - theirs, theirs - ours
    if missing != {"C"} or len(other) != 1 or not other <= _CONSTANTS or Symbol("C") not in golden.arguments:
        return answer
    return substitute(answer, next(iter(other)), Symbol("C"))
