"""How often and when what failed is tried again: one budget for all questions, and pauses with full jitter.

Retries help against what is rare. Against a server that is overloaded they are more of the same, so all
questions together may retry a share of what they ask, and a question waits for its turn in that as for
anything else.
"""

from __future__ import annotations

import random
import threading
from time import monotonic

FIRST_PAUSE = 0.25
"""Seconds, at most, before the second try; twice as long before each further one."""
MAX_PAUSE = 8.0
STEADY = 10.0
"""Retries a second that are always granted, so that a budget which is spent recovers without any calls."""


def pause(failed: int) -> float:
    """Seconds to wait after so many failed tries: anything from 0 to a bound that doubles (full jitter)."""
    return random.uniform(0.0, min(MAX_PAUSE, FIRST_PAUSE * 2.0 ** min(failed - 1, 16)))  # noqa: S311


class RetryBudget:
    """A token bucket: every question pays in a share of a retry, every retry takes one out."""

    def __init__(self, share: float, reserve: int) -> None:
        """It starts full, with `reserve` retries, and never holds more."""
        self._share = share
        self._reserve = float(reserve)
        self._balance = self._reserve
        self._filled = monotonic()
        self._changed = threading.Condition()
        self._waiting = 0

    def pay_in(self) -> None:
        """A question was asked."""
        with self._changed:
            self._balance = min(self._reserve, self._balance + self._share)
            if self._waiting:
                self._changed.notify()

    def take(self, until: float) -> bool:
        """Take a retry out, waiting for it if need be; False if there is none until then."""
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
        """Retries that could be taken now."""
        with self._changed:
            return self._fill()

    def _fill(self) -> float:
        now = monotonic()
        self._balance = min(self._reserve, self._balance + (now - self._filled) * STEADY)
        self._filled = now
        return self._balance
