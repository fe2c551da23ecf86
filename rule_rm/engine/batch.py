"""The scores of one request, put together in order from all that score its rollouts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import cast

from rule_rm.types import Score, Status

SHUT_DOWN = Score.unscored(Status.EXPIRED, "the service was shut down before it was scored")
"""The score of the rollouts that still wait when the engine is closed."""


class Batch:
    """The scores of one request, as they come in."""

    def __init__(self, scores: list[Score | None], missing: int) -> None:
        """`scores` has None in the places of those that are `missing`."""
        self._scores = scores
        self._missing = missing
        self._lock = threading.Lock()
        self._complete: threading.Condition | None = None
        """Made by the first that waits; most have a callback instead, or nothing missing."""
        self._callback: Callable[[], object] | None = None
        self.is_open = True
        """False if nobody waits for its scores any more."""
        self.ends: dict[int, float] = {}
        """The monotonic times at which scores came in, by their places."""

    def put(self, place: int, score: Score) -> None:
        """Enter the score of a rollout."""
        with self._lock:
            self._scores[place] = score
            self.ends[place] = time.monotonic()
            self._missing -= 1
            if self._missing:
                return
            if self._complete is not None:
                self._complete.notify_all()
            callback, self._callback = self._callback, None
        if callback is not None:
            callback()

    def when_complete(self, callback: Callable[[], object]) -> None:
        """Call back once nothing is missing, from the thread that enters the last score, or now."""
        with self._lock:
            if self._missing:
                self._callback = callback
                return
        callback()

    @property
    def is_complete(self) -> bool:
        """True if nothing is missing."""
        return not self._missing

    def abandon(self) -> None:
        """Start no further rollouts: nobody waits for them any more."""
        with self._lock:
            self.is_open = False
            self._callback = None

    def wait(self, until: float) -> None:
        """Return when nothing is missing, at the monotonic time `until` at the latest."""
        with self._lock:
            if not self._missing:
                return
            if self._complete is None:
                self._complete = threading.Condition(self._lock)
            self._complete.wait_for(lambda: not self._missing, max(until - time.monotonic(), 0))

    def close(self, limit: float) -> list[Score]:
        """Return all scores; those still missing after `limit` seconds have expired."""
        with self._lock:
            self.is_open = False
            if not self._missing:
                return cast("list[Score]", self._scores)
            expired = Score.unscored(
                Status.EXPIRED, f"the request's {limit:g} s were over before it was scored"
            )
            return [score or expired for score in self._scores]
