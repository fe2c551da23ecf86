"""Failures and remarks that may come in any number: which of them to log."""

from __future__ import annotations

import itertools
import time


class Failures:
    """Counts failures and picks those to log: the 1st, 2nd, 4th, 8th …, so that they can't fill a disk.

    >>> failures = Failures()
    >>> [failures.is_worth_telling() for _ in range(5)]
    [True, True, False, True, False]
    """

    def __init__(self) -> None:
        self.count = 0
        """Failures so far."""
        self._numbers = itertools.count(1)

    def is_worth_telling(self) -> bool:
        """Count a failure; return True if it should be logged. May be called from any thread."""
        # Two threads never get the same number from `next`, so no failure counts twice.
        self.count = number = next(self._numbers)
        return is_worth_telling(number)


def is_worth_telling(number: int) -> bool:
    """Return whether to log the event of this number, counted from 1."""
    return number & (number - 1) == 0


class Seldom:
    """Lets something be logged at once, and then at most once a minute."""

    PAUSE = 60.0

    def __init__(self) -> None:
        self._due = 0.0

    def is_due(self) -> bool:
        """Return True if the pause since the last note is over."""
        return time.monotonic() >= self._due

    def note(self) -> None:
        """Begin the pause."""
        self._due = time.monotonic() + self.PAUSE
