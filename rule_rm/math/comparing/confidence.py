r"""Confidence intervals, whose bounds are compared as numbers: `(0.42, 0.58)` and `0.50 \pm 0.08`."""

from __future__ import annotations

import re

from rule_rm.math.values.answers import Inequality, Interval, Named, Quantity, Several, Value
from rule_rm.math.values.expression import Apply, Expression, Symbol, difference, symbols

NAME = "confidence interval"
_ASKED = re.compile(
    r"\b(?:confidence|credible|prediction)\s+(?:interval|limits)|\bCI\b|置信区间", re.IGNORECASE
)
"""A request for an interval of an estimate: "confidence interval"."""


def as_bounds(reference: Value, candidate: Value, question: str) -> tuple[Value, Value]:
    """Return both sides as their bounds if the question or the golden answer says what interval it is."""
    is_named = isinstance(reference, Named) and reference.name.endswith(NAME)
    ours, theirs = _bounds(reference), _bounds(candidate)
    if ours is None or theirs is None or not _of_one_parameter(reference, candidate):
        return reference, candidate
    if not is_named and not _ASKED.search(question):
        return reference, candidate
    return _renamed(reference, ours), _renamed(candidate, theirs)


def is_bounds(value: Value) -> bool:
    """Return True for an interval or a pair."""
    while isinstance(value, Named):
        value = value.value
    return isinstance(value, Interval) or (isinstance(value, Several) and value.bracket in ("(", "["))


def _renamed(value: Value, bounds: Several) -> Value:
    return Named(value.name, bounds) if isinstance(value, Named) and value.symbol is None else bounds


def _bounds(value: Value) -> Several | None:
    r"""Return the two bounds of an interval in any notation, as a pair."""
    while isinstance(value, Named):
        value = value.value
    match value:
        case Several((Quantity(), Quantity()), "(" | "["):
            return Several(value.values, "(")
        case Interval(low, high):
            return _pair(low, high)
        case Inequality((low, Symbol(), high), signs) if set(signs) <= {"<", "le"}:
            return _pair(low, high)
        case Quantity(Apply("add", (middle, Apply("plus_minus", (margin,)))), unit, percent) if not symbols(
            value.expression
        ):
            ends = (difference(middle, margin), Apply("add", (middle, margin)))
            return Several(tuple(Quantity(end, unit, percent) for end in ends), "(")
    return None


def _pair(low: Expression, high: Expression) -> Several | None:
    return None if symbols(low) or symbols(high) else Several((Quantity(low), Quantity(high)), "(")


def _of_one_parameter(reference: Value, candidate: Value) -> bool:
    """Return True unless the two sides estimate different parameters: `1 < \\mu < 2` and `1 < p < 2`."""
    ours, theirs = (
        value.members[1] if isinstance(value, Inequality) else None for value in (reference, candidate)
    )
    return ours is None or theirs is None or ours == theirs
