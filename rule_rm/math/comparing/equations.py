"""Decide whether two equations are the same up to a factor, or two inequalities up to a positive one."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from rule_rm.math.comparing.approximate import approximate, is_real
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.identity import identical, point
from rule_rm.math.comparing.real_sets import TURNED
from rule_rm.math.comparing.statements import is_line
from rule_rm.math.values.answers import Chain, Inequality, Interval, Named, Quantity, Several, Value
from rule_rm.math.values.expression import (
    INFINITY,
    ONE,
    ZERO,
    Apply,
    Expression,
    Number,
    Symbol,
    difference,
    negative,
    substitute,
    symbols,
)

SQUARE = 2
"""The degree of a square root."""
Line = Mapping[str, tuple[Expression, Expression]]
"""Where each coordinate of a line starts, and how it moves."""


def same_equations(golden: Value, answer: Value) -> bool:
    """Compare equations up to a factor: left − right of one is a constant times that of the other."""
    if isinstance(golden, Chain) and isinstance(answer, Chain) and is_line(golden) and is_line(answer):
        return _same_lines(golden, answer)
    ours, theirs = gap_of(golden), gap_of(answer)
    if ours is None or theirs is None or symbols(ours) != symbols(theirs) or not symbols(ours):
        return False
    try:
        return (_ratio(ours, theirs) != 0 and _proportional(ours, theirs)) or (
            _solves(golden, theirs) or _solves(answer, ours)
        )
    except UndefinedError:
        return False


def _same_lines(golden: Chain, answer: Chain) -> bool:
    """Return True for lines in space that are parallel and share a point."""
    ours, theirs = through(golden), through(answer)
    return ours is not None and theirs is not None and is_one_line(ours, theirs)


def is_one_line(ours: Line, theirs: Line) -> bool:
    """Return True for lines of the same coordinates that are parallel and share a point."""
    if set(ours) != set(theirs):
        return False
    names = sorted(ours)
    direction = [ours[name][1] for name in names]
    gaps = [difference(theirs[name][0], ours[name][0]) for name in names]
    return parallel(direction, [theirs[name][1] for name in names]) and parallel(direction, gaps)


def through(chain: Chain) -> Line | None:
    """Return where each coordinate of a line starts, and how it moves; None for a curve."""
    found: dict[str, tuple[Expression, Expression]] = {}
    for member in chain.members:
        (name,) = symbols(member.expression)
        start, step = (substitute(member.expression, name, Number(Fraction(value))) for value in (0, 1))
        slope = difference(step, start)
        on_line = Apply("add", (start, Apply("multiply", (Symbol(name), slope))))
        if not identical(member.expression, on_line) or identical(slope, ZERO) or member.unit:
            return None
        found[name] = (negative(Apply("divide", (start, slope))), Apply("divide", (ONE, slope)))
    return found


def parallel(left: list[Expression], right: list[Expression]) -> bool:
    """Return True if one vector is a multiple of the other."""
    return all(
        identical(Apply("multiply", (left[one], right[other])), Apply("multiply", (left[other], right[one])))
        for one in range(len(left))
        for other in range(one)
    )


def _solves(solution: Value, gap: Expression) -> bool:
    """Return True if `y = f(x)` is the one solution of the other equation for y: `y = 1/x` and `xy = 1`."""
    match solution:
        case Named(_, Quantity(value, None), Symbol(name)) if name not in symbols(value):
            # Only a line has one root: `|x| = 3` is one for positive x alone.
            has_one_root = _is_linear(gap, name) or _is_fractional(gap, name)
            return has_one_root and identical(substitute(gap, name, value), ZERO)
    return False


def _is_linear(gap: Expression, name: str) -> bool:
    """Return True for a line in a variable that is not flat."""
    at_zero, at_one = (substitute(gap, name, Number(Fraction(number))) for number in range(2))
    slope = difference(at_one, at_zero)
    line = Apply("add", (at_zero, Apply("multiply", (Symbol(name), slope))))
    try:
        return identical(gap, line) and not identical(slope, ZERO)
    except UndefinedError:
        return False


def _is_fractional(gap: Expression, name: str) -> bool:
    """Return True for a quotient of lines in a variable, which takes each value once: `1/f - 1/d`.

    Such a quotient keeps the cross ratio of any four numbers.
    """
    one, two, three = (substitute(gap, name, Number(Fraction(number))) for number in (1, 2, 3))
    at_one, at_two = (difference(Symbol(name), Number(Fraction(number))) for number in (2, 3))
    left = Apply("multiply", (difference(gap, two), difference(one, three), at_two, Number(Fraction(-1))))
    right = Apply("multiply", (difference(gap, three), difference(one, two), at_one, Number(Fraction(-2))))
    try:
        return not identical(one, two) and identical(left, right)
    except UndefinedError:
        return False


def _ratio(left: Expression, right: Expression) -> float:
    """Return the sign, or 0, of one over the other at one point; 0 if either is 0 or not real there."""
    ours, theirs = (approximate(_at_a_point(side), {}) for side in (left, right))
    if not is_real(ours) or not is_real(theirs):
        return float(ours != 0 and theirs != 0)
    return float((ours.real > 0) - (ours.real < 0)) * float((theirs.real > 0) - (theirs.real < 0))


def _proportional(left: Expression, right: Expression) -> bool:
    """Return True if one is a constant times the other, by their values at one point."""
    crossed = Apply("multiply", (left, _at_a_point(right))), Apply("multiply", (right, _at_a_point(left)))
    return identical(*crossed)


def _at_a_point(expression: Expression) -> Expression:
    for name in symbols(expression):
        expression = substitute(expression, name, Number(point(name, 0)))
    return expression


def gap_of(value: Value) -> Expression | None:
    """Return left − right of an equation; None for another value."""
    match value:
        case Named(_, Quantity(expression), symbol) if symbol is not None:
            return difference(symbol, expression)
        case Chain((Quantity(Apply("root", (inside, Number(degree)))), Quantity(Number(size))), ("=",)) if (
            size > 0 and degree == SQUARE
        ):
            return difference(inside, Number(size**2))
        case Chain((left, right), ("=",)):
            return difference(left.expression, right.expression)
    return None


def _as_intervals(value: Value) -> list[Interval]:
    """Return the readings of an inequality with letters as bounds: `x > a`, `|x| \\le a`, `a < x < b`."""
    found = []
    match value:
        case Interval():
            return [value]
        case Several((Quantity(low, None), Quantity(high, None)), "(" | "[" as bracket):
            return [Interval(low, high, bracket == "[", bracket == "[")]
        case Inequality((Apply("abs", (Symbol(),)), bound), ("<" | "le" as sign,)):
            return [Interval(negative(bound), bound, sign == "le", sign == "le")]
        case Inequality((left, right), (sign,)) if sign != "ne":
            for variable, bound, turned in ((left, right, sign), (right, left, TURNED[sign])):
                if isinstance(variable, Symbol) and variable.name not in symbols(bound):
                    closed = turned in ("le", "ge")
                    above = Interval(bound, INFINITY, closed, False)
                    below = Interval(negative(INFINITY), bound, False, closed)
                    found.append(above if turned in (">", "ge") else below)
        case Inequality((low, Symbol(), high), (first, second)) if {first, second} <= {"<", "le"}:
            return [Interval(low, high, first == "le", second == "le")]
        case Inequality((high, Symbol(), low), (first, second)) if {first, second} <= {">", "ge"}:
            return [Interval(low, high, second == "ge", first == "ge")]
    return found


def same_inequalities(golden: Value, answer: Value) -> bool:
    """Compare inequalities that can't be solved, and intervals with bounds in variables."""
    if not isinstance(golden, Inequality) or not isinstance(answer, Inequality):
        return any(
            _same_intervals(one, other) for one in _as_intervals(golden) for other in _as_intervals(answer)
        )
    return _same_directed(golden, answer) or _same_directed(golden, _reversed(answer))


def _same_intervals(golden: Interval, answer: Interval) -> bool:
    closed = (golden.low_closed, golden.high_closed) == (answer.low_closed, answer.high_closed)
    return closed and _same_bound(golden.low, answer.low) and _same_bound(golden.high, answer.high)


def _same_bound(golden: Expression, answer: Expression) -> bool:
    return golden == answer or (INFINITY not in (golden, answer) and identical(golden, answer))


def _reversed(inequality: Inequality) -> Inequality:
    return Inequality(inequality.members[::-1], tuple(TURNED[sign] for sign in inequality.signs[::-1]))


def _same_directed(golden: Inequality, answer: Inequality) -> bool:
    if golden.signs != answer.signs:
        return False
    if all(identical(one, other) for one, other in zip(golden.members, answer.members, strict=True)):
        return True
    if len(golden.signs) > 1:
        return False
    ours, theirs = difference(*golden.members), difference(*answer.members)
    return (
        symbols(ours) == symbols(theirs) != frozenset()
        and _ratio(ours, theirs) > 0
        and _proportional(ours, theirs)
    )
