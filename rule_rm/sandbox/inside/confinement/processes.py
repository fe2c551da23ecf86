"""Starting programs, waiting for them, and ending every one of them, however they were started."""

from __future__ import annotations

import mmap
import os
import random
import select
import signal
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from rule_rm.sandbox.inside.confinement import confine
from rule_rm.sandbox.inside.confinement.own_clock import LOOK_EVERY, Host, OwnClock
from rule_rm.sandbox.inside.confinement.seccomp import Filter

_STRAGGLER_ROUNDS = 200
_LOOK_EVERY = 0.05
_RESEED = super(random.Random, random._inst).seed
"""Reseed the shared generator from the kernel's randomness; the shortest call that does so."""


class HungUpError(Exception):
    """The client that asked for the program is gone, or the host is: nobody wants the result."""


class Body(NamedTuple):
    """The code of a process, and its confinement."""

    run: Callable[[], int]
    """Run the code; return the exit status."""
    descriptors: Sequence[int]
    limits: Mapping[str, float]
    before: Callable[[], None] | None = None
    """Installs additional layers before those that all processes have."""
    final: Filter | None = None
    """The last filter to install, instead of that of `Processes`."""


class Processes:
    """Forks programs from this process, which must have one thread and no other children."""

    def __init__(
        self, final: Filter | None, lifeline: int, *, may_fork: bool, host: Host | None = None
    ) -> None:
        """Set the last filter of every program; `lifeline` becomes readable when the host is gone."""
        self._final = final
        self._host = host
        self._lifeline = lifeline
        self._may_fork = may_fork
        self._parent = os.getpid()
        # A byte for each concurrent process, which the child sets once it is confined and can't reach
        # afterwards. If a program could not be confined, that is our failure, not the program's.
        self._confined = mmap.mmap(-1, mmap.PAGESIZE)

    def start(self, *bodies: Body) -> list[int]:
        """Fork, confine and run a process for each body; return the pids. Raises OSError if a fork fails."""
        # Plan before the first fork: after it, this process copies every page that it touches.
        planned = [self._steps(body) for body in bodies]
        pids: list[int] = []
        for place in range(len(bodies)):
            self._confined[place] = 0
        try:
            for place, (body, steps) in enumerate(zip(bodies, planned, strict=True)):
                pid = os.fork()
                if pid == 0:
                    self._become(place, body, steps)
                pids.append(pid)
        except OSError:
            self._end_all(pids, OwnClock(), pids)
            raise
        return pids

    def _steps(self, body: Body) -> list[confine.Step]:
        steps = confine.steps(body.limits, body.descriptors)
        if body.before is not None:
            steps.insert(0, (body.before, ()))
        if not self._may_fork:
            # Python's own hook after a fork does this where it is used.
            steps.append((_RESEED, ()))
        return steps

    def _become(self, place: int, body: Body, steps: Sequence[confine.Step]) -> NoReturn:
        """Become the process of a body. Nothing may unwind into the parent's loop: it ends by _exit."""
        status = 99
        try:
            for function, arguments in steps:
                function(*arguments)
            if os.getppid() != self._parent:
                os._exit(1)
            final = body.final or self._final
            if final is not None:
                final.install(os.getpid())
            self._confined[place] = 1
            self._confined.close()
            status = body.run()
        except BaseException:  # noqa: BLE001 - the last stop before _exit
            os.write(2, traceback.format_exc().encode("utf-8", "replace")[-2000:])
        finally:
            os._exit(status)

    def wait(
        self,
        pids: Sequence[int],
        seconds: float,
        connection: int,
        *,
        until: int | None = None,
        look: Callable[[float], str] | None = None,
        patience: float = 0.0,
    ) -> list[dict[str, Any]]:
        """Wait for every process, or only for `until`, then end them all; how each ended, in order.

        `look` is asked every now and then, with the clock's seconds, and ends them by giving a reason. Pauses
        of the machine do not count, nor do waits for a processor up to `patience` seconds; beyond them, the
        reason is "starved". Raises HungUpError, with all of them gone, if the connection or the lifeline
        closes first.
        """
        clock = OwnClock(self._host, apart=until is not None, most=patience)
        often = LOOK_EVERY if look is None else _LOOK_EVERY
        alive = {os.pidfd_open(pid): pid for pid in pids}
        poll = select.poll()
        for descriptor in (*alive, connection, self._lifeline):
            if descriptor >= 0:
                poll.register(descriptor, select.POLLIN)
        reason = ""

        def why(now: float) -> str:
            return "timeout" if now >= seconds else look(now) if look is not None else ""

        try:
            while alive and not reason:
                turn = max(min(seconds - clock.seconds, often), 0.0)
                ready = poll.poll(turn * 1000 + 1)
                clock.look(turn)
                for descriptor, _ in ready:
                    if descriptor not in alive:
                        raise HungUpError
                    poll.unregister(descriptor)
                    os.close(descriptor)
                    del alive[descriptor]
                if until is not None and until not in alive.values():
                    break
                if alive and (reason := why(clock.seconds)) == "timeout":
                    clock.ask()
                    reason = why(clock.seconds)
                    if reason == "timeout" and not why(clock.fair):
                        reason = "starved"
        finally:
            for pidfd in alive:
                os.close(pidfd)
            ends = self._end_all(pids, clock, list(alive.values()))
        for place, end in enumerate(ends):
            end["stopped"] = reason
            end["starved"] = clock.counted
            end["confined"] = bool(self._confined[place])
        return ends

    def _end_all(self, pids: Sequence[int], clock: OwnClock, alive: Sequence[int]) -> list[dict[str, Any]]:
        ends = [self._end(pid, clock, pid in alive) for pid in pids]
        if self._may_fork:
            # Only now, as this waits for any child.
            _end_stragglers()
        return ends

    def _end(self, pid: int, clock: OwnClock, is_alive: bool) -> dict[str, Any]:
        """Kill a child of ours, whose process id is its own until we wait for it, and all that it started."""
        if is_alive or self._may_fork:
            for kill in (os.killpg, os.kill):
                try:
                    kill(pid, signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    continue
        _, status, usage = os.wait4(pid, 0)
        return {
            "exit": os.waitstatus_to_exitcode(status),
            "wall": clock.look(LOOK_EVERY),
            "cpu": usage.ru_utime + usage.ru_stime,
            "rss": usage.ru_maxrss,
        }


def growing(descriptor: int, seconds: float) -> Callable[[float], str]:
    """Return a function that returns "timeout" once a file has not grown for that time."""
    size, since = -1, 0.0

    def look(now: float) -> str:
        nonlocal size, since
        if (found := os.fstat(descriptor).st_size) != size:
            size, since = found, now
        return "timeout" if now > since + seconds else ""

    return look


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
