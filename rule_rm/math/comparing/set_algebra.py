r"""Sets by letters, combined: `A \cap B^c` is `A \setminus B`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from itertools import product

from rule_rm.math.values.answers import Quantity, SetOperation, Value
from rule_rm.math.values.expression import Apply, Expression, Symbol, UnreadableError

_MOST_SETS = 6
_COMPLEMENTS = frozenset({"c", "C", "complement"})
_ACCENTS = ("overline ", "bar ")

Truth = Callable[[Mapping[str, bool]], bool]


def same_combinations(golden: Value, answer: Value) -> bool:
    """Return True if an element of each of the sets or of some of them is in both sides or in neither."""
    if not isinstance(golden, SetOperation) and not isinstance(answer, SetOperation):
        return False
    names: set[str] = set()
    try:
        ours, theirs = _membership(golden, names), _membership(answer, names)
    except UnreadableError:
        return False
    if len(names) > _MOST_SETS:
        return False
    ordered = sorted(names)
    rows = (dict(zip(ordered, row, strict=True)) for row in product((False, True), repeat=len(ordered)))
    return all(ours(row) == theirs(row) for row in rows)


def _membership(value: Value, names: set[str]) -> Truth:
    match value:
        case SetOperation("complement", (inner,)):
            return _not(_membership(inner, names))
        case SetOperation(sign, sets) if sign in _OPERATIONS:
            return reduce(_OPERATIONS[sign], [_membership(one, names) for one in sets])
        case Quantity(expression, None, False):
            return _of_expression(expression, names)
    raise UnreadableError("a set that is not named by a letter")


def _of_expression(expression: Expression, names: set[str]) -> Truth:
    match expression:
        case Symbol(name):
            return _of_name(name, names)
        case Apply("power", (base, Symbol(mark))) if mark in _COMPLEMENTS:
            return _not(_of_expression(base, names))
        case Apply("add", (first, *others)) if all(_is_negative(other) for other in others):
            parts = [
                _of_expression(other.arguments[0], names) for other in others if isinstance(other, Apply)
            ]
            return reduce(_OPERATIONS["setminus"], parts, _of_expression(first, names))
    raise UnreadableError("something else than a set")


def _is_negative(expression: Expression) -> bool:
    return isinstance(expression, Apply) and expression.function == "negative"


def _of_name(name: str, names: set[str]) -> Truth:
    for accent in _ACCENTS:
        if name.startswith(accent):
            return _not(_of_name(name.removeprefix(accent), names))
    if name.endswith("'"):
        return _not(_of_name(name[:-1], names))
    if len(name) != 1 or not name.isupper():
        raise UnreadableError("a set is named by a capital letter")
    names.add(name)
    return lambda row: row[name]


def _not(inner: Truth) -> Truth:
    return lambda row: not inner(row)


_OPERATIONS: dict[str, Callable[[Truth, Truth], Truth]] = {
    "cup": lambda left, right: lambda row: left(row) or right(row),
    "cap": lambda left, right: lambda row: left(row) and right(row),
    "setminus": lambda left, right: lambda row: left(row) and not right(row),
}
