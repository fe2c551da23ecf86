"""Limit how often failed questions are tried again: one budget for all of them, and pauses with full jitter.

Retries help against rare failures. Against an overloaded server they add to the overload. All questions
together may therefore retry only a share of their number, and a retry waits for its turn like any attempt.
"""

from __future__ import annotations

import threading
from time import monotonic

from rule_rm.http.retry import jittered

FIRST_PAUSE = 0.25
"""Seconds, at most, before the second attempt; doubled before each further one."""
MAX_PAUSE = 8.0
STEADY = 10.0
"""Retries per second that are always granted, so that a spent budget recovers without any calls."""


def pause(failed: int) -> float:
    """Return the seconds to wait after this many failures, from 0 to a bound that doubles (full jitter)."""
    return jittered(failed, FIRST_PAUSE, MAX_PAUSE)


class RetryBudget:
    """A token bucket: every question pays in a share of a retry, every retry takes one out."""

    def __init__(self, share: float, reserve: int) -> None:
        """Start full, with `reserve` retries, which is also the most that it holds."""
        self._share = share
        self._reserve = float(reserve)
        self._balance = self._reserve
        self._filled = monotonic()
        self._changed = threading.Condition()
        self._waiting = 0

    def pay_in(self) -> None:
        """Record that a question was asked."""
        with self._changed:
            self._balance = min(self._reserve, self._balance + self._share)
            if self._waiting:
                self._changed.notify()

    def take(self, until: float) -> bool:
        """Take a retry out, waiting for it if necessary; return False if none is left until then."""
        with self._changed:
            self._waiting += 1
            try:
                while (missing := 1.0 - self._fill()) > 0.0:
                    left = until - monotonic()
                    if left <= 0.0:
                        return False
                    self._changed.wait(min(left, missing / STEADY))
            finally:
                self._waiting -= 1
            self._balance -= 1.0
            return True

    @property
    def balance(self) -> float:
        """Retries that are available now."""
        with self._changed:
            return self._fill()

    def _fill(self) -> float:
        now = monotonic()
        self._balance = min(self._reserve, self._balance + (now - self._filled) * STEADY)
        self._filled = now
        return self._balance
