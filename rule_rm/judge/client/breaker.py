"""A circuit breaker: an endpoint that keeps failing rests, and gets one question now and then.

Closed, it lets everything pass. Some failures in a row open it. After a while it is half open: one question,
the probe, may pass. The probe closes the breaker, or opens it for twice as long.
"""

from __future__ import annotations

FIRST_REST = 1.0
"""Seconds that it stays open at first."""
MAX_REST = 5.0
"""Seconds of rest at most, and so until a recovered endpoint is noticed. A probe costs one question."""


class Breaker:
    """Not thread-safe: the lock of its endpoint guards it. Times are monotonic."""

    def __init__(self, failures: int) -> None:
        """Open after this many failures in a row."""
        self._limit = failures
        self._in_a_row = 0
        self._rest = 0.0
        self._probe_from = 0.0
        self._is_probing = False
        self.down_since: float | None = None
        """The time at which it opened, if it has not been closed since."""

    @property
    def state(self) -> str:
        """closed, open or half-open."""
        if self.down_since is None:
            return "closed"
        return "half-open" if self._is_probing else "open"

    def ready_at(self) -> float:
        """Return the time from which a question may pass; infinite while a probe is under way."""
        if self.down_since is None:
            return 0.0
        return float("inf") if self._is_probing else self._probe_from

    def start(self) -> bool:
        """Let a question pass; True if it is the probe. Follow it with one of the other three."""
        self._is_probing = self.down_since is not None
        return self._is_probing

    def succeed(self) -> bool:
        """Note a reply of any kind; True if that closed the breaker."""
        was_open = self.down_since is not None
        self._in_a_row = 0
        self._rest = 0.0
        self._is_probing = False
        self.down_since = None
        return was_open

    def fail(self, is_probe: bool, now: float) -> float:
        """Note a failure of the endpoint; return for how many seconds that opened the breaker, or 0.

        Only the probe counts for an open breaker: the others left before.
        """
        self._in_a_row += 1
        if self.down_since is None and self._in_a_row >= self._limit:
            self.down_since = now
        elif not is_probe or self.down_since is None:
            return 0.0
        self._is_probing = False
        self._rest = min(MAX_REST, self._rest * 2 or FIRST_REST)
        self._probe_from = now + self._rest
        return self._rest

    def abandon(self, is_probe: bool) -> None:
        """Learn nothing about the endpoint; another question may be the probe."""
        if is_probe:
            self._is_probing = False
