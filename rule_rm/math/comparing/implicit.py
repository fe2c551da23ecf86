r"""Solutions of differential equations as equations: `y^2 = x^2 + C` is `x^2 - y^2 = K`."""

from __future__ import annotations

import re
from fractions import Fraction

from rule_rm.math.comparing.equations import SQUARE, gap_of
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.identity import identical, point
from rule_rm.math.values.answers import Named, Quantity, Value, expressions
from rule_rm.math.values.expression import (
    ZERO,
    Apply,
    Expression,
    Number,
    Symbol,
    TooCostlyError,
    difference,
    negative,
    substitute,
    symbols,
)

_CONSTANT = re.compile(r"[CcKkAD](?:_?\d)?")
"""Names of arbitrary constants: `C`, `K`."""
_GIVEN = re.compile(r"[Cc](?:_?\d)?")
"""Names that a golden answer gives to an arbitrary constant: `C`, `c_1`."""


def same_implicit(golden: Value, answer: Value, question: str) -> bool:
    """Return True for one family of curves: each is `F(x, y) = C`, and F is linear in the other F."""
    ours, theirs = _gap(golden), _gap(answer)
    if ours is None or theirs is None:
        return False
    name, other = _constant(ours, _GIVEN, question), _constant(theirs, _CONSTANT, question)
    if name is None or other is None or (name.islower() and {"a", "b"} <= symbols(ours)):
        return False
    if any(_has_negative(one, other) for one in expressions(answer)):
        # Nobody writes `-C` for an arbitrary constant: it is another constant's negative.
        return False
    if symbols(ours) - {name} != symbols(theirs) - {other} or len(symbols(ours)) < 3:
        return False
    try:
        level, levels = _solved(ours, name), _solved(theirs, other)
        return level is not None and levels is not None and _is_line_in(level, levels)
    except (UndefinedError, TooCostlyError):
        return False


def _gap(value: Value) -> Expression | None:
    r"""Return left − right of an equation; `y = \pm\sqrt{f}` is `y^2 = f`."""
    match value:
        case Named(
            _,
            Quantity(Apply("plus_minus", (Apply("root", (inner, Number(degree))),)), None),
            Symbol() as name,
        ):
            if degree == SQUARE:
                return difference(Apply("power", (name, Number(Fraction(SQUARE)))), inner)
    return gap_of(value)


def _constant(gap: Expression, pattern: re.Pattern[str], question: str) -> str | None:
    """Return the one letter that may be an arbitrary constant; a letter of the question is none."""
    found = [
        name
        for name in symbols(gap)
        if pattern.fullmatch(name) and not re.search(rf"(?<![a-zA-Z]){re.escape(name)}(?![a-zA-Z])", question)
    ]
    return found[0] if len(found) == 1 else None


def _solved(gap: Expression, name: str) -> Expression | None:
    """Return the value of the constant, of which the gap must be a line with a number as its slope."""
    at_zero, at_one = (substitute(gap, name, Number(Fraction(place))) for place in (0, 1))
    slope = difference(at_one, at_zero)
    line = Apply("add", (at_zero, Apply("multiply", (Symbol(name), slope))))
    if not identical(gap, line) or identical(slope, ZERO):
        return None
    return Apply("divide", (negative(at_zero), slope))


def _is_line_in(level: Expression, levels: Expression) -> bool:
    """Return True if one function is a number times the other, and a number added."""
    (one, two), (first, second) = ([_at(side, place) for place in (0, 2)] for side in (level, levels))
    rise, run = difference(second, first), difference(two, one)
    if identical(run, ZERO) or identical(rise, ZERO):
        return False
    left = Apply("multiply", (difference(levels, first), run))
    right = Apply("multiply", (difference(level, one), rise))
    return identical(left, right)


def _at(expression: Expression, place: int) -> Expression:
    for name in sorted(symbols(expression)):
        expression = substitute(expression, name, Number(abs(point(name, place))))
    return expression


def _has_negative(expression: Expression, name: str) -> bool:
    """Return True if the negative of a letter is a part of an expression."""
    if not isinstance(expression, Apply):
        return False
    return expression == negative(Symbol(name)) or any(
        _has_negative(one, name) for one in expression.arguments
    )
