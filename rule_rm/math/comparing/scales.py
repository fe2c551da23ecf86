"""Temperatures in other scales, and differences of them, which have no zero: 20 °C more are 20 K more."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from rule_rm.math.values.answers import Quantity
from rule_rm.math.values.expression import Apply, Number
from rule_rm.math.values.units import Unit

_KELVIN = "temperature"
_SCALES = {
    _KELVIN: (Fraction(1), Fraction(0)),
    "celsius": (Fraction(1), Fraction(27315, 100)),
    "fahrenheit": (Fraction(5, 9), Fraction(45967, 100) * Fraction(5, 9)),
}
"""The kelvins in a degree of each scale, and the temperature of its zero in kelvins."""
_DIFFERENCE = re.compile(
    r"\b(?:rises?|drops?|falls?|chang(?:e|es|ed)|(?:in|de)creas(?:e|es|ed)|differences?|by how (?:much|many)"
    r"|range|(?:warm|cool|hott|cold)er)\b|\\Delta|Δ",
    re.IGNORECASE,
)
"""A question about a difference of temperatures: "by how much"."""


def in_scale_of(golden: Quantity, answer: Quantity) -> Quantity:
    """Return a temperature in the golden answer's scale; any other quantity is returned unchanged."""
    if golden.unit is None or answer.unit is None or golden.unit.measures == answer.unit.measures:
        return answer
    ours, theirs = _scale(golden.unit), _scale(answer.unit)
    if ours is None or theirs is None:
        return answer
    (size, zero), (their_size, their_zero) = _SCALES[ours], _SCALES[theirs]
    factor = their_size * answer.unit.factor / (size * golden.unit.factor)
    offset = (their_zero - zero) / (size * golden.unit.factor)
    scaled = Apply("multiply", (answer.expression, Number(factor)))
    return replace(answer, expression=Apply("add", (scaled, Number(offset))), unit=golden.unit)


def as_difference(reference: Quantity, candidate: Quantity, question: str) -> Quantity:
    """Return a difference of temperatures in the golden answer's degrees, if the question asks for one."""
    unit, given = reference.unit, candidate.unit
    if unit is None or given is None:
        return candidate
    ours, theirs = _scale(unit), _scale(given)
    if ours is None or theirs is None or ours == theirs or not _DIFFERENCE.search(question):
        return candidate
    factor = Number(_SCALES[theirs][0] * given.factor / (_SCALES[ours][0] * unit.factor))
    return replace(candidate, expression=Apply("multiply", (candidate.expression, factor)), unit=unit)


def _scale(unit: Unit) -> str | None:
    """Return the scale of a temperature; None for another unit, such as degrees per minute."""
    if len(unit.measures) != 1 or unit.measures[0][1] != 1 or unit.measures[0][0] not in _SCALES:
        return None
    return unit.measures[0][0]
