"""The parts of a window of time, over which plots are drawn."""

from __future__ import annotations

import math
from typing import NamedTuple

from rule_rm.journal.sums import WIDTHS

FINE = 3600.0
"""Seconds up to which a plot is drawn from the short spans: beyond it, there would be too many to read."""


class Bins(NamedTuple):
    """Equal parts of a window. Each is as wide as several spans of the sums, so none has one more."""

    since: float
    until: float
    width: int
    """Seconds of the spans that are read."""
    seconds: float
    """Seconds of a part."""
    number: int

    @classmethod
    def of(cls, since: float, until: float, most: int = 1) -> Bins:
        """Return at most this many parts that end with the window, and may begin a little before it.

        >>> Bins.of(0, 900, 60)
        Bins(since=0, until=900, width=10, seconds=20, number=45)
        """
        width = WIDTHS[0] if until - since <= FINE else WIDTHS[1]
        seconds = max(math.ceil((until - since) / most / width), 1) * width
        number = max(math.ceil((until - since) / seconds), 1)
        return cls(until - number * seconds, until, width, seconds, number)
