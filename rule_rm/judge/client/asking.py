"""Asking one question: as many tries as it takes, on whichever endpoint, all of them before one deadline.

A try waits at the gate, then for an endpoint, and holds its place while it is under way. After a failure that
can pass the question takes a retry out of the budget that all share, pauses, and stands in line again. What a
Retry-After puts off costs neither a try nor the budget: when to come again is then the server's decision.
"""

from __future__ import annotations

import itertools
import logging
import threading
from dataclasses import dataclass
from time import monotonic
from typing import Any

from rule_rm.judge.client.endpoints import Endpoint, Endpoints, Turn
from rule_rm.judge.client.failure import Failure
from rule_rm.judge.client.formats import Format
from rule_rm.judge.client.gate import Gate
from rule_rm.judge.client.options import COMPLETIONS, ClientOptions
from rule_rm.judge.client.question import Reply, Written
from rule_rm.judge.client.retries import RetryBudget, pause
from rule_rm.judge.client.tally import Tally
from rule_rm.judge.client.wire import read_reply

logger = logging.getLogger(__name__)

ASSURED = 5.0
"""Seconds that an endpoint must have had before its silence speaks against it: a caller may allow few."""
_INTERRUPTED = Failure("interrupted", "the caller was interrupted")


@dataclass(slots=True)
class _Call:
    """A question on its way."""

    written: Written
    until: float
    arrival: int
    failed: int = 0
    """Tries that failed."""
    counted: int = 0
    """Those of them that count."""
    avoid: Endpoint | None = None
    """The endpoint that failed last."""
    last: Failure | None = None
    """How."""


class Asking:
    """All methods may be called from any thread."""

    def __init__(self, options: ClientOptions, endpoints: Endpoints, tally: Tally) -> None:
        self._options = options
        self._key = options.key
        self._endpoints = endpoints
        self._tally = tally
        self._gate = Gate(options.concurrency, options.requests_per_minute, options.tokens_per_minute)
        # When a server is started anew, all that were in flight may be tried again.
        self._budget = RetryBudget(options.retry_share, options.concurrency)
        self._attempt_timeout = options.attempt_timeout or options.timeout
        self._assured = min(ASSURED, self._attempt_timeout / 2)
        self._arrivals = itertools.count()
        self._closing = threading.Event()

    def reply(self, written: Written, until: float) -> Reply:
        """The judge's reply to a question, or the Failure that was the last."""
        call = _Call(written, until, next(self._arrivals))
        self._budget.pay_in()
        while True:
            try:
                return self._try(call)
            except Failure as failure:
                self._prepare(call, failure)
                call.last = failure

    def state(self) -> dict[str, Any]:
        """How many questions wait at the gate, and how many retries are left."""
        return {"waiting": self._gate.waiting, "retry_budget": round(self._budget.balance, 1)}

    def close(self) -> None:
        """Questions that wait fail."""
        self._closing.set()
        self._endpoints.close()

    def _prepare(self, call: _Call, failure: Failure) -> None:
        """Wait until the question may be tried again, or raise the failure."""
        if not failure.can_pass:
            if call.last is None:
                raise failure
            raise failure.final(f"before that, {call.last}", is_out_of_time=failure.is_out_of_time)
        call.failed += 1
        if failure.retry_after is None:
            call.counted += 1
            if call.counted >= self._options.max_tries:
                raise failure.final(f"try {call.failed}")
            if not self._budget.take(call.until):
                raise failure.final("too many others were tried again", is_out_of_time=True)
        seconds = pause(call.failed)
        if monotonic() + seconds >= call.until:
            raise failure.final(f"no time is left after try {call.failed}", is_out_of_time=True)
        if self._closing.wait(seconds):
            raise failure.final("the judge's client is closed")
        self._tally.add("retries")

    def _try(self, call: _Call) -> Reply:
        """One try, from the gate to the reply."""
        tokens = call.written.prompt_tokens + self._tally.mean_completion(call.written.question.max_tokens)
        if not self._gate.enter(call.arrival, tokens, call.until):
            raise Failure("no_time", "the line for the judge was too long", is_out_of_time=True)
        unused = tokens
        try:
            turn = self._endpoints.take(call.until, call.avoid)
            reply = self._take_turn(turn, call)
            if used := reply.prompt_tokens + reply.completion_tokens:
                unused -= used
            return reply
        finally:
            self._gate.leave(unused)

    def _take_turn(self, turn: Turn, call: _Call) -> Reply:
        outcome: Failure | None = _INTERRUPTED
        began = monotonic()
        try:
            reply = self._exchange(
                turn.endpoint, call.written, min(call.until, began + self._attempt_timeout)
            )
            outcome = None
            self._tally.replied(reply, monotonic() - began)
            return reply
        except Failure as failure:
            if failure.kind == "timeout" and monotonic() - began >= self._assured:
                failure.is_well = False
            outcome = failure
            call.avoid = turn.endpoint
            self._tally.failed(failure, turn.endpoint.name)
            raise
        finally:
            self._endpoints.give_back(turn, outcome)

    def _exchange(self, endpoint: Endpoint, written: Written, until: float) -> Reply:
        """Ask in the strongest format that the endpoint knows, as far as that is known."""
        schema = written.question.json_schema
        asked = Format.TEXT if schema is None else endpoint.formats.best(written.schema)
        refused: dict[Format, int] = {}
        while True:
            body = written.body(asked.field(schema))
            self._tally.add("requests")
            received = endpoint.transport.exchange("POST", COMPLETIONS, body, until)
            try:
                reply = read_reply(received, endpoint.name, self._key)
            except Failure:
                if not endpoint.formats.may_be_refused(written.schema, asked, received.status):
                    raise
                refused[asked] = received.status
                asked = Format(asked + 1)
                continue
            if schema is not None and endpoint.formats.worked(written.schema, asked, refused):
                logger.info("the judge at %s is asked for %s from now on", endpoint.name, asked.name)
            return reply
