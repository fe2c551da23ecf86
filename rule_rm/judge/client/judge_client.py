"""The judge's client: a question in; a reply out before its deadline, or a JudgeError with the reason.

It is the one place that knows the network. A caller waits in its own thread. Each question passes, in this
order: equal questions in flight, the cache, the gate (limits on concurrency and rates). Then come the choice
of a server, the exchange, and after a failure the budget of retries and a pause.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

from rule_rm.http.transport import Transport
from rule_rm.judge.client.asking import Asking
from rule_rm.judge.client.cache import ReplyCache
from rule_rm.judge.client.client_options import ClientOptions
from rule_rm.judge.client.failure import AttemptError
from rule_rm.judge.client.flights import Flight, Flights
from rule_rm.judge.client.question import Question, Reply, Written
from rule_rm.judge.client.servers import JudgeServers
from rule_rm.judge.client.start_check import check
from rule_rm.judge.client.tally import Tally

__all__ = ["ClientOptions", "JudgeClient"]


MAX_REPLY_BYTES = 16 << 20
"""Bytes of the longest reply: a judge's is short, even with its logprobs."""
Usable = Callable[[Reply], bool]


class JudgeClient:
    """A judge behind one URL or several. Threads may share it; a forked process may not."""

    def __init__(self, options: ClientOptions, *, is_raw: bool = False) -> None:
        """Ask nobody yet: see `check`. Raises ConfigurationError if the cache can't be used.

        `is_raw` means that questions will go to /completions.
        """
        self._options = options
        self._is_raw = is_raw
        self._extra = options.extra
        self._cache = ReplyCache(options.cache, options.cache_mb) if options.cache_mb else None
        self._flights = Flights()
        self._tally = Tally(options.price_in, options.price_out)
        transports = [
            Transport(address, options.headers(address), proxy=proxy, longest_reply=MAX_REPLY_BYTES)
            for address, proxy in zip(options.addresses, options.proxies, strict=True)
        ]
        self._servers = JudgeServers(transports, options.breaker_failures, options.outage_patience)
        self._asking = Asking(options, self._servers, self._tally)
        self._is_closed = False

    def check(self, until: float) -> None:
        """Ask each server for one token. Raises ConfigurationError if one can't be used, with what to do.

        Waits for a server that says it is not ready yet (429 or 503), until `until` on the monotonic clock.
        """
        for server in self._servers:
            check(server, self._options, until, is_raw=self._is_raw)

    def ask(self, question: Question, until: float, is_usable: Usable = lambda _: True) -> Reply:
        """Return the judge's reply, before `until` on the monotonic clock.

        A reply that is not usable is returned but not cached, since asking again may help, and it counts
        against its server. Raises JudgeError if no reply comes in time, and TypeError or ValueError for
        a question that JSON can't hold. Only a reply with the finish_reason "stop" is whole.
        """
        if self._is_closed:
            raise AttemptError("closed", "the judge's client is closed")
        written = Written(question, self._options.model, self._extra)
        until = min(until, monotonic() + self._options.timeout)
        self._tally.add("calls")
        try:
            return self._share(written, until, is_usable)
        except AttemptError as failure:
            self._tally.lost(failure)
            raise

    def start_counting(self) -> None:
        """Count from now on: a trial at start is not part of the run."""
        self._tally.clear()
        self._servers.clear_counts()

    def state(self) -> dict[str, Any]:
        """Return counts since the start, and the number of questions under way."""
        endpoints = self._servers.state()
        return {
            "model": self._options.model,
            **self._tally.state(),
            "in_flight": sum(endpoint["in_flight"] for endpoint in endpoints.values()),
            **self._asking.state(),
            "endpoints": endpoints,
            "cache": self._cache.state() if self._cache else {},
        }

    def close(self) -> None:
        """Fail the waiting questions, finish those in flight, and write the cache."""
        self._is_closed = True
        self._asking.close()
        if self._cache:
            self._cache.close()

    def _share(self, written: Written, until: float, is_usable: Usable) -> Reply:
        """Return the reply to this question, or to an equal one that is under way."""
        while True:
            flight, is_leader = self._flights.board(written.key)
            if is_leader:
                return self._lead(flight, written, until, is_usable)
            if not flight.wait(until - monotonic()):
                raise AttemptError(
                    "no_time", "an equal question is under way, but not in time", is_out_of_time=True
                )
            if flight.reply is not None:
                self._tally.add("joined")
                return flight.reply
            if flight.failure is not None and not flight.failure.is_out_of_time:
                raise flight.failure

    def _lead(self, flight: Flight, written: Written, until: float, is_usable: Usable) -> Reply:
        try:
            flight.reply = self._known(written, is_usable) or self._fresh(written, until, is_usable)
            return flight.reply
        except AttemptError as failure:
            flight.failure = failure
            raise
        finally:
            self._flights.land(written.key, flight)

    def _known(self, written: Written, is_usable: Usable) -> Reply | None:
        """Return the cached reply, unless an older release kept one that is not usable."""
        reply = self._cache.get(written.key) if self._cache else None
        if reply is None or not is_usable(reply):
            return None
        self._tally.add("cached")
        return reply

    def _fresh(self, written: Written, until: float, is_usable: Usable) -> Reply:
        """Ask, and cache the reply if it is whole and usable, before any equal question can ask again."""
        reply = self._asking.reply(written, until)
        is_good = is_usable(reply)
        self._servers.note(reply.endpoint, is_usable=is_good)
        if self._cache and is_good and reply.finish_reason == "stop" and reply.text.strip():
            self._cache.put(written.key, reply)
        return reply
