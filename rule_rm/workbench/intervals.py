"""Intervals for shares that were counted."""

from __future__ import annotations

import math

_Z = 1.959964
"""The 97.5 % point of the normal distribution, for an interval of 95 %."""


def wilson(successes: int, tried: int) -> tuple[float, float]:
    """Return Wilson's interval of 95 % for a share; it is right for no success and for few trials too.

    >>> [round(bound, 3) for bound in wilson(0, 20)]
    [0.0, 0.161]
    """
    if tried == 0:
        return 0.0, 1.0
    share, square = successes / tried, _Z * _Z
    middle = (share + square / (2 * tried)) / (1 + square / tried)
    half = _Z / (1 + square / tried) * math.sqrt(share * (1 - share) / tried + square / (4 * tried * tried))
    return max(0.0, middle - half), min(1.0, middle + half)
