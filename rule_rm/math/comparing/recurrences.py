"""Recurrences, which may be written for any term: `a_{n+1} = 2a_n` is `a_n = 2a_{n-1}`."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from rule_rm.math.values.answers import Chain, Named, Quantity, Value, mapped, variables
from rule_rm.math.values.expression import Apply, Expression, Number, Symbol, symbols

_TERM = re.compile(r"([a-zA-Z])_([a-z])([+-]\d{1,3})?")
"""The name of a term: `a_n`, `a_n+1`."""
_APPLIED = re.compile(r"\s*\$?\s*([A-Za-z])\s*\(\s*([a-z])\s*(?:[+-]\s*\d{1,3}\s*)?\)\s*=")
"""A term as a function of its number, before the sign of equality: `T(n) =`."""


def with_indices(text: str) -> str:
    """Return a recurrence of a function of natural numbers with its arguments as indices.

    >>> with_indices("T(n) = 2T(n-1) + 1"), with_indices("f(x) = x + 1")
    ('T_{n} = 2T_{n-1} + 1', 'f(x) = x + 1')
    """
    found = _APPLIED.match(text) if "(" in text and "=" in text else None
    if found is None:
        return text
    term = re.compile(rf"(?<![A-Za-z\\]){found[1]}\s*\(\s*({found[2]})\s*([+-]\s*\d{{1,3}})?\s*\)")
    if {one[2] or "" for one in term.finditer(text)} == {""} or len(term.findall(text)) < 2:
        return text
    return term.sub(
        lambda one: f"{found[1]}_{{{one[1]}{(one[2] or '').replace(' ', '')}}}",
        text,
    )


def aligned(value: Value) -> Value | None:
    """Return a recurrence whose latest term is the one without anything added to its index; None for others.

    >>> from rule_rm.math.reading.reader import read
    >>> aligned(read("a_{n+1} = 2a_n")) == aligned(read("a_n = 2a_{n-1}"))
    True
    """
    if not isinstance(value, (Named, Chain)):
        return None
    names = variables(value)
    if isinstance(value, Named) and value.symbol is not None:
        names |= symbols(value.symbol)
    found = [term for name in names if (term := _TERM.fullmatch(name)) is not None]
    shifts = {int(term[3] or 0) for term in found}
    if len(shifts) < 2 or len({term[2] for term in found}) > 1:
        return None
    index, latest = found[0][2], max(shifts)
    shifted = mapped(value, lambda expression: _shifted(expression, index, latest))
    if not isinstance(shifted, Named):
        return shifted
    if not isinstance(shifted.symbol, Symbol):
        return None
    if not isinstance(shifted.value, Quantity):
        return None
    return replace(shifted, name=shifted.symbol.name)


def _shifted(expression: Expression, index: str, latest: int) -> Expression:
    match expression:
        case Symbol(name) if name == index:
            return Apply("add", (expression, Number(Fraction(-latest)))) if latest else expression
        case Symbol(name) if (term := _TERM.fullmatch(name)) is not None:
            shift = int(term[3] or 0) - latest
            return Symbol(f"{term[1]}_{index}{shift:+d}" if shift else f"{term[1]}_{index}")
        case Apply(function, arguments):
            return Apply(function, tuple(_shifted(argument, index, latest) for argument in arguments))
    return expression
