"""Ask one question: as many attempts as it takes, on any of the servers, all of them before one deadline.

An attempt waits at the gate, then for a server, and holds its place while it is under way. After a failure
that can pass, the question takes a retry out of the budget that all share, pauses, and queues again. A delay
by Retry-After costs neither an attempt nor the budget, since it is the server's decision. A question that one
server refuses is put to each of the others once.
"""

from __future__ import annotations

import itertools
import logging
import threading
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from rule_rm.http.transport import ExchangeError, HTTPReply
from rule_rm.judge.client.budget import RetryBudget, pause
from rule_rm.judge.client.client_options import ClientOptions
from rule_rm.judge.client.completions import read_reply, refused_field
from rule_rm.judge.client.failure import AttemptError
from rule_rm.judge.client.formats import Format
from rule_rm.judge.client.gate import Gate
from rule_rm.judge.client.question import Reply, Written
from rule_rm.judge.client.servers import JudgeServer, JudgeServers, Turn
from rule_rm.judge.client.tally import Tally

logger = logging.getLogger(__name__)

ASSURED = 5.0
"""Seconds after which a server's silence counts against it: a caller may allow fewer."""
_INTERRUPTED = AttemptError("interrupted", "the caller was interrupted")


@dataclass(slots=True)
class _Call:
    """A question on its way."""

    written: Written
    until: float
    arrival: int
    failed: int = 0
    """Attempts so far."""
    counted: int = 0
    """Attempts charged to max_tries (excludes Retry-After)."""
    lost: Turn | None = None
    """The turn that failed last."""
    refusals: list[Turn] = field(default_factory=list)
    """Turns in which a server refused the question."""
    last: AttemptError | None = None
    """The last failure."""


class Asking:
    """Attempts and retries. All methods may be called from any thread."""

    def __init__(self, options: ClientOptions, servers: JudgeServers, tally: Tally) -> None:
        self._options = options
        self._servers = servers
        self._tally = tally
        self._gate = Gate(options.concurrency, options.requests_per_minute, options.tokens_per_minute)
        # When a server restarts, all questions in flight may be tried again.
        self._budget = RetryBudget(options.retry_share, options.concurrency)
        self._attempt_timeout = options.attempt_timeout or options.timeout
        self._assured = min(ASSURED, self._attempt_timeout / 2)
        self._arrivals = itertools.count()
        self._closing = threading.Event()

    def reply(self, written: Written, until: float) -> Reply:
        """Return the judge's reply to a question. Raises the last AttemptError if there is none."""
        call = _Call(written, until, next(self._arrivals))
        self._budget.pay_in()
        while True:
            try:
                reply = self._attempt(call)
            except AttemptError as failure:
                self._prepare(call, failure)
                call.last = failure
            else:
                self._servers.blame(call.refusals)
                return reply

    def state(self) -> dict[str, Any]:
        """Return how many questions wait at the gate, and how many retries are left."""
        return {"waiting": self._gate.waiting, "retry_budget": round(self._budget.balance, 1)}

    def close(self) -> None:
        """Fail the questions that wait."""
        self._closing.set()
        self._servers.close()

    def _prepare(self, call: _Call, failure: AttemptError) -> None:
        """Wait until the question may be tried again. Raises the failure if it may not."""
        if not failure.can_pass:
            if self._is_for_another(call, failure):
                return
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

    def _is_for_another(self, call: _Call, failure: AttemptError) -> bool:
        """Return True if a server refused the question, and another one may still be asked."""
        if failure.status is None or call.lost is None:
            return False
        call.refusals.append(call.lost)
        return len(call.refusals) < len(self._servers) and monotonic() < call.until

    def _attempt(self, call: _Call) -> Reply:
        """Make one attempt, from the gate to the reply."""
        tokens = call.written.prompt_tokens + self._tally.mean_completion(call.written.question.max_tokens)
        if not self._gate.enter(call.arrival, tokens, call.until):
            raise AttemptError("no_time", "the line for the judge was too long", is_out_of_time=True)
        unused = tokens
        try:
            turn = self._servers.take(call.until, call.lost, call.refusals)
            reply = self._take_turn(turn, call)
            if used := reply.prompt_tokens + reply.completion_tokens:
                unused -= used
            return reply
        finally:
            self._gate.leave(unused)

    def _take_turn(self, turn: Turn, call: _Call) -> Reply:
        outcome: AttemptError | None = _INTERRUPTED
        began = monotonic()
        try:
            reply = exchange(
                turn.server,
                call.written,
                min(call.until, began + self._attempt_timeout),
                on_request=lambda: self._tally.add("requests"),
            )
            outcome = None
            self._tally.replied(reply, monotonic() - began)
            return reply
        except AttemptError as failure:
            if failure.kind == "timeout" and monotonic() - began >= self._assured:
                failure.is_well = False
            outcome = failure
            call.lost = turn
            self._tally.failed(failure, turn.server.name)
            raise
        finally:
            self._servers.give_back(turn, outcome)


def exchange(server: JudgeServer, written: Written, until: float, on_request: Any = lambda: None) -> Reply:
    """Ask a server in the strongest format and with the fields that it is known to accept.

    Raises AttemptError if it sends no reply.
    """
    schema = written.question.json_schema
    asked = Format.TEXT if schema is None else server.formats.best(written.schema)
    refused: dict[Format, int] = {}
    while True:
        without = server.refused_fields
        on_request()
        received = _send(server, written, written.body(asked.field(schema), without), until)
        name = refused_field(received)
        if name in _DISPENSABLE - without:
            server.refused_fields |= {name}
            logger.info("the judge at %s does not take %s; from now on it is not sent", server.name, name)
            continue
        try:
            reply = read_reply(received, server.name, written.question.max_tokens)
        except AttemptError:
            if not server.formats.may_be_refused(written.schema, asked, received.status):
                raise
            refused[asked] = received.status
            asked = Format(asked + 1)
            continue
        if schema is not None and server.formats.worked(written.schema, asked, refused):
            logger.info("the judge at %s is asked for %s from now on", server.name, asked.name)
        return reply


_DISPENSABLE = frozenset({"max_tokens", "temperature", "seed"})
"""Fields that a request can do without: OpenAI's reasoning models refuse them."""


def _send(server: JudgeServer, written: Written, body: bytes, until: float) -> HTTPReply:
    try:
        return server.transport.exchange("POST", written.question.path, body, until)
    except ExchangeError as error:
        raise AttemptError.of_exchange(error) from error
