"""Tell whether the machine, rather than a limit of its own, refused a process another one.

The kernel counts what a control group refuses. A program's own limit is none of a group's, so a program that
starts as many processes as it may is not excused by this.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from rule_rm.processes.control_groups import groups

_KERNEL = Path("/proc")
_FULL = 0.98
"""The share of the machine's processes and threads from which on it may have refused one."""


def refused(within: Sequence[Path] | None = None) -> int:
    """Return how many processes and threads the control groups have refused so far.

    `within` has their directories, by default those of this process.
    """
    total = 0
    for group in _groups() if within is None else within:
        try:
            lines = (group / "pids.events").read_text().splitlines()
        except OSError:
            continue
        # For example `max 12`.
        total += sum(int(line.split()[1]) for line in lines if line.startswith("max "))
    return total


def is_machine_full(kernel: Path = _KERNEL) -> bool:
    """Return True if the machine has about as many processes and threads as it may have."""
    try:
        # For example `0.20 0.18 0.12 1/80 11206`: one of 80 runs.
        used = int((kernel / "loadavg").read_text().split()[3].partition("/")[2])
        most = [int((kernel / "sys/kernel" / name).read_text()) for name in ("threads-max", "pid_max")]
    except (OSError, ValueError, IndexError):
        return False
    return used >= _FULL * min(most)


@cache
def _groups() -> list[Path]:
    return groups("pids")
