"""Measure a rollout's own time: time in which its worker could not run does not count.

No single signal is enough. The lane's clock shows that this whole process was paused. The worker's state
shows that it was stopped, the control group that its quota was used up. Processor time of the worker counts
all the same.
"""

from __future__ import annotations

import time
from typing import Protocol

from rule_rm.processes.kernel import CpuTime, throttled_time

SLACK = 0.1
"""Seconds by which a wait may be late on a busy machine before they count as a pause."""


class Watched(Protocol):
    """The times of a worker."""

    def cpu_time(self) -> CpuTime:
        """Return how long it ran, and waited for a processor, in its life."""

    def is_stopped(self) -> bool:
        """Return True if it can't run."""


class OwnTime:
    """The time of one rollout in one worker, looked at now and then."""

    def __init__(self, worker: Watched) -> None:
        self._worker = worker
        self._begun = self._looked = time.monotonic()
        self._first: CpuTime | None = None
        self._last = CpuTime(0.0, 0.0)
        self._throttled = 0.0
        self._was_stopped = False
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
        return CpuTime(0.0, 0.0) if self._first is None else self._last.since(self._first)

    def look(self, planned: float) -> None:
        """Take the time since the last look into account, of which `planned` seconds were meant to pass."""
        now = time.monotonic()
        passed, self._looked = now - self._looked, now
        before, self._last = self._last, self._worker.cpu_time()
        throttled, self._throttled = throttled_time() - self._throttled, throttled_time()
        is_stopped = self._worker.is_stopped()
        late = passed - planned if passed - planned > SLACK else 0.0
        if self._first is None:
            # Before the first look, we only know that we were late ourselves.
            self._first = self._last
            self.paused += late
        else:
            ran = self._last.ran - before.ran
            stopped = passed if is_stopped or self._was_stopped else 0.0
            self.paused += min(max(late, stopped, throttled), max(passed - ran, 0.0))
        self._was_stopped = is_stopped
        self.is_paused = is_stopped or late > 0.0
