"""The processors that this process may use: of the machine, of its affinity, of its control groups."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path

from rule_rm.processes.control_groups import groups


def processors(within: Sequence[Path] | None = None) -> int:
    """Return the number of processors that this process may use, at least 1.

    `within` has the directories of control groups, by default those of this process.

    >>> processors() >= 1
    True
    """
    affinity = getattr(os, "sched_getaffinity", None)
    found = len(affinity(0)) if affinity else os.cpu_count() or 1
    quotas = [_quota(directory) for directory in (groups("cpu") if within is None else within)]
    return max(1, math.ceil(min(found, *quotas, math.inf)))


def _quota(group: Path) -> float:
    """Return the processors that a control group may use at once; infinity if it sets no limit."""
    for names in (("cpu.max",), ("cpu.cfs_quota_us", "cpu.cfs_period_us")):
        try:
            # Microseconds of processor time in each period: `200000 100000` is two processors.
            allowed, period = " ".join((group / name).read_text() for name in names).split()
        except (OSError, ValueError):
            continue
        # Version 2 says `max` and version 1 says -1 where there is no limit.
        return int(allowed) / int(period) if allowed.isdecimal() else math.inf
    return math.inf
