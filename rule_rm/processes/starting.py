"""Watch a child: one that is stopped, or hangs while it starts, is ended, and a slow one is not.

On a busy machine a child runs seldom, and from a cold disk it loads for minutes. So the evidence is not the
clock but its own processor time, with that of its descendants. Looks are counted rather than seconds: while
this process does not run, none is made.
"""

from __future__ import annotations

import logging
import select
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rule_rm.errors import StuckError
from rule_rm.processes.kernel import state

logger = logging.getLogger(__name__)

LOOK = 0.5
"""Seconds between two looks at a child."""
STOPPED, IDLE = 10, 60
"""Looks after which a child is given up that is stopped, and one that waits for something without end.

A reward file may wait for a network while it is loaded; a stopped process waits for nothing.
"""
TRIES = 3
STOPPED_STATES = frozenset("Tt")
"""States of a process that a signal or a debugger stopped."""
_BUSY = frozenset("RD")
"""States of a process that waits for a processor, or for a disk."""
T = TypeVar("T")


class Vigil:
    """The looks at one child."""

    def __init__(self, pid: int, *, may_idle: bool = False) -> None:
        """Watch a process, by its id. With `may_idle`, as for one that serves, only being stopped counts."""
        self._pid = pid
        self._may_idle = may_idle
        self._stopped = self._idle = 0
        self._ran = -1

    def look(self) -> str | None:
        """Return why the child is given up, None if it is not. Call it at regular times."""
        self._stopped = self._stopped + 1 if state(self._pid) in STOPPED_STATES else 0
        if self._stopped >= STOPPED:
            return "it is stopped"
        if self._may_idle:
            return None
        members = family(self._pid)
        ran = sum(map(_ran, members))
        is_idle = ran == self._ran and not any(state(pid) in _BUSY for pid in members)
        self._idle, self._ran = (self._idle + 1 if is_idle else 0), ran
        return "it does nothing" if self._idle >= IDLE else None


def await_start(
    process: subprocess.Popen[bytes],
    descriptor: int,
    timeout: float,
    what: str,
    is_over: Callable[[], bool] = lambda: False,
) -> bool:
    """Wait until a child that starts has written to a descriptor, or closed its end; False if not in time.

    Also False, soon, when `is_over` returns True: nobody needs the child any more. Raises StuckError, and
    kills the child, if it is stopped or hangs. `what` is its name in the error.
    """
    vigil = Vigil(process.pid)
    until = time.monotonic() + timeout
    # `select` takes no descriptor above 1023, and a service has thousands of connections.
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    while not poller.poll(1000 * min(LOOK, max(until - time.monotonic(), 0.0))):
        if (why := vigil.look()) is not None:
            process.kill()
            raise StuckError(f"{what} does not start: {why}")
        if time.monotonic() > until or is_over():
            return False
    return True


def again(start: Callable[[], T]) -> T:
    """Return what `start` returns, which is called again if the process got stuck."""
    for _ in range(TRIES - 1):
        try:
            return start()
        except StuckError as error:
            logger.warning("%s; it is started again", error)
    return start()


def family(pid: int) -> list[int]:
    """Return the process ids of a process and of all its descendants that live, parents first."""
    found = [pid]
    for member in found:
        for task in _tasks(member):
            try:
                found += map(int, (task / "children").read_text().split())
            except (OSError, ValueError):
                continue
    return found


def _ran(pid: int) -> int:
    """Return the nanoseconds that the threads of a process have run; 0 if that is unknown."""
    total = 0
    for task in _tasks(pid):
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            continue
    return total


def _tasks(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []
