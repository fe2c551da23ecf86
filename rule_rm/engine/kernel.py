"""What the engine asks of the kernel beyond Python's library: who dies with whom, and how long a process ran.

Linux has all of it. Where a call is missing, the engine does without: workers still end when their
connection closes, and time is then measured by the clock alone.
"""

from __future__ import annotations

import ctypes
import os
import signal
from pathlib import Path
from typing import NamedTuple

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent, of process id `parent`, dies."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def die_first() -> None:
    """Be the process that the kernel ends when the machine runs out of memory, rather than the server."""
    try:
        Path("/proc/self/oom_score_adj").write_text("1000")
    except OSError:
        return


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent dies, so that none of them is lost."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def children() -> list[int]:
    """The process ids of this process's children; empty where the kernel does not tell."""
    try:
        return [int(pid) for pid in Path("/proc/thread-self/children").read_text().split()]
    except OSError:
        return []


class CpuTime(NamedTuple):
    """Seconds that a process ran on a processor, and that it waited for one although it could have run."""

    ran: float
    waited: float

    def since(self, earlier: CpuTime) -> CpuTime:
        """What was added after an earlier measurement."""
        return CpuTime(self.ran - earlier.ran, self.waited - earlier.waited)


def cpu_time(pid: int) -> CpuTime:
    """How long the main thread of a process ran and waited for a processor; zeros where that is not known."""
    try:
        ran, waited, _ = Path(f"/proc/{pid}/schedstat").read_text().split()
    except (OSError, ValueError):
        return CpuTime(0.0, 0.0)
    return CpuTime(int(ran) / 1e9, int(waited) / 1e9)


def _prctl(option: int, value: int) -> None:
    try:
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
    except (OSError, AttributeError):
        return
