"""Single flight: of equal questions that are asked at the same time one goes out; the others take its reply.

The first is the leader. What it fails of, they fail of too, with one exception: a leader that ran out of its
own time says nothing to those that have more; the next of them leads.
"""

from __future__ import annotations

import threading

from rule_rm.judge.client.failure import Failure
from rule_rm.judge.client.question import Reply


class Flight:
    """One question that is under way."""

    __slots__ = ("_landed", "failure", "reply")

    def __init__(self) -> None:
        self._landed = threading.Event()
        self.reply: Reply | None = None
        self.failure: Failure | None = None
        """Both None once it has landed: the leader was interrupted."""

    def wait(self, seconds: float) -> bool:
        """Wait for its end; False if it goes on beyond that."""
        return self._landed.wait(max(0.0, seconds))

    def land(self) -> None:
        """It ended: wake those who wait."""
        self._landed.set()


class Flights:
    """All questions under way. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[bytes, Flight] = {}

    def board(self, key: bytes) -> tuple[Flight, bool]:
        """The flight of this question, and whether the caller leads it: who does follows it with `land`."""
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                return flight, False
            flight = self._flights[key] = Flight()
            return flight, True

    def land(self, key: bytes, flight: Flight) -> None:
        """The flight is over; whoever comes from now on begins a new one."""
        with self._lock:
            del self._flights[key]
        flight.land()
