"""The judge's client: a question in; a reply out before its deadline, or a JudgeUnavailable that says why.

It is the one place that knows the network. A caller waits in its own thread; what all callers share stands in
the way of each question in this order: equal questions in flight, the cache, the gate (so many at once, so
many a minute), the choice of an endpoint, the exchange, and after a failure the budget of retries and a
pause.
"""

from __future__ import annotations

from time import monotonic
from typing import Any

from rule_rm.judge.client.asking import Asking
from rule_rm.judge.client.cache import ReplyCache
from rule_rm.judge.client.check import check
from rule_rm.judge.client.endpoints import Endpoints
from rule_rm.judge.client.failure import Failure
from rule_rm.judge.client.flights import Flight, Flights
from rule_rm.judge.client.options import ClientOptions
from rule_rm.judge.client.question import Question, Reply, Written
from rule_rm.judge.client.tally import Tally
from rule_rm.judge.client.transport import Transport

__all__ = ["ClientOptions", "JudgeClient"]


class JudgeClient:
    """A judge behind one URL or several. Threads may share it; a fork may not."""

    def __init__(self, options: ClientOptions) -> None:
        """Raises ConfigurationError for a cache that can't be used, and asks nobody yet: see `check`."""
        self._options = options
        self._extra = options.extra
        self._cache = ReplyCache(options.cache, options.cache_mb) if options.cache_mb else None
        self._flights = Flights()
        self._tally = Tally(options.price_in, options.price_out)
        transports = [Transport(address, options.key) for address in options.addresses]
        self._endpoints = Endpoints(transports, options.breaker_failures, options.outage_patience)
        self._asking = Asking(options, self._endpoints, self._tally)
        self._is_closed = False

    def check(self, until: float) -> None:
        """Ask each endpoint for one token. Raises ConfigurationError if one can't be used, with what to do.

        Waits for a server that says it is not ready yet (429 or 503), until `until` on the monotonic clock.
        """
        for endpoint in self._endpoints:
            check(endpoint.transport, self._options, until)

    def ask(self, question: Question, until: float) -> Reply:
        """The judge's reply, before `until` on the monotonic clock.

        Raises JudgeUnavailable if there is none by then or can't be any, and TypeError or ValueError for a
        question that JSON can't hold. Whether the reply is whole, its finish_reason tells.
        """
        if self._is_closed:
            raise Failure("closed", "the judge's client is closed")
        written = Written(question, self._options.model, self._extra)
        until = min(until, monotonic() + self._options.timeout)
        self._tally.add("calls")
        try:
            return self._share(written, until)
        except Failure as failure:
            self._tally.lost(failure)
            raise

    def state(self) -> dict[str, Any]:
        """Counts since the start, and what is under way."""
        endpoints = self._endpoints.state()
        return {
            "model": self._options.model,
            **self._tally.state(),
            "in_flight": sum(endpoint["in_flight"] for endpoint in endpoints.values()),
            **self._asking.state(),
            "endpoints": endpoints,
            "cache": self._cache.state() if self._cache else {},
        }

    def close(self) -> None:
        """Questions that wait fail, those in flight end in their time; what the cache holds is written."""
        self._is_closed = True
        self._asking.close()
        if self._cache:
            self._cache.close()

    def _share(self, written: Written, until: float) -> Reply:
        """The reply to this question or to an equal one that is under way."""
        while True:
            flight, is_leader = self._flights.board(written.key)
            if is_leader:
                return self._lead(flight, written, until)
            if not flight.wait(until - monotonic()):
                raise Failure(
                    "no_time", "an equal question is under way, but not in time", is_out_of_time=True
                )
            if flight.reply is not None:
                self._tally.add("joined")
                return flight.reply
            if flight.failure is not None and not flight.failure.is_out_of_time:
                raise flight.failure

    def _lead(self, flight: Flight, written: Written, until: float) -> Reply:
        try:
            flight.reply = self._known(written) or self._asking.reply(written, until)
            # Before the flight has landed, or one that comes in between would ask again.
            self._keep(written, flight.reply)
            return flight.reply
        except Failure as failure:
            flight.failure = failure
            raise
        finally:
            self._flights.land(written.key, flight)

    def _known(self, written: Written) -> Reply | None:
        reply = self._cache.get(written.key) if self._cache else None
        if reply is not None:
            self._tally.add("cached")
        return reply

    def _keep(self, written: Written, reply: Reply) -> None:
        """Put what is whole into the cache; a reply that was cut short may be better next time."""
        if self._cache and not reply.is_cached and reply.finish_reason == "stop" and reply.text.strip():
            self._cache.put(written.key, reply)
