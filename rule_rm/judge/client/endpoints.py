"""The endpoints of a judge: which one is asked next, and which are left alone.

Asked is the one with the fewest requests in flight. One that sent a Retry-After, or whose breaker is open, is
not asked. If none can be, questions wait for the first that can, unless that is later than they have time, or
the outage is older than `patience`: then they fail at once, so that a dead judge holds up nothing else.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from rule_rm.judge.client.breaker import Breaker
from rule_rm.judge.client.failure import Failure
from rule_rm.judge.client.formats import KnownFormats
from rule_rm.judge.client.transport import Transport

logger = logging.getLogger(__name__)


class Endpoint:
    """One server. What changes is guarded by the lock of `Endpoints`."""

    def __init__(self, transport: Transport, failures: int) -> None:
        self.name = transport.name
        self.transport = transport
        self.formats = KnownFormats()
        self.breaker = Breaker(failures)
        self.in_flight = 0
        self.rests_until = 0.0
        """For a Retry-After, on the monotonic clock."""
        self.turn = 0

    def ready_at(self) -> float:
        """When it may be asked."""
        return max(self.breaker.ready_at(), self.rests_until)


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to send one request to an endpoint."""

    endpoint: Endpoint
    is_probe: bool


class Endpoints:
    """All methods may be called from any thread."""

    def __init__(self, transports: Sequence[Transport], failures: int, patience: float) -> None:
        self._all = [Endpoint(transport, failures) for transport in transports]
        self._patience = patience
        self._changed = threading.Condition()
        self._waiting = 0
        self._turns = itertools.count(1)
        self._closed = False

    def __iter__(self) -> Iterator[Endpoint]:
        return iter(self._all)

    def state(self) -> dict[str, dict[str, Any]]:
        """By endpoint: its breaker, requests in flight, and how many seconds it wants to be left alone."""
        with self._changed:
            now = monotonic()
            return {
                one.name: {
                    "breaker": one.breaker.state,
                    "in_flight": one.in_flight,
                    "rests": round(max(0.0, one.rests_until - now), 3),
                }
                for one in self._all
            }

    def take(self, until: float, avoid: Endpoint | None = None) -> Turn:
        """A turn at the best endpoint, another one than `avoid` if there is; follow it with `give_back`.

        Waits for it. Raises Failure if there is none until then.
        """
        with self._changed:
            while True:
                now = monotonic()
                ready = [endpoint for endpoint in self._all if endpoint.ready_at() <= now]
                if ready and not self._closed:
                    best = min(ready, key=lambda one: (one is avoid, one.in_flight, one.turn))
                    best.turn = next(self._turns)
                    best.in_flight += 1
                    return Turn(best, best.breaker.start())
                self._wait(now, until)

    def give_back(self, turn: Turn, failure: Failure | None) -> None:
        """The request ended, so or with a reply."""
        endpoint, now = turn.endpoint, monotonic()
        rest = 0.0
        is_back = False
        with self._changed:
            endpoint.in_flight -= 1
            if failure is None or failure.is_well:
                is_back = endpoint.breaker.succeed()
            elif failure.is_well is None:
                endpoint.breaker.abandon(turn.is_probe)
            else:
                rest = endpoint.breaker.fail(turn.is_probe, now)
            if failure is not None and failure.retry_after:
                endpoint.rests_until = max(endpoint.rests_until, now + failure.retry_after)
            if self._waiting:
                self._changed.notify_all()
        if rest:
            logger.warning("the judge at %s is left alone for %.0f s: it keeps failing", endpoint.name, rest)
        elif is_back:
            logger.info("the judge at %s replies again", endpoint.name)

    def close(self) -> None:
        """Nobody gets a turn any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for endpoint in self._all:
            endpoint.transport.close()

    def _wait(self, now: float, until: float) -> None:
        """Until something changes. Raises Failure if no turn can come of it in time."""
        if self._closed:
            raise Failure("closed", "the judge's client is closed")
        # Those that may be hoped for, and until when.
        hopes = [hope for one in self._all if (hope := self._hope(one)) > now]
        if not hopes:
            since = min(now - (one.breaker.down_since or now) for one in self._all)
            raise Failure("down", f"the judge has been down for {since:.0f} s")
        soonest = min(one.ready_at() for one in self._all)
        is_probed = any(one.breaker.ready_at() == float("inf") for one in self._all)
        if now >= until or (soonest >= until and not is_probed):
            rest = f" for another {soonest - now:.0f} s" if now < soonest < float("inf") else ""
            message = f"the judge may not be asked in time: it is left alone{rest}"
            raise Failure("no_time", message, is_out_of_time=True)
        self._waiting += 1
        try:
            self._changed.wait(min(soonest, until, *hopes) - now)
        finally:
            self._waiting -= 1

    def _hope(self, endpoint: Endpoint) -> float:
        """Until when questions wait for an endpoint: for ever, unless it is down."""
        since = endpoint.breaker.down_since
        return float("inf") if since is None else since + self._patience
