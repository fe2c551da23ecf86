"""Starting programs, waiting for them, and ending every one of them, however they were started."""

from __future__ import annotations

import mmap
import os
import select
import signal
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rule_rm.sandbox.inside.confine import confine_program
from rule_rm.sandbox.inside.seccomp import Filter

_STRAGGLER_ROUNDS = 200
_LOOK_EVERY = 0.05


class HungUp(Exception):  # noqa: N818 - no error, but the end of a conversation
    """Whoever asked for the program is gone, or the host is: its result is nobody's."""


class Processes:
    """Forks programs from this process, which must have one thread and no other children."""

    def __init__(self, final: Filter | None, lifeline: int, *, may_fork: bool) -> None:
        """`final` is what a program loses last; `lifeline` becomes readable when the host is gone."""
        self._final = final
        self._lifeline = lifeline
        self._may_fork = may_fork
        self._parent = os.getpid()
        # A byte for each of the processes that run at a time: set by a child once it is confined, and then
        # out of its reach. A program that could not be confined is our failure, not the program's.
        self._confined = mmap.mmap(-1, mmap.PAGESIZE)

    def start(
        self,
        body: Callable[[], object],
        descriptors: Sequence[int],
        limits: Mapping[str, float],
        *,
        place: int = 0,
        before: Callable[[], None] | None = None,
        final: Filter | None = None,
    ) -> int:
        """Fork a program, confine it and run `body` in it; `place` is its index in the later `wait`.

        `before` is what this program alone puts on, before the layers that all have; `final` is what it
        loses last instead of what the others do.
        """
        self._confined[place] = 0
        pid = os.fork()
        if pid == 0:
            # Nothing may unwind into the parent's loop: the only way out is _exit.
            try:
                if before is not None:
                    before()
                confine_program(limits, descriptors, self._parent, final or self._final)
                self._confined[place] = 1
                self._confined.close()
                body()
            except BaseException:  # noqa: BLE001 - the last stop before _exit
                os.write(2, traceback.format_exc().encode("utf-8", "replace")[-2000:])
            finally:
                os._exit(99)
        return pid

    def wait(
        self,
        pids: Sequence[int],
        seconds: float,
        connection: int,
        *,
        until: int | None = None,
        is_excessive: Callable[[], bool] | None = None,
    ) -> list[dict[str, Any]]:
        """Wait for every process, or only for `until`, then end them all; how each ended, in order.

        `is_excessive` is asked every now and then, and ends them if it says yes. Raises HungUp, with all of
        them gone, if the connection or the lifeline closes first.
        """
        started = time.monotonic()
        pidfds = {os.pidfd_open(pid): pid for pid in pids}
        alive, reason = set(pidfds), ""
        try:
            while alive and not reason:
                left = started + seconds - time.monotonic()
                turn = left if is_excessive is None else min(left, _LOOK_EVERY)
                ready = _poll([*alive, connection, self._lifeline], turn) if left > 0 else set()
                if connection in ready or self._lifeline in ready:
                    raise HungUp
                alive -= ready
                if left <= 0:
                    reason = "timeout"
                elif is_excessive is not None and is_excessive():
                    reason = "files"
                if until is not None and all(pidfds[pidfd] != until for pidfd in alive):
                    break
        finally:
            ends = [self._end(pid, started) for pid in pids]
            for pidfd in pidfds:
                os.close(pidfd)
        for place, end in enumerate(ends):
            end["stopped"] = reason
            end["confined"] = bool(self._confined[place])
        return ends

    def _end(self, pid: int, started: float) -> dict[str, Any]:
        """Kill a child of ours, whose process id is its own until we wait for it, and all that it started."""
        for kill in (os.killpg, os.kill):
            try:
                kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
        _, status, usage = os.wait4(pid, 0)
        if self._may_fork:
            _end_stragglers()
        return {
            "exit": os.waitstatus_to_exitcode(status),
            "wall": time.monotonic() - started,
            "cpu": usage.ru_utime + usage.ru_stime,
            "rss": usage.ru_maxrss,
        }


def _poll(descriptors: Sequence[int], seconds: float) -> set[int]:
    poll = select.poll()
    for descriptor in filter(lambda one: one >= 0, descriptors):
        poll.register(descriptor, select.POLLIN)
    return {descriptor for descriptor, _ in poll.poll(seconds * 1000 + 1)}


def _end_stragglers() -> None:
    """Wait for the descendants that are children of ours now; killed with their group, they end at once.

    Where nothing keeps a program in its group, what left it is looked for and killed here.
    """
    for attempt in range(_STRAGGLER_ROUNDS):
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        for pid in _children():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.0005 * min(attempt, 20))


def _children() -> list[int]:
    try:
        return [int(pid) for pid in Path("/proc/thread-self/children").read_text().split()]
    except OSError:
        return []
