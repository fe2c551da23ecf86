"""The kernel's knowledge of processes beyond Python's library: who dies with whom, who could not run.

Linux has all of it. Where a call is missing, we do without: children still end when their connection closes,
and time is then measured by the clock alone.
"""

from __future__ import annotations

import ctypes
import os
import signal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rule_rm.processes.control_groups import groups

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_STOPPED = frozenset("TtD")
"""States of /proc/PID/stat: stopped by a signal, traced, and waiting for a disk."""
_THROTTLED = {"throttled_usec": 1e-6, "throttled_time": 1e-9}
"""The names of the throttled time in both versions of control groups, with their units in seconds."""


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent, of process id `parent`, dies."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def die_first() -> None:
    """Ask the kernel to end this process, rather than the server, when the machine runs out of memory."""
    try:
        Path("/proc/self/oom_score_adj").write_text("1000")
    except OSError:
        return


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent dies, so that none of them is lost."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def children() -> list[int]:
    """Return the process ids of this process's children; empty if the kernel does not report them."""
    try:
        return [int(pid) for pid in Path("/proc/thread-self/children").read_text().split()]
    except OSError:
        return []


class CpuTime(NamedTuple):
    """Seconds that a process ran on a processor, and that it waited for one although it could have run."""

    ran: float
    waited: float

    def since(self, earlier: CpuTime) -> CpuTime:
        """Return the difference from an earlier measurement."""
        return CpuTime(self.ran - earlier.ran, self.waited - earlier.waited)


def cpu_time(pid: int) -> CpuTime:
    """Return how long the main thread of a process ran and waited for a processor; zeros if unknown."""
    return schedule_time(f"/proc/{pid}/schedstat")


def schedule_time(path: str) -> CpuTime:
    """Return how long a thread ran and waited, from its file `schedstat`; zeros if unknown."""
    try:
        with open(path, encoding="ascii") as file:  # noqa: PTH123 - called for each thread
            ran, waited, _ = file.read().split()
    except (OSError, ValueError):
        return CpuTime(0.0, 0.0)
    return CpuTime(int(ran) / 1e9, int(waited) / 1e9)


def is_stopped(state: str) -> bool:
    """Return True if a process in this state can't run: stopped, traced, frozen, or waiting for a disk."""
    return state in _STOPPED


def state(pid: int) -> str:
    """Return the state of a process as the letter of /proc/PID/stat, R if it can run; empty if unknown."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split(maxsplit=1)[0]
    except (OSError, IndexError):
        return ""


def oom_kills() -> int:
    """Return how many processes the kernel has killed for want of memory so far; 0 if unknown."""
    try:
        text = Path("/proc/vmstat").read_text()
    except OSError:
        return 0
    # For example `oom_kill 3`.
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("oom_kill ")), 0)


def throttled_time() -> float:
    """Return the seconds for which the control group of this process was kept from running by its quota."""
    for group in _cpu_groups():
        try:
            lines = (group / "cpu.stat").read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            name, _, value = line.partition(" ")
            if name in _THROTTLED:
                return int(value) * _THROTTLED[name]
    return 0.0


@cache
def _cpu_groups() -> list[Path]:
    return groups("cpu")


def _prctl(option: int, value: int) -> None:
    try:
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
    except (OSError, AttributeError):
        return
