r"""Spans of vectors, which are equal if each vector of one is a combination of the other's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from rule_rm.math.comparing.exact import exact, is_rational
from rule_rm.math.values.answers import Matrix, Quantity, SetOperation, Several, Value

_MOST_VECTORS = 16
_LONGEST = 16

Row = tuple[Fraction, ...]
Matching = Callable[[Sequence[Value], Sequence[Value]], bool]


def is_span(value: Value) -> bool:
    """Return True for a span."""
    return isinstance(value, SetOperation) and value.sign == "span"


def same_spans(golden: Value, answer: Value, matching: Matching) -> bool:
    """Return True for the same space. Functions and vectors with letters must be the same one by one."""
    if not (isinstance(golden, SetOperation) and isinstance(answer, SetOperation)):
        return False
    if not (is_span(golden) and is_span(answer)):
        return False
    ours, theirs = _rows(golden), _rows(answer)
    if ours is None or theirs is None:
        return len(golden.sets) == len(answer.sets) and matching(golden.sets, answer.sets)
    if {len(row) for row in ours} != {len(row) for row in theirs}:
        return False
    return _rank(ours) == _rank(theirs) == _rank([*ours, *theirs])


def _rows(span: SetOperation) -> list[Row] | None:
    """Return the vectors; None if one is not a vector of fractions, or as long as the others."""
    rows = [_row(value) for value in span.sets]
    found = [row for row in rows if row is not None]
    if len(found) != len(rows) or len(rows) > _MOST_VECTORS or len({len(row) for row in found}) != 1:
        return None
    return found


def _row(value: Value) -> Row | None:
    match value:
        case Several(entries, "(" | "["):
            pass
        case Matrix(rows) if len(rows) == 1:
            entries = rows[0]
        case Matrix(rows) if all(len(row) == 1 for row in rows):
            entries = tuple(row[0] for row in rows)
        case _:
            return None
    if len(entries) > _LONGEST:
        return None
    numbers = [entry.expression for entry in entries if isinstance(entry, Quantity) and not entry.unit]
    if len(numbers) != len(entries) or not all(map(is_rational, numbers)):
        return None
    return tuple(exact(number, {}) for number in numbers)


def _rank(vectors: Sequence[Row]) -> int:
    """Return the rank by elimination."""
    rows, rank = [list(row) for row in vectors], 0
    for column in range(len(rows[0])):
        pivot = next((at for at in range(rank, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for at in range(rank + 1, len(rows)):
            share = rows[at][column] / rows[rank][column]
            rows[at] = [one - share * other for one, other in zip(rows[at], rows[rank], strict=True)]
        rank += 1
    return rank
