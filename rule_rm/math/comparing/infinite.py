r"""Infinite series, compared term by term: `\sum_{n=0}^\infty x^n` is `\sum_{k=1}^\infty x^{k-1}`.

Each side is a finite part and the terms of its series from the first on. Both are the same if the terms are,
perhaps some places later. Then the finite parts differ by the terms that one side has more at its beginning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.identity import identical
from rule_rm.math.values.answers import Named, Quantity, Value
from rule_rm.math.values.expression import (
    ONE,
    ZERO,
    Apply,
    Expression,
    Number,
    Symbol,
    TooCostlyError,
    UnreadableError,
    negative,
    substitute,
    symbols,
)

_ENDLESS = re.compile(
    r"(\\sum\s*(?:\\limits\s*)?_\s*(?:\{[^{}]*\}|\S)\s*\^\s*)(?:\{\s*\+?\s*\\infty\s*\}|\\infty(?![a-zA-Z]))"
)
r"""The sign of an infinite series up to its upper bound: `\sum_{n=0}^\infty`."""
_ENDS = "NMKQLJ"
"""Letters for the upper bound, of which the first is taken that neither text has."""
_INDEX = "term"
_PLACES = (0, 1, 2, 3, 4, 5, 6, 7, 11, 16, 23, 36)
"""The terms that are compared: the first ones, and some far out."""
_MOST_SHIFTED = 3
"""Terms that one side may have more than the other before both go on alike."""


class _Series(NamedTuple):
    """A finite part, and the terms from place 0 on as an expression of their place."""

    head: Expression
    term: Expression
    name: str = ""

    def at(self, place: int) -> Expression:
        return substitute(self.term, _INDEX, Number(Fraction(place)))


def by_series(answer: str, golden: str, read: Callable[[str], Value]) -> bool | None:
    """Return if both texts are the same series; None if one of them can't be read as a series.

    Series of numbers that differ term by term may have one value all the same: these are None as well.
    """
    end = next((letter for letter in _ENDS if letter not in golden + answer), None)
    ours = _read(golden, end, read)
    theirs = _read(answer, end, read) if ours is not None else None
    if ours is None or theirs is None or (ours.name and theirs.name and ours.name[0] != theirs.name[0]):
        return None
    if _same(ours, theirs):
        return True
    return False if symbols(ours.term) - {_INDEX} else None


def is_series(text: str, read: Callable[[str], Value], *, of_variables: bool = False) -> bool:
    """Return True for a text that can be read as a series, perhaps only for one with variables."""
    series = _read(text, next((letter for letter in _ENDS if letter not in text), None), read)
    return series is not None and (not of_variables or bool(symbols(series.term) - {_INDEX}))


def _read(text: str, end: str | None, read: Callable[[str], Value]) -> _Series | None:
    """Return a text as a series up to a letter; None if it is none."""
    if end is None or "\\infty" not in text:
        return None
    bounded = _ENDLESS.sub(rf"\g<1>{{{end}}}", text)
    if bounded == text or "\\infty" in bounded:
        return None
    try:
        return _series(read(bounded), end)
    except (UnreadableError, UndefinedError, TooCostlyError):
        return None


def _same(ours: _Series, theirs: _Series) -> bool:
    return any(
        _same_from(one, other, places)
        for places in range(_MOST_SHIFTED + 1)
        for one, other in ((ours, theirs), (theirs, ours))
    )


def _same_from(long: _Series, short: _Series, places: int) -> bool:
    """Return True if one side is the other with some more terms before it."""
    try:
        if not all(identical(long.at(place + places), short.at(place)) for place in _PLACES):
            return False
        first = Apply("add", (long.head, *(long.at(place) for place in range(places))))
        return identical(first, short.head)
    except (UndefinedError, TooCostlyError):
        return False


def _series(value: Value, end: str) -> _Series | None:
    """Return the series that a value is; None if it is none."""
    name = ""
    while isinstance(value, Named):
        name, value = value.name, value.value
    if not isinstance(value, Quantity) or value.unit or value.percent or end not in symbols(value.expression):
        return None
    heads: list[Expression] = []
    terms: list[Expression] = []
    _collect(value.expression, ONE, end, heads, terms)
    return _Series(_sum(heads), _sum(terms), name)


def _sum(terms: list[Expression]) -> Expression:
    return Apply("add", tuple(terms)) if len(terms) > 1 else terms[0] if terms else ZERO


def _collect(
    part: Expression, factor: Expression, end: str, heads: list[Expression], terms: list[Expression]
) -> None:
    """Add a summand, times a factor, to the finite part or to the terms."""
    if end not in symbols(part):
        heads.append(_times(factor, part))
        return
    match part:
        case Apply("add", arguments):
            for argument in arguments:
                _collect(argument, factor, end, heads, terms)
        case Apply("negative", (inner,)):
            _collect(inner, negative(factor), end, heads, terms)
        case Apply("divide", (above, below)) if end not in symbols(below):
            _collect(above, Apply("divide", (factor, below)), end, heads, terms)
        case Apply("multiply", arguments):
            endless = [one for one in arguments if end in symbols(one)]
            if len(endless) > 1:
                raise UnreadableError("a product of series")
            for one in arguments:
                factor = factor if one is endless[0] else _times(factor, one)
            _collect(endless[0], factor, end, heads, terms)
        case Apply("sum", (Symbol(index), Number(low), Symbol(high), body)) if high == end:
            if end in symbols(body) or index in symbols(factor):
                raise UnreadableError("a series within another, or one whose index is a variable as well")
            place = Apply("add", (Symbol(_INDEX), Number(low)))
            terms.append(_times(factor, substitute(body, index, place)))
        case _:
            raise UnreadableError("a function of a series")


def _times(factor: Expression, part: Expression) -> Expression:
    return part if factor == ONE else Apply("multiply", (factor, part))
