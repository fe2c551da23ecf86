"""The account of a workforce: counts of jobs by status, and their mean time."""

from __future__ import annotations

import threading
from collections import Counter

from rule_rm.types import Score


class Tally:
    """Counts of jobs, and their mean time. All methods may be called from any thread."""

    def __init__(self) -> None:
        """Begin at zero."""
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._seconds = 0.0

    def count(self, score: Score, seconds: float) -> None:
        """Count a job that was run, by the status of its score."""
        with self._lock:
            self._counts["run"] += 1
            self._counts[score.status.value] += 1
            self._seconds += seconds

    def count_retried(self) -> None:
        """Count a loss after which jobs run again."""
        with self._lock:
            self._counts["retried"] += 1

    def counts(self) -> dict[str, int]:
        """Return how many jobs were run, timed out, failed, ran again after a loss, and crashed."""
        with self._lock:
            return {name: self._counts[name] for name in ("run", "timeout", "error", "retried", "crash")}

    def mean_seconds(self) -> float:
        """Return the mean time of a job so far, in seconds; 0 before the first."""
        with self._lock:
            return self._seconds / self._counts["run"] if self._counts["run"] else 0.0
