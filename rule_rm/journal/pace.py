"""The pace of the process that writes the journal: it takes processors that nobody else needs, if it can.

A thread that runs only where a processor is idle says that one is. It writes nothing itself: on a full
machine it would be stopped in the middle, with the database and all other orders. The thread that writes has
a usual priority, below that of the requests. It waits for an idle processor before each transaction. Late
orders wait for none. Nor does what a small share of one processor is enough for, so few rollouts are written
at once on a full machine, too. So a burst of requests is not slowed down, and the page is late by a bounded
time.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

LATE = 30.0
"""Seconds that an order may wait for an idle processor."""
MANY = 50_000
"""Rollouts that may wait for one."""
MUCH = 64 << 20
"""Bytes that may wait for one."""
SHARE = 0.01
"""The share of one processor that is taken from others for orders that are not late."""
SAVED = 0.02
"""Seconds of a processor that this share adds up to: about 800 rollouts."""
TOGETHER = 2_000
"""Rollouts that are written in one transaction, from several orders if they are small."""
LOOK = 1.0
"""Seconds between two looks at the oldest order."""
LOWEST = 14
"""Steps of priority where there is no class of threads for idle processors: the lowest with those before."""


class Order(NamedTuple):
    """A batch to write, or the order to make room, which has no place."""

    number: int
    rollouts: int = 0
    offset: int = -1
    size: int = 0
    requests: int = 0

    @property
    def is_bound(self) -> bool:
        """True for the order to make room."""
        return self.offset < 0


class Pace:
    """Orders, oldest first, and the threads that carry them out."""

    def __init__(self, carry_out: Callable[[Sequence[Order]], object]) -> None:
        """Start two threads. `carry_out` gets orders that follow each other, and raises nothing."""
        self._carry_out = carry_out
        self._orders: deque[tuple[float, Order]] = deque()
        self._rollouts = self._bytes = 0
        self._changed = threading.Condition()
        self._was_idle = self._has_ended = False
        self._saved, self._counted = SAVED, time.monotonic()
        """Seconds of a processor that may still be taken, at a time."""
        self._is_idle = False
        """True if a processor was idle since the last orders were taken."""
        self._writing = threading.Thread(target=self._write, daemon=True)
        self._writing.start()
        threading.Thread(target=self._watch, daemon=True).start()

    def add(self, order: Order) -> None:
        """Take an order."""
        with self._changed:
            self._orders.append((time.monotonic(), order))
            self._rollouts += order.rollouts
            self._bytes += order.size
            self._changed.notify_all()

    def finish(self) -> None:
        """Carry out all orders, without waiting for an idle processor."""
        with self._changed:
            self._has_ended = True
            self._changed.notify_all()
        self._writing.join()

    def _watch(self) -> None:
        """Say that a processor is idle, whenever orders wait: else this thread would not run."""
        _become_idle()
        with self._changed:
            while not self._has_ended:
                if self._orders and not self._is_idle:
                    self._is_idle = True
                    self._changed.notify_all()
                self._changed.wait()

    def _write(self) -> None:
        while orders := self._take():
            begun = time.thread_time()
            self._carry_out(orders)
            with self._changed:
                if not self._was_idle:
                    self._saved = max(self._saved - (time.thread_time() - begun), -SAVED)
                self._changed.notify_all()

    def _take(self) -> list[Order]:
        """Return the next orders as soon as they may be written; none at the end."""
        with self._changed:
            while not self._orders or not (self._is_idle or self._is_pressing()):
                if self._has_ended and not self._orders:
                    return []
                self._changed.wait(LOOK if self._orders else None)
            self._was_idle, self._is_idle = self._is_idle, False
            found: list[Order] = []
            rollouts = 0
            while self._orders and (not found or rollouts + self._orders[0][1].rollouts <= TOGETHER):
                if found and (found[0].is_bound or self._orders[0][1].is_bound):
                    break
                found.append(self._orders.popleft()[1])
                rollouts += found[-1].rollouts
            self._rollouts -= rollouts
            self._bytes -= sum(order.size for order in found)
            return found

    def _is_pressing(self) -> bool:
        """Return True if the oldest order does not wait for an idle processor."""
        now = time.monotonic()
        self._saved = min(self._saved + SHARE * (now - self._counted), SAVED)
        self._counted = now
        is_behind = self._rollouts > MANY or self._bytes > MUCH or now - self._orders[0][0] > LATE
        return self._has_ended or is_behind or self._saved > 0


def _become_idle() -> None:
    """Give this thread the processors that no other needs."""
    try:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    except (AttributeError, OSError):
        # Another system, or a container that forbids it.
        os.nice(LOWEST)
