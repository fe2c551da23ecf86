"""The processors that this process may use: of the machine, of its affinity, of a container's quota."""

from __future__ import annotations

import math
import os
from pathlib import Path

_QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""Microseconds of processor time in each period of a control group: `200000 100000` is two processors."""


def processors(quota: Path = _QUOTA) -> int:
    """Return the number of processors that this process may use, at least 1.

    >>> processors() >= 1
    True
    """
    affinity = getattr(os, "sched_getaffinity", None)
    found = len(affinity(0)) if affinity else os.cpu_count() or 1
    try:
        allowed, period = map(int, quota.read_text().split())
    except (OSError, ValueError):
        return found
    return max(1, min(found, math.ceil(allowed / period)))
