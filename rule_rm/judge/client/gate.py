"""The gate before every attempt: it limits attempts at once, attempts a minute and tokens a minute.

All callers form one line, in the order of their questions. A question that is tried again is older than those
that wait for their first attempt, so it goes before them. Only the head of the line looks at the clock.
"""

from __future__ import annotations

import heapq
import threading
from queue import Empty, SimpleQueue
from time import monotonic


class Pace:
    """A rate, kept by even spacing: each start moves the time of the next one."""

    def __init__(self, per_minute: float) -> None:
        """0: no limit."""
        self._interval = 60.0 / per_minute if per_minute else 0.0
        self.next = 0.0
        """The monotonic time from which on the next may start."""

    def take(self, amount: float, now: float) -> None:
        """Move the next start by the time that an amount takes."""
        if self._interval:
            self.next = max(self.next, now) + amount * self._interval

    def give_back(self, amount: float) -> None:
        """Return an amount that was taken and not used; negative if more was used."""
        self.next -= amount * self._interval


class Gate:
    """All methods may be called from any thread."""

    def __init__(self, slots: int, requests_per_minute: float, tokens_per_minute: float) -> None:
        self._lock = threading.Lock()
        self._line: list[tuple[int, _Waiter]] = []
        self._free = slots
        self._requests = Pace(requests_per_minute)
        self._tokens = Pace(tokens_per_minute)

    def enter(self, arrival: int, tokens: int, until: float) -> bool:
        """Wait for a place; return False if none is free until then. Follow True with `leave`.

        `arrival` is the question's number, lower ones go first. `tokens` is what it will use, about.
        """
        with self._lock:
            waiter = _Waiter(tokens)
            heapq.heappush(self._line, (arrival, waiter))
            self._admit(monotonic())
            if waiter.is_admitted:
                return True
        while True:
            waiter.wait(until)
            with self._lock:
                now = monotonic()
                if not waiter.is_admitted:
                    waiter.is_gone = now >= until
                    self._admit(now)
                if waiter.is_admitted or waiter.is_gone:
                    return waiter.is_admitted

    def leave(self, unused_tokens: int = 0) -> None:
        """Give the place back. `unused_tokens` are the tokens taken less the tokens used."""
        with self._lock:
            self._free += 1
            self._tokens.give_back(unused_tokens)
            self._admit(monotonic())

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        with self._lock:
            return sum(not waiter.is_gone for _, waiter in self._line)

    def _admit(self, now: float) -> None:
        while self._line:
            waiter = self._line[0][1]
            if not waiter.is_gone:
                if not self._free:
                    return
                start = max(self._requests.next, self._tokens.next)
                if start > now:
                    waiter.look_at(start)
                    return
                self._free -= 1
                self._requests.take(1, now)
                self._tokens.take(waiter.tokens, now)
                waiter.admit()
            heapq.heappop(self._line)


class _Waiter:
    """A caller in the line. Everything but `wait` is done under the gate's lock."""

    __slots__ = ("_bell", "_looks_at", "is_admitted", "is_gone", "tokens")

    def __init__(self, tokens: int) -> None:
        self.tokens = tokens
        self.is_admitted = False
        self.is_gone = False
        self._bell: SimpleQueue[None] = SimpleQueue()
        self._looks_at = float("inf")

    def admit(self) -> None:
        self.is_admitted = True
        self._bell.put(None)

    def look_at(self, time: float) -> None:
        """Wake it as the head of the line, which may go at this time."""
        if self._looks_at != time:
            self._looks_at = time
            self._bell.put(None)

    def wait(self, until: float) -> None:
        """Wait until it is called, or there is something to check."""
        try:
            self._bell.get(timeout=max(0.0, min(until, self._looks_at) - monotonic()))
        except Empty:
            pass
