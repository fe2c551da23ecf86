"""Functions by cases: the same values under the same conditions, in any order."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from rule_rm.math.comparing.amounts import same_value
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.real_sets import RealSet, complement, intersection, real_set, same_sets, union
from rule_rm.math.values.answers import Piecewise, Quantity, Value, variables
from rule_rm.math.values.expression import (
    ONE,
    TWO,
    ZERO,
    Apply,
    Expression,
    Symbol,
    UnreadableError,
    negative,
    substitute,
)

Equal = Callable[[Value, Value], bool]
_MOST_CASES = 24


def same_piecewise(golden: Piecewise, answer: Piecewise, equal: Equal) -> bool:
    """Return True if each case of one has its case in the other."""
    if len(golden.rows) != len(answer.rows) or len(golden.rows) > _MOST_CASES:
        return False
    try:
        ours, theirs = _conditions(golden), _conditions(answer)
    except (UnreadableError, UndefinedError):
        return _same_rows(golden, answer, equal)
    left = list(range(len(answer.rows)))
    for at, (value, _) in enumerate(golden.rows):
        found = next(
            (one for one in left if same_sets(ours[at], theirs[one]) and equal(value, answer.rows[one][0])),
            None,
        )
        if found is None:
            return False
        left.remove(found)
    return True


def same_function(golden: Value, answer: Value) -> bool:
    """Return True if both have the same values, also where one has other pieces: `|x|` and `x` from 0 on.

    Each piece of one is compared with each of the other where both hold: at their bounds exactly, and between
    them with the variable bound to the gap.
    """
    try:
        ours, theirs = _pieces(golden), _pieces(answer)
        names = variables(golden) | variables(answer)
        if len(names) != 1 or len(ours) * len(theirs) > _MOST_CASES:
            return False
        whole, other = (reduce(union, [part for part, _ in side]) for side in (ours, theirs))
        (name,) = names
        return same_sets(whole, other) and all(
            _same_on(intersection(part, place), one, two, name) for part, one in ours for place, two in theirs
        )
    except (UnreadableError, UndefinedError):
        return False


def _pieces(value: Value) -> list[tuple[RealSet, Expression]]:
    """Return the expressions of a function with the sets on which they hold."""
    if isinstance(value, Quantity) and not value.unit:
        return [(RealSet((), (True,)), value.expression)]
    if not isinstance(value, Piecewise) or len(value.rows) > _MOST_CASES:
        raise UnreadableError("no function")
    values = [one.expression for one, _ in value.rows if isinstance(one, Quantity) and not one.unit]
    if len(values) != len(value.rows):
        raise UnreadableError("a value that is not an expression")
    return list(zip(_conditions(value), values, strict=True))


def _same_on(part: RealSet, one: Expression, other: Expression, name: str) -> bool:
    """Return True if two expressions agree on a set."""
    bounds = part.boundaries
    for at, inside in enumerate(part.inside):
        if not inside:
            continue
        if at % 2:
            place = bounds[at // 2]
        else:
            low, high = ([None, *bounds, None][at // 2 + end] for end in (0, 1))
            place = _within(low, high, name)
        if not same_value(substitute(one, name, place), substitute(other, name, place)):
            return False
    return True


def _within(low: Expression | None, high: Expression | None, name: str) -> Expression:
    """Return an expression that takes the values between two bounds, either of which may be None."""
    free: Expression = Symbol(name)
    if low is None and high is None:
        return free
    square = Apply("power", (free, TWO))
    if low is None or high is None:
        return Apply("add", (low or high or ZERO, square if high is None else negative(square)))
    above = Apply("add", (low, Apply("multiply", (high, square))))
    return Apply("divide", (above, Apply("add", (ONE, square))))


def _conditions(function: Piecewise) -> list[RealSet]:
    """Return the set of each case; "otherwise" is all that the others leave."""
    given = [real_set(condition) for _, condition in function.rows if condition is not None]
    if len(given) < len(function.rows) - 1:
        raise UnreadableError("more than one case for all others")
    rest = complement(reduce(union, given)) if given else RealSet((), (True,))
    sets = iter(given)
    return [rest if condition is None else next(sets) for _, condition in function.rows]


def _same_rows(golden: Piecewise, answer: Piecewise, equal: Equal) -> bool:
    """Return True for the same cases in any order, where the conditions are not sets of numbers."""
    left = list(answer.rows)
    for value, condition in golden.rows:
        found = next(
            (row for row in left if equal(value, row[0]) and _same_condition(condition, row[1], equal)), None
        )
        if found is None:
            return False
        left.remove(found)
    return True


def _same_condition(golden: Value | None, answer: Value | None, equal: Equal) -> bool:
    if golden is None or answer is None:
        return golden is answer
    return equal(golden, answer)
