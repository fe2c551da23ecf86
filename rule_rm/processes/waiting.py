"""Measure how long the machine kept processes from running: time in the run queue that others caused.

The kernel reports for each task how long it ran and how long it waited for a processor. Tasks of one program
make each other wait, too. So what the others of the program ran is subtracted from the wait of each.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from rule_rm.processes.kernel import CpuTime, schedule_time
from rule_rm.processes.starting import family

_UTIME, _CHILDREN = 11, 15
"""Fields of /proc/PID/stat after the name: the first of four times, and the one behind them."""


class Seen(NamedTuple):
    """The processor time of some processes, since they began."""

    threads: Sequence[CpuTime]
    """The times of each thread that lives."""
    ran: float
    """Seconds that all of them ran, with threads and children that have ended."""


def seen(processes: Iterable[int]) -> Seen:
    """Return the times of these processes."""
    threads, ran = [], 0.0
    for pid in processes:
        ran += ran_in_all(pid)
        threads += [schedule_time(f"/proc/{pid}/task/{task}/schedstat") for task in _threads(pid)]
    return Seen(threads, ran)


def kept_waiting(threads: Iterable[CpuTime], ran: float) -> float:
    """Return the seconds for which other programs kept a thread waiting, while its own ran for `ran` seconds.

    The kernel reports a wait when it is over, so only the times since the beginning can be compared.

    >>> kept_waiting([CpuTime(1.0, 3.0)], 1.0)
    3.0
    >>> kept_waiting([CpuTime(1.0, 3.0), CpuTime(3.0, 1.0)], 4.0)
    0.0
    """
    return max((one.waited - max(ran - one.ran, 0.0) for one in threads), default=0.0)


def below(pid: int) -> Sequence[int]:
    """Return the children of a process, the oldest first."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (OSError, ValueError):
        return []


def others_ran(pids: Iterable[int]) -> float:
    """Return the seconds that all processes which can be seen have run, but those of these trees."""
    left_out = {member for pid in pids for member in family(pid)}
    try:
        everyone = [int(name) for name in os.listdir("/proc") if name.isdecimal()]  # noqa: PTH208 - of hundreds
    except OSError:
        return 0.0
    return sum(ran_in_all(pid) for pid in everyone if pid not in left_out)


def ran_in_all(pid: int) -> float:
    """Return the seconds that a process and the children that it waited for have run; 0 if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - called for each process
            fields = file.read().rpartition(b")")[2].split()
        return sum(map(int, fields[_UTIME:_CHILDREN])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return 0.0


def _threads(pid: int) -> list[int]:
    try:
        return [int(task) for task in os.listdir(f"/proc/{pid}/task")]  # noqa: PTH208 - called for each process
    except OSError:
        return []
