"""The server's side of a model in a process of its own: started once, asked from many threads, kept alive.

The server's threads only wait here, so that no pass of a model holds up `/health`, and a model that dies
takes nothing with it. Each text of a pass in which the process died is tried once more, alone, as it may be
the cause. A text that only waited is asked again.
"""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rule_rm.errors import ConfigurationError, ModelError, StuckError
from rule_rm.models.options import ModelOptions
from rule_rm.processes import child, lines
from rule_rm.processes.ending import ending
from rule_rm.processes.guarded import Guarded
from rule_rm.processes.starting import LOOK, Vigil, again, await_start

logger = logging.getLogger(__name__)

COMMAND = ("-m", "rule_rm.models")
TRIES = 2
STALL = 600.0
"""Seconds after which a process that says nothing of a pass under way is taken for hung, and killed."""
SEND_TIMEOUT = 30.0
"""Seconds that a process may leave a request unread; it reads while it scores."""
CLOSING = 5.0
FIRST_PAUSE, MAX_PAUSE = 1.0, 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The model's answer to a text."""

    score: float | None
    """None: it gave no finite number."""
    tokens: int
    was_cut: bool
    """The text was longer than `max_len`."""


@dataclass(slots=True, eq=False)
class _Call:
    request: dict[str, Any]
    sent_to: int = 0
    """The number of the process that has it."""
    tries: int = 0
    is_started: bool = False
    answer: Answer | Exception | None = None
    answered: threading.Event = field(default_factory=threading.Event)

    def settle(self, answer: Answer | Exception) -> None:
        self.answer = answer
        self.answered.set()


class ModelHost:
    """All methods may be called from any thread."""

    def __init__(self, options: ModelOptions, command: Sequence[str] = COMMAND) -> None:
        """Start the process, and return when the model is loaded. Raises ConfigurationError if it isn't."""
        self._arguments = json.dumps(asdict(options))
        self._command = command
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._calls: dict[int, _Call] = {}
        self._number = 0
        self._generation = 0
        self._connection: socket.socket | None = None
        self._closed = threading.Event()
        self._down = ""
        self._description: dict[str, Any] = {}
        self._counts = {"restarts": 0, "passes": 0, "tokens": 0, "padded_tokens": 0, "cut": 0}
        self._has_answered = False
        again(self._start)
        self._keeper = Guarded("reward-model", self._keep, self._closed)
        self._keeper.start()

    def score(self, request: Mapping[str, Any], until: float) -> Answer:
        """Return the model's answer to a request of `conversation.as_request`; wait until `until` at most.

        Raises ModelError if there is none in time, and ValueError if the text can't be scored.
        """
        call = _Call({**request, "until": until, "alone": False})
        with self._lock:
            if self._down:
                raise ModelError(self._down)
            self._number += 1
            number = call.request["id"] = self._number
            self._calls[number] = call
        try:
            self._send(call)
            if not call.answered.wait(max(until - time.monotonic(), 0.0)):
                raise ModelError("the reward model gave no score in time")
        finally:
            with self._lock:
                self._calls.pop(number, None)
        if isinstance(call.answer, Answer):
            return call.answer
        assert call.answer is not None  # noqa: S101 - it was answered
        raise call.answer

    def state(self) -> dict[str, Any]:
        """Return the entry for `/health`: the model, and its counts since the start of the service."""
        with self._lock:
            waiting = len(self._calls)
            state = "closed" if self._closed.is_set() else "down" if self._down else "up"
            return {**self._description, "state": state, "waiting": waiting, **self._counts}

    def close(self) -> None:
        """End the process; who waits gets ModelError. Returns when it is gone."""
        self._closed.set()
        self._give_up("the service is closing")
        with self._sending:
            self._hang_up()
        self._keeper.join(ending.left(CLOSING))

    def _start(self) -> None:
        """Start a process and wait until its model is loaded."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = child.start(
                [*self._command, str(theirs.fileno()), self._arguments],
                pass_fds=(theirs.fileno(),),
                # Its standard output is not a reply, so it goes to the log.
                stdout=sys.stderr.fileno() if _has_descriptor() else subprocess.DEVNULL,
            )
        self._process, self._incoming = process, ours
        self._reader = lines.Reader(ours)
        try:
            # A large model may load for many minutes.
            await_start(process, ours.fileno(), float("inf"), "the reward model's process")
            told = self._reader.read()
        except StuckError:
            self._end_process()
            raise
        except (EOFError, OSError):
            told = {}
        if "ready" not in told:
            self._end_process()
            died = f"the reward model's process died while it loaded (exit status {process.returncode})"
            raise ConfigurationError(told.get("failed", died))
        with self._sending:
            # The same socket twice, as a timeout is for one direction only.
            self._connection = ours.dup()
            self._connection.settimeout(SEND_TIMEOUT)
            self._generation += 1
        ours.settimeout(LOOK)
        with self._lock:
            self._description = told["ready"]

    def _keep(self) -> None:
        """Hand out answers, and start another process when one dies: the keeper's thread."""
        pause = FIRST_PAUSE
        while not self._closed.is_set():
            self._has_answered = False
            self._listen()
            self._end_process()
            if self._closed.is_set():
                break
            self._sort_out()
            if self._has_answered:
                pause = FIRST_PAUSE
            elif self._closed.wait(pause):
                break
            while not self._restart() and not self._closed.wait(pause):
                pause = min(2 * pause, MAX_PAUSE)
        self._end_process()

    def _listen(self) -> None:
        """Take the answers of a process until it ends, is stopped, or hangs."""
        vigil, silent = Vigil(self._process.pid, may_idle=True), 0
        while True:
            try:
                self._hear(self._reader.read())
                silent = 0
            except TimeoutError:
                silent += 1
                why = vigil.look() or (self._is_hung(silent) and f"it has said nothing for {STALL:g} s")
                if why:
                    logger.error("the reward model's process is killed: %s", why)
                    return
            except (EOFError, OSError):
                return

    def _is_hung(self, silent: int) -> bool:
        """Return True if a pass is under way, and that number of looks heard nothing of it."""
        if silent * LOOK < STALL:
            return False
        with self._lock:
            return any(call.is_started for call in self._calls.values())

    def _hear(self, message: Mapping[str, Any]) -> None:
        with self._lock:
            if "started" in message:
                for number in message["started"]:
                    if number in self._calls:
                        self._calls[number].is_started = True
                self._counts["passes"] += 1
                self._counts["padded_tokens"] += message["padded"]
                return
            self._has_answered = True
            call = self._calls.get(message["id"])
            self._counts["tokens"] += message.get("tokens", 0)
            self._counts["cut"] += message.get("was_cut", False)
        if call is None:
            return
        if "error" in message:
            call.settle(ValueError(message["error"]))
        else:
            call.settle(Answer(message["score"], message["tokens"], message["was_cut"]))

    def _sort_out(self) -> None:
        """Settle the calls of a process that died: a call in its last pass gets no answer."""
        status = self._process.returncode
        logger.error("the reward model's process died (exit status %s) and is started anew", status)
        with self._lock:
            self._counts["restarts"] += 1
            calls = list(self._calls.values())
        for call in calls:
            call.tries += call.is_started
            call.request["alone"] |= call.is_started
            call.is_started = False
            if call.tries == TRIES:
                call.settle(ModelError("the reward model's process died twice while it scored this"))

    def _restart(self) -> bool:
        try:
            self._start()
        except (ConfigurationError, OSError) as error:
            self._give_up(f"the reward model can't be started anew: {error}")
            logger.error("the reward model can't be started anew: %s", error)
            return False
        with self._lock:
            self._down = ""
            calls = [call for call in self._calls.values() if not call.answered.is_set()]
        for call in calls:
            self._send(call)
        return True

    def _give_up(self, why: str) -> None:
        with self._lock:
            self._down = why
            calls = list(self._calls.values())
        for call in calls:
            call.settle(ModelError(why))

    def _send(self, call: _Call) -> None:
        """Send a request, once to each process; if none is there, the keeper sends it to the next one."""
        with self._sending:
            if self._connection is None or call.sent_to == self._generation:
                return
            call.sent_to = self._generation
            try:
                self._connection.sendall(lines.encode([call.request]))
            except OSError:
                # Half a message may have gone out: nothing that follows it can be read.
                self._hang_up()

    def _hang_up(self) -> None:
        """End the connection, which ends the process and wakes the keeper."""
        if self._connection is not None:
            try:
                self._connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _end_process(self) -> None:
        # At first, as one that does not read would hold up who sends to it.
        self._process.kill()
        with self._sending:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
        self._incoming.close()
        self._process.wait()


def _has_descriptor() -> bool:
    """Return True if standard error is a real file, which a test's may not be."""
    try:
        sys.stderr.fileno()
    except (OSError, ValueError, AttributeError):
        return False
    return True
