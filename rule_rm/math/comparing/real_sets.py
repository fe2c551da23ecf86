"""Sets of real numbers, as intervals, inequalities and unions write them: `x > 2` is `(2, oo)`.

A set is kept as its boundaries in order and whether each boundary, and each gap between them, belongs to
it. Unions, intersections and differences are then the same walk over all boundaries, and equal sets have
equal patterns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from rule_rm.math.comparing.approximate import approximate, is_real, same
from rule_rm.math.comparing.identity import identical, point
from rule_rm.math.values.answers import Inequality, Interval, Quantity, SetOperation, Several, Value
from rule_rm.math.values.expression import (
    INFINITY,
    ZERO,
    Apply,
    Expression,
    Number,
    UnreadableError,
    difference,
    negative,
    substitute,
    symbols,
)

MOST_PARTS = 60


@dataclass(frozen=True, slots=True)
class RealSet:
    """Boundaries in ascending order; `inside` has a flag for each gap and boundary from left to right."""

    boundaries: tuple[Expression, ...]
    inside: tuple[bool, ...]


def real_set(value: Value) -> RealSet:
    """Return the set that a value means. Raises UnreadableError if it means none."""
    match value:
        case Interval():
            return _interval(value)
        case Inequality():
            return _solved(value)
        case SetOperation(sign, sets) if sign in _SIGNS:
            if len(sets) > MOST_PARTS:
                raise UnreadableError("a union of too many sets")
            return reduce(lambda left, right: _combined(left, right, _SIGNS[sign]), map(real_set, sets))
        case Several(values, "(" | "[" as bracket) if len(values) == 2:
            low, high = values
            if isinstance(low, Quantity) and isinstance(high, Quantity):
                closed = bracket == "["
                return _interval(Interval(low.expression, high.expression, closed, closed))
        case Several(values, "{" | "") if len(values) <= MOST_PARTS:
            return reduce(
                lambda left, right: _combined(left, right, _SIGNS["cup"]),
                map(_point, values),
                RealSet((), (False,)),
            )
    raise UnreadableError("no set of real numbers")


def same_sets(left: RealSet, right: RealSet) -> bool:
    """Return True if two sets have the same elements."""
    if left.inside != right.inside:
        return False
    return all(
        identical(ours, theirs) for ours, theirs in zip(left.boundaries, right.boundaries, strict=True)
    )


def union(left: RealSet, right: RealSet) -> RealSet:
    """Return the union of two sets."""
    return _combined(left, right, _SIGNS["cup"])


def intersection(left: RealSet, right: RealSet) -> RealSet:
    """Return the elements that two sets share."""
    return _combined(left, right, _SIGNS["cap"])


def complement(part: RealSet) -> RealSet:
    """Return all real numbers that are not in a set."""
    return RealSet(part.boundaries, tuple(not inside for inside in part.inside))


_SIGNS: dict[str, Callable[[bool, bool], bool]] = {
    "cup": lambda left, right: left or right,
    "cap": lambda left, right: left and right,
    "setminus": lambda left, right: left and not right,
}


def _interval(interval: Interval) -> RealSet:
    if (interval.low_closed and interval.low == negative(INFINITY)) or (
        interval.high_closed and interval.high == INFINITY
    ):
        raise UnreadableError("an interval that infinity belongs to")
    low_open, high_open = interval.low == negative(INFINITY), interval.high == INFINITY
    if low_open and high_open:
        return RealSet((), (True,))
    if low_open:
        return RealSet((interval.high,), (True, interval.high_closed, False))
    if high_open:
        return RealSet((interval.low,), (False, interval.low_closed, True))
    low, high = _number(interval.low), _number(interval.high)
    if same(low, high):
        closed = interval.low_closed and interval.high_closed
        return RealSet((interval.low,), (False, True, False)) if closed else RealSet((), (False,))
    if low > high:
        raise UnreadableError("an interval whose bounds are in the wrong order")
    inside = (False, interval.low_closed, True, interval.high_closed, False)
    return RealSet((interval.low, interval.high), inside)


def _point(value: Value) -> RealSet:
    if not isinstance(value, Quantity) or value.unit:
        raise UnreadableError("an element that is not a number")
    return RealSet((value.expression,), (False, True, False))


def _number(expression: Expression) -> Any:
    values = {name: point(name, 0) for name in symbols(expression)}
    value = approximate(expression, values)
    if not is_real(value):
        raise UnreadableError("a bound that is not real")
    return value.real


def _combined(left: RealSet, right: RealSet, sign: Callable[[bool, bool], bool]) -> RealSet:
    """Walk once over the boundaries of both, and leave out those at which nothing changes."""
    merged = _merged(left.boundaries, right.boundaries)
    ours, theirs = _spread(left, [at for _, at, _ in merged]), _spread(right, [at for _, _, at in merged])
    inside = [sign(one, other) for one, other in zip(ours, theirs, strict=True)]
    boundaries: list[Expression] = []
    kept = [inside[0]]
    for at, (boundary, _, _) in enumerate(merged):
        if not kept[-1] == inside[2 * at + 1] == inside[2 * at + 2]:
            boundaries.append(boundary)
            kept += [inside[2 * at + 1], inside[2 * at + 2]]
    return RealSet(tuple(boundaries), tuple(kept))


def _merged(left: Sequence[Expression], right: Sequence[Expression]) -> list[tuple[Expression, bool, bool]]:
    """Yield all boundaries in order, each with whether it is one of the left and one of the right set."""
    ours = [(_number(boundary), boundary) for boundary in left]
    theirs = [(_number(boundary), boundary) for boundary in right]
    merged = []
    while ours or theirs:
        if ours and theirs and same(ours[0][0], theirs[0][0]):
            merged.append((ours.pop(0)[1], True, True))
            theirs.pop(0)
        elif not theirs or (ours and ours[0][0] < theirs[0][0]):
            merged.append((ours.pop(0)[1], True, False))
        else:
            merged.append((theirs.pop(0)[1], False, True))
    return merged


def _spread(part: RealSet, own: list[bool]) -> list[bool]:
    """Return the flags of a set, spread over all boundaries; `own` marks the set's own boundaries."""
    spread, at = [part.inside[0]], 0
    for is_own in own:
        if is_own:
            spread += [part.inside[2 * at + 1], part.inside[2 * at + 2]]
            at += 1
        else:
            spread += [spread[-1], spread[-1]]
    return spread


def _solved(inequality: Inequality) -> RealSet:
    """Return the solutions of linear inequalities in one variable, all of which hold."""
    sides = zip(inequality.members, inequality.signs, inequality.members[1:], strict=False)
    solved = [_solved_one(left, sign, right) for left, sign, right in sides]
    return reduce(lambda left, right: _combined(left, right, _SIGNS["cap"]), solved)


def _solved_one(left: Expression, sign: str, right: Expression) -> RealSet:
    for variable, bound, turned in ((left, right, sign), (right, left, TURNED[sign])):
        if len(symbols(variable)) == 1 and not symbols(bound) and not isinstance(variable, Apply):
            return _half_line(bound, turned)
    for inside, bound, turned in ((left, right, sign), (right, left, TURNED[sign])):
        if isinstance(inside, Apply) and inside.function == "abs" and not symbols(bound) and sign != "ne":
            above = _solved_one(inside.arguments[0], turned, bound)
            below = _solved_one(inside.arguments[0], TURNED[turned], negative(bound))
            return _combined(above, below, _SIGNS["cap" if turned in ("<", "le") else "cup"])
    names = symbols(left) | symbols(right)
    if len(names) != 1:
        raise UnreadableError("an inequality in several variables")
    (name,) = names
    gap = difference(left, right)
    at = [substitute(gap, name, Number(point(name, number))) for number in range(3)]
    x = [Number(point(name, number)) for number in range(3)]
    slope = Apply("divide", (difference(at[1], at[0]), difference(x[1], x[0])))
    straight = Apply("add", (at[0], Apply("multiply", (slope, difference(x[2], x[0])))))
    rising = _number(slope)
    if not identical(straight, at[2]) or same(rising + 1, 1):
        raise UnreadableError("an inequality that is not linear")
    intercept = substitute(gap, name, ZERO)
    return _half_line(negative(Apply("divide", (intercept, slope))), sign if rising > 0 else TURNED[sign])


TURNED = {"<": ">", ">": "<", "le": "ge", "ge": "le", "ne": "ne"}


def _half_line(bound: Expression, sign: str) -> RealSet:
    if bound == INFINITY or bound == negative(INFINITY):
        return RealSet((), (True,))
    return RealSet((bound,), (sign in ("<", "le", "ne"), sign in ("le", "ge"), sign in (">", "ge", "ne")))
