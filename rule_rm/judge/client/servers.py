"""The servers of one judge: choose the next one to ask, and leave those alone that fail.

The server with the fewest requests in flight is asked, unless it sent a Retry-After or its breaker is open.
If no server can be asked, questions wait for the first that can. They fail at once if that is later than
their deadline, or if the outage is older than `patience`. So a dead judge holds up nothing else.

A server that refuses quickly would have the fewest in flight and swallow most questions. A failure that
blames the server therefore opens its breaker if there is another server. So does a refusal of a question that
another server then accepts. Replies without a verdict do not count for the breaker. A server that sends only
those is asked after the others for a while.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from rule_rm.http.transport import Transport
from rule_rm.judge.client.breaker import Breaker
from rule_rm.judge.client.failure import AttemptError
from rule_rm.judge.client.formats import KnownFormats

logger = logging.getLogger(__name__)

DOUBTFUL_AFTER = 8
"""Unusable replies in a row after which a server is asked last; as many as failures open the breaker."""
DOUBTFUL_FOR = 5.0
"""Seconds until such a server is tried again: the breaker's longest rest."""


class JudgeServer:
    """One server. The lock of `JudgeServers` guards the fields that change."""

    def __init__(self, transport: Transport, failures: int) -> None:
        self.name = transport.name
        self.transport = transport
        self.formats = KnownFormats()
        self.breaker = Breaker(failures)
        self.refused_fields: frozenset[str] = frozenset()
        """Fields of requests that it does not take, as found out by asking."""
        self.in_flight = 0
        self.rests_until = 0.0
        """The end of a Retry-After, on the monotonic clock."""
        self.turn = 0
        self.replies = 0
        self.unusable = 0
        """Replies in which no verdict was found."""
        self.unusable_in_a_row = 0
        self.doubtful_until = 0.0

    def ready_at(self) -> float:
        """Return the monotonic time from which it may be asked."""
        return max(self.breaker.ready_at(), self.rests_until)


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to send one request to a server."""

    server: JudgeServer
    is_probe: bool


class JudgeServers:
    """The servers of one judge. All methods may be called from any thread."""

    def __init__(self, transports: Sequence[Transport], failures: int, patience: float) -> None:
        self._all = [JudgeServer(transport, failures) for transport in transports]
        self._patience = patience
        self._changed = threading.Condition()
        self._waiting = 0
        self._turns = itertools.count(1)
        self._closed = False

    def __iter__(self) -> Iterator[JudgeServer]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def state(self) -> dict[str, dict[str, Any]]:
        """Return by server: its breaker, requests in flight, seconds of rest that it asked for, replies."""
        with self._changed:
            now = monotonic()
            return {
                one.name: {
                    "breaker": one.breaker.state,
                    "in_flight": one.in_flight,
                    "rests": round(max(0.0, one.rests_until - now), 3),
                    "replies": one.replies,
                    "unusable": one.unusable,
                }
                for one in self._all
            }

    def take(self, until: float, lost: Turn | None = None, refusals: Collection[Turn] = ()) -> Turn:
        """Return a turn at the best server; follow it with `give_back`.

        Waits for it. Prefers another server than that of the `lost` turn, and never chooses one of the
        `refusals`. Raises AttemptError if there is none until then.
        """
        avoid = None if lost is None else lost.server
        candidates = [one for one in self._all if all(one is not turn.server for turn in refusals)]
        with self._changed:
            while True:
                now = monotonic()
                ready = [one for one in candidates if one.ready_at() <= now]
                if ready and not self._closed:
                    best = min(
                        ready,
                        key=lambda one: (one is avoid, one.doubtful_until > now, one.in_flight, one.turn),
                    )
                    best.turn = next(self._turns)
                    best.in_flight += 1
                    return Turn(best, best.breaker.start())
                self._wait(candidates, now, until)

    def give_back(self, turn: Turn, failure: AttemptError | None) -> None:
        """End a turn, with the failure if there was no reply."""
        server, now = turn.server, monotonic()
        rest = 0.0
        is_back = False
        with self._changed:
            server.in_flight -= 1
            is_well = self._is_well(failure)
            if is_well:
                is_back = server.breaker.succeed()
            elif is_well is None:
                server.breaker.abandon(turn.is_probe)
            else:
                rest = server.breaker.fail(turn.is_probe, now)
            if failure is not None and failure.retry_after:
                server.rests_until = max(server.rests_until, now + failure.retry_after)
            if self._waiting:
                self._changed.notify_all()
        self._log(server, rest, is_back=is_back)

    def blame(self, refusals: Collection[Turn]) -> None:
        """Record that another server has accepted the question that was refused in these turns.

        A refused probe keeps the breaker open, or else every question would probe after the first rest.
        """
        for turn in refusals:
            with self._changed:
                rest = turn.server.breaker.fail(turn.is_probe, monotonic())
            self._log(turn.server, rest, is_back=False)

    def note(self, name: str, *, is_usable: bool) -> None:
        """Record whether there was a verdict in a reply of the server of this name."""
        with self._changed:
            for server in self._all:
                if server.name == name:
                    server.replies += 1
                    server.unusable += not is_usable
                    server.unusable_in_a_row = 0 if is_usable else server.unusable_in_a_row + 1
                    is_doubtful = server.unusable_in_a_row >= DOUBTFUL_AFTER
                    server.doubtful_until = monotonic() + DOUBTFUL_FOR if is_doubtful else 0.0

    def clear_counts(self) -> None:
        """Forget the replies so far."""
        with self._changed:
            for server in self._all:
                server.replies = server.unusable = server.unusable_in_a_row = 0

    def close(self) -> None:
        """Give nobody a turn any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for server in self._all:
            server.transport.close()

    def _is_well(self, failure: AttemptError | None) -> bool | None:
        if failure is None:
            return True
        if len(self._all) > 1 and failure.status is not None and failure.status < 500:
            # Alone, a server that refuses is all there is, so that its questions fail at once. Among several,
            # a refusal says nothing of the server until another one has accepted the same question.
            return False if failure.is_endpoints_fault else None
        return failure.is_well

    def _log(self, server: JudgeServer, rest: float, *, is_back: bool) -> None:
        if rest:
            logger.warning("the judge at %s is left alone for %.0f s: it keeps failing", server.name, rest)
        elif is_back:
            logger.info("the judge at %s replies again", server.name)

    def _wait(self, candidates: Sequence[JudgeServer], now: float, until: float) -> None:
        """Wait until something changes. Raises AttemptError if no server has a turn in time."""
        if self._closed:
            raise AttemptError("closed", "the judge's client is closed")
        # The time until which questions wait for each server.
        hopes = [hope for one in candidates if (hope := self._hope(one)) > now]
        if not hopes:
            since = min(now - (one.breaker.down_since or now) for one in candidates)
            raise AttemptError("down", f"the judge has been down for {since:.0f} s")
        soonest = min(one.ready_at() for one in candidates)
        is_probed = any(one.breaker.ready_at() == float("inf") for one in candidates)
        if now >= until or (soonest >= until and not is_probed):
            rest = f" for another {soonest - now:.0f} s" if now < soonest < float("inf") else ""
            message = f"the judge may not be asked in time: it is left alone{rest}"
            raise AttemptError("no_time", message, is_out_of_time=True)
        self._waiting += 1
        try:
            self._changed.wait(min(soonest, until, *hopes) - now)
        finally:
            self._waiting -= 1

    def _hope(self, server: JudgeServer) -> float:
        """Return until when questions wait for a server: forever, unless it is down."""
        since = server.breaker.down_since
        return float("inf") if since is None else since + self._patience
