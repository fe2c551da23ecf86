r"""Angles in degrees, minutes and seconds, and directions behind them: `40^\circ 42' \text{ N}`."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from rule_rm.math.reading.brackets import Tokens
from rule_rm.math.reading.parser import parse
from rule_rm.math.values.expression import Apply, Expression, Number, UnreadableError
from rule_rm.math.values.units import Unit, read_unit

_MINUTES = re.compile(r"(\d+(?:\.\d+)?)'(?:(\d+(?:\.\d+)?)(?:''|\"))?")
"""The minutes and seconds of an angle: `30'15''`, `30'`."""
_DIRECTIONS = frozenset({"N", "S", "E", "W", "O"})
"""Letters of directions; N, S and W are symbols of units elsewhere."""


def angle(behind: Unit | None) -> Unit | None:
    r"""Return the unit of an angle with the label or direction behind it: `40^\circ \text{ N}`."""
    degree = read_unit("degree")
    if behind is None or degree is None:
        return degree
    if behind.name in _DIRECTIONS:
        return replace(degree, label=behind.name)
    if behind.measures:
        raise UnreadableError("a unit behind an angle")
    return replace(degree, label=behind.label)


def sexagesimal(tokens: Tokens) -> Expression:
    """Return `59° 30' 15''` in degrees."""
    at = next(place for place, token in enumerate(tokens) if token.text == "degree")
    degrees = parse(tokens[:at])
    rest = [token.text for token in tokens[at + 1 :]]
    found = _MINUTES.fullmatch("".join(rest))
    if found is None:
        raise UnreadableError("minutes and seconds of an angle")
    parts = [Number(Fraction(part) / size) for part, size in ((found[1], 60), (found[2], 3600)) if part]
    if isinstance(degrees, Number) and degrees.value >= 0 and all(part.value < 1 for part in parts):
        return Number(degrees.value + sum(part.value for part in parts))
    return Apply("add", (degrees, *parts))
