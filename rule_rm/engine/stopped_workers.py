"""End workers that somebody has stopped: an idle one would keep the rollout that it gets next."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable

from rule_rm.processes.failures import Failures
from rule_rm.processes.kernel import state
from rule_rm.processes.starting import STOPPED_STATES

logger = logging.getLogger(__name__)


class StoppedWorkers:
    """The workers that were found stopped, and at how many looks in a row.

    Looks are counted rather than seconds: while this process does not run, none is made.
    """

    def __init__(self, pause: float, most: int, kill: Callable[[int], object]) -> None:
        """Look at most every `pause` seconds, and kill a worker that was stopped at `most` looks in a row."""
        self._pause = pause
        self._most = most
        self._kill = kill
        self._looked = time.monotonic()
        self._found: Counter[int] = Counter()
        self._failures = Failures()

    def look(self, pids: Iterable[int]) -> None:
        """Look at the workers with these process ids, if it is time to; the iterable is copied at once."""
        if (now := time.monotonic()) - self._looked < self._pause:
            return
        self._looked = now
        stopped = [pid for pid in list(pids) if state(pid) in STOPPED_STATES]
        self._found = Counter({pid: self._found[pid] + 1 for pid in stopped})
        for pid in stopped:
            if self._found[pid] >= self._most:
                if self._failures.is_worth_telling():
                    logger.error("a worker is stopped, and is killed (number %d)", self._failures.count)
                self._kill(pid)
