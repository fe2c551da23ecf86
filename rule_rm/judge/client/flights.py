"""Single flight: of equal questions at the same time only one is sent; the others take its reply.

The first is the leader, and its failure is a failure of all. There is one exception: if a leader's time has
run out, the next question that has time left leads.
"""

from __future__ import annotations

import threading

from rule_rm.judge.client.failure import AttemptError
from rule_rm.judge.client.question import Reply


class Flight:
    """One question that is under way."""

    __slots__ = ("_landed", "failure", "reply")

    def __init__(self) -> None:
        self._landed = threading.Event()
        self.reply: Reply | None = None
        self.failure: AttemptError | None = None
        """Both None once it has landed: the leader was interrupted."""

    def wait(self, seconds: float) -> bool:
        """Wait for its end; False if it goes on beyond that."""
        return self._landed.wait(max(0.0, seconds))

    def land(self) -> None:
        """Wake those who wait: the flight has ended."""
        self._landed.set()


class Flights:
    """All questions under way. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[bytes, Flight] = {}

    def board(self, key: bytes) -> tuple[Flight, bool]:
        """Return the flight of this question, and True if the caller leads it; a leader must call `land`."""
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                return flight, False
            flight = self._flights[key] = Flight()
            return flight, True

    def land(self, key: bytes, flight: Flight) -> None:
        """End the flight: the next equal question begins a new one."""
        with self._lock:
            del self._flights[key]
        flight.land()
