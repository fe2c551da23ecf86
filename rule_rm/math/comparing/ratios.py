"""Ratios, and ratios of two terms that are a quotient: `1 : 2` is one half."""

from __future__ import annotations

from rule_rm.math.comparing.amounts import same_value
from rule_rm.math.comparing.identity import identical
from rule_rm.math.values.answers import Quantity, Ratio, Value
from rule_rm.math.values.expression import ZERO, Apply, Expression


def same_ratio(golden: Ratio, answer: Ratio) -> bool:
    """Return True for proportional terms; a ratio with a zero is equal to its own terms only."""
    if len(golden.terms) != len(answer.terms):
        return False
    if any(_is_zero(term) for term in (*golden.terms, *answer.terms)):
        return all(map(same_value, golden.terms, answer.terms))
    first, other = golden.terms[0], answer.terms[0]
    return all(
        identical(Apply("multiply", (first, theirs)), Apply("multiply", (other, ours)))
        for ours, theirs in zip(golden.terms[1:], answer.terms[1:], strict=True)
    )


def _is_zero(expression: Expression) -> bool:
    """Return True if an expression is zero for all values of its variables."""
    return identical(expression, ZERO)


def is_quotient(golden: Value, answer: Value) -> bool:
    """Return True if one side is a ratio of two terms, and the other the quotient of these."""
    ratio, quantity = (golden, answer) if isinstance(golden, Ratio) else (answer, golden)
    if (
        not isinstance(ratio, Ratio)
        or not isinstance(quantity, Quantity)
        or len(ratio.terms) != 2
        or quantity.unit
        or _is_zero(ratio.terms[1])
    ):
        return False
    return same_value(Apply("divide", ratio.terms), quantity.expression)
