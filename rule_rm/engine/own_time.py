"""Measure a rollout's own time: time in which its worker could not run does not count.

No single signal is enough. The lane's clock shows that this whole process was paused. The worker's state
shows that it was stopped, the control group that its quota was used up. Processor time of the worker counts
all the same.
"""

from __future__ import annotations

import time
from typing import Protocol

from rule_rm.processes.kernel import CpuTime, is_stopped, throttled_time

SLACK = 0.1
"""Seconds by which a wait may be late on a busy machine before they count as a pause."""


class Watched(Protocol):
    """The times of a worker."""

    def cpu_time(self) -> CpuTime:
        """Return how long it ran, and waited for a processor, in its life."""

    def state(self) -> str:
        """Return its state as a letter, as the kernel reports it."""


class OwnTime:
    """The time of one rollout in one worker, looked at now and then."""

    def __init__(self, worker: Watched) -> None:
        self._worker = worker
        self._begun = self._looked = time.monotonic()
        self._first: CpuTime | None = None
        self._last = CpuTime(0.0, 0.0)
        self._throttled = 0.0
        self._pending = 0.0
        """Seconds of a wait for a processor that goes on: the kernel counts a wait at its end."""
        self._state = ""
        self.paused = 0.0
        """Seconds in which the worker could not run."""
        self.is_paused = False
        """True if it could not run at the last look."""

    @property
    def elapsed(self) -> float:
        """Seconds since it began, without those in which it could not run."""
        return time.monotonic() - self._begun - self.paused

    @property
    def used(self) -> CpuTime:
        """How long it ran and waited for a processor since the first look."""
        if self._first is None:
            return CpuTime(0.0, 0.0)
        ran, waited = self._last.since(self._first)
        return CpuTime(ran, waited + self._pending)

    def look(self, planned: float) -> None:
        """Take the time since the last look into account, of which `planned` seconds were meant to pass."""
        now = time.monotonic()
        passed, self._looked = now - self._looked, now
        before, self._last = self._last, self._worker.cpu_time()
        throttled, self._throttled = throttled_time() - self._throttled, throttled_time()
        state_before, self._state = self._state, self._worker.state()
        # It was on no processor since the last look, and could have run then and now.
        is_waiting = self._last == before and self._state == state_before == "R"
        self._pending = self._pending + passed if is_waiting else 0.0
        late = passed - planned if passed - planned > SLACK else 0.0
        if self._first is None:
            # Before the first look, we only know that we were late ourselves.
            self._first = self._last
            self.paused += late
        else:
            ran = self._last.ran - before.ran
            stopped = passed if is_stopped(self._state) or is_stopped(state_before) else 0.0
            self.paused += min(max(late, stopped, throttled), max(passed - ran, 0.0))
        self.is_paused = is_stopped(self._state) or late > 0.0
