"""Measure a program's time by a clock that stops while the machine is paused."""

from __future__ import annotations

import time

SLACK = 0.25
"""Seconds by which a wait may be late on a busy machine before it counts as a pause."""
LOOK_EVERY = 0.25
"""Seconds between two looks at the clock at most. As much of a pause may count as a program's time."""


class OwnClock:
    """The seconds in which this process could run, as far as its own waits show."""

    def __init__(self) -> None:
        """Start the clock at 0."""
        self._looked = time.monotonic()
        self.seconds = 0.0

    def look(self, planned: float) -> float:
        """Return the clock's seconds, after a wait that was meant to last for `planned` seconds at most."""
        now = time.monotonic()
        passed, self._looked = now - self._looked, now
        self.seconds += planned if passed > planned + SLACK else passed
        return self.seconds
