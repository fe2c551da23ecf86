"""Functions by cases: the same values under the same conditions, in any order."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.real_sets import RealSet, complement, real_set, same_sets, union
from rule_rm.math.values.answers import Piecewise, Value
from rule_rm.math.values.expression import UnreadableError

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
