"""Are two equations the same, up to a factor, or two inequalities, up to a positive one?"""

from __future__ import annotations

from rule_rm.math.comparing.amounts import same_quantity
from rule_rm.math.comparing.approximate import approximate, is_real
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.identity import identical, point
from rule_rm.math.comparing.real_sets import TURNED
from rule_rm.math.values.answers import Chain, Inequality, Interval, Named, Quantity, Value
from rule_rm.math.values.expression import (
    INFINITY,
    Apply,
    Expression,
    Number,
    UnreadableError,
    difference,
    substitute,
    symbols,
)


def settled_chain(chain: Chain) -> Value:
    """The first member, if all are the same; an equation in variables stays one.

    Raises UnreadableError if it is false.
    """
    first = chain.members[0]
    for sign, member in zip(chain.signs, chain.members[1:], strict=True):
        if sign == "approx" or (_has_decimals(member.expression) and not _has_decimals(first.expression)):
            if not _near(first, member):
                raise UnreadableError("an approximation that is wrong")
        elif not same_quantity(first, member):
            if len(chain.members) > 2 or not (symbols(first.expression) | symbols(member.expression)):
                raise UnreadableError("an equation that is false")
            return chain
    if (
        symbols(first.expression)
        and "approx" not in chain.signs
        and first.expression == chain.members[-1].expression
    ):
        raise UnreadableError("an equation that says nothing")
    exact_members = [member for member in chain.members if not _has_decimals(member.expression)]
    return exact_members[-1] if exact_members and "approx" not in chain.signs else first


def _has_decimals(expression: Expression) -> bool:
    return isinstance(expression, Number) and expression.decimals is not None


def _near(first: Quantity, second: Quantity) -> bool:
    """True if the second is what the first rounds to, within one unit of its last digit."""
    shown, expression = second.expression, first.expression
    if symbols(expression) or symbols(shown):
        return False
    decimals = shown.decimals if isinstance(shown, Number) else None
    shares = [100 if quantity.percent else 1 for quantity in (first, second)]
    gap = abs(approximate(expression, {}) / shares[0] * shares[1] - approximate(shown, {}))
    return bool(gap <= (1.01 * 10.0**-decimals if decimals else 0.51))


def same_equations(golden: Value, answer: Value) -> bool:
    """Equations are equal up to a factor: left − right of one is a constant times that of the other."""
    ours, theirs = _gap(golden), _gap(answer)
    if ours is None or theirs is None or symbols(ours) != symbols(theirs) or not symbols(ours):
        return False
    try:
        return _ratio(ours, theirs) != 0 and _proportional(ours, theirs)
    except UndefinedError:
        return False


def _ratio(left: Expression, right: Expression) -> float:
    """The sign, or 0, of one over the other at one point; 0 if either is 0 or not real there."""
    ours, theirs = (approximate(_at_a_point(side), {}) for side in (left, right))
    if not is_real(ours) or not is_real(theirs):
        return float(ours != 0 and theirs != 0)
    return float((ours.real > 0) - (ours.real < 0)) * float((theirs.real > 0) - (theirs.real < 0))


def _proportional(left: Expression, right: Expression) -> bool:
    """True if one is a constant times the other: both times the other's value at one point are the same."""
    crossed = Apply("multiply", (left, _at_a_point(right))), Apply("multiply", (right, _at_a_point(left)))
    return identical(*crossed)


def _at_a_point(expression: Expression) -> Expression:
    for name in symbols(expression):
        expression = substitute(expression, name, Number(point(name, 0)))
    return expression


def _gap(value: Value) -> Expression | None:
    match value:
        case Named(_, Quantity(expression), symbol) if symbol is not None:
            return difference(symbol, expression)
        case Chain((left, right), ("=",)):
            return difference(left.expression, right.expression)
    return None


def same_inequalities(golden: Value, answer: Value) -> bool:
    """Inequalities that can't be solved, and intervals with bounds in variables."""
    if isinstance(golden, Interval) and isinstance(answer, Interval):
        closed = (golden.low_closed, golden.high_closed) == (answer.low_closed, answer.high_closed)
        return closed and _same_bound(golden.low, answer.low) and _same_bound(golden.high, answer.high)
    if isinstance(golden, Inequality) and isinstance(answer, Inequality):
        return _same_directed(golden, answer) or _same_directed(golden, _reversed(answer))
    return False


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
