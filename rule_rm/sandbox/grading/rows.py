"""Compare the rows of two queries: their order as far as the golden query sets it, numbers by value.

Rows that are equal by all keys of the golden ORDER BY may come in any order.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

Row = tuple[Any, ...]
Run = Callable[[str], list[Row]]
"""Runs a query of ours; raises any exception if the database refuses it."""

_TOLERANCE = 1e-9
"""The relative difference of two floats that are equal: that of sums in another order."""
_QUOTED_OR_COMMENT = re.compile(
    r"""('(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\])|--[^\n]*|/\*.*?(?:\*/|\Z)""", re.DOTALL
)
"""A string or a quoted name, such as `'it''s'` or `[order by]`; or a comment, such as `-- order by id`."""
_KEY = "rule_rm_key_"


class Order(NamedTuple):
    """The order that the rows must have: by default, none."""

    is_strict: bool = False
    """The golden rows' own."""
    query: Any = None
    """The tree of the golden query, if it orders its rows; those with equal keys may come in any order."""

    def allows(self, given: Sequence[Row], wanted: Sequence[Row], run: Run) -> bool:
        """Return whether rows are the golden ones; `run` runs the golden query with its keys as columns."""
        if self.is_strict:
            return _are_equal(given, wanted)
        same = are_equal_in_any_order(given, wanted)
        if not same or self.query is None:
            return same
        return _are_equal(given, wanted) or _are_equal_but_for_ties(given, wanted, self.query, run)


def order(golden: str) -> Order:
    """Return the order that a query sets at its outermost level. Raises ValueError if it can't be read."""
    # Loading it takes a while, and most servers ask for no queries.
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        query = sqlglot.parse_one(_without_comments(golden), read="sqlite")
    except (SqlglotError, RecursionError) as error:
        raise ValueError(
            f"its order can't be read ({error}); set the option ordered to yes or no"[:300]
        ) from None
    while isinstance(query, exp.Subquery) and query.args.get("order") is None:
        query = query.this
    return Order(query=query if query.args.get("order") is not None else None)


def _without_comments(query: str) -> str:
    """Return a query with a space for each comment, as SQLite reads it.

    >>> _without_comments("select '--', 1 -- one\\n order/**/by 1")
    "select '--', 1  \\n order by 1"
    """
    return _QUOTED_OR_COMMENT.sub(lambda found: found[1] or " ", query)


def are_equal_in_any_order(given: Sequence[Row], wanted: Sequence[Row]) -> bool:
    """Return whether two lists have the same rows, each as often.

    >>> are_equal_in_any_order([(2, "b"), (0.1 + 0.2, "a")], [(0.3, "a"), (2.0, "b")])
    True
    """
    if len(given) != len(wanted):
        return False
    return Counter(given) == Counter(wanted) or _are_equal(
        sorted(given, key=_rank), sorted(wanted, key=_rank)
    )


def _are_equal(given: Sequence[Row], wanted: Sequence[Row]) -> bool:
    return len(given) == len(wanted) and all(map(_is_row, given, wanted))


def _are_equal_but_for_ties(given: Sequence[Row], wanted: Sequence[Row], query: Any, run: Run) -> bool:
    keys = _keys(query, wanted, run)
    begin = 0
    for end in range(1, len(wanted) + 1):
        if end < len(wanted) and keys[end] == keys[begin]:
            continue
        if not are_equal_in_any_order(given[begin:end], wanted[begin:end]):
            return False
        begin = end
    return True


def _keys(query: Any, wanted: Sequence[Row], run: Run) -> list[Any]:
    """Return the keys by which each golden row is ordered; the row's number where they can't be found."""
    unknown: list[Any] = list(range(len(wanted)))
    width = len(wanted[0])
    places, more = _places(query, width)
    if places is None:
        return unknown
    if not more:
        return [tuple(row[place] for place in places) for row in wanted]
    try:
        rows = run(query.select(*more).sql(dialect="sqlite"))
    except Exception:  # noqa: BLE001 - a query that we made: without its rows, each row has its own place
        return unknown
    if [row[:width] for row in rows] != list(wanted):
        return unknown
    return [(*(row[place] for place in places), *row[width:]) for row in rows]


def _places(query: Any, width: int) -> tuple[list[int] | None, list[Any]]:
    """Return the columns that are keys, and the other expressions that are keys; None if a key is unknown.

    A key of a query without duplicates, or of several, is always a column.
    """
    from sqlglot import exp

    shown = [one.alias_or_name.lower() for one in query.selects]
    is_known = len(shown) == width and "*" not in shown
    places: list[int] = []
    more: list[Any] = []
    for number, term in enumerate(query.args["order"].expressions):
        key = term.this
        name = key.name.lower() if isinstance(key, exp.Column) else None
        if isinstance(key, exp.Literal) and key.is_int and 0 < int(key.this) <= width:
            places.append(int(key.this) - 1)
        elif is_known and name is not None and shown.count(name) == 1 and not key.table:
            places.append(shown.index(name))
        elif isinstance(query, exp.Select) and not query.args.get("distinct"):
            more.append(exp.alias_(key.copy(), f"{_KEY}{number}"))
        else:
            return None, []
    return places, more


def _is_row(given: Row, wanted: Row) -> bool:
    return given == wanted or (len(given) == len(wanted) and all(map(_is_value, given, wanted)))


def _is_value(given: Any, wanted: Any) -> bool:
    if isinstance(wanted, float) and isinstance(given, float | int):
        return math.isclose(given, wanted, rel_tol=_TOLERANCE)
    return bool(given == wanted)


def _rank(row: Row) -> list[tuple[Any, ...]]:
    """Return a key that sorts rows, with floats that are equal at one place."""
    return [_value_rank(value) for value in row]


def _value_rank(value: Any) -> tuple[Any, ...]:
    if value is None:
        return (0,)
    if isinstance(value, int | float):
        return (1, float(f"{value:.9g}") if isinstance(value, float) else value)
    return (2, value) if isinstance(value, str) else (3, value)
