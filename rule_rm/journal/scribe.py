"""The process that writes the journal, as the service sees it.

The work for a rollout (rows, sums, alarms, SQLite) costs ten times as much as handing it over. In a process
of its own it takes neither the interpreter lock nor the processor of the requests. It has no part in any
reward. Batches wait in memory that both share, and are written whether or not the service lives on. If the
process dies or is stopped, it is started again, and gets each batch that was not committed once more.
"""

from __future__ import annotations

import fcntl
import json
import logging
import marshal
import os
import select
import subprocess
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any, cast

from rule_rm import redaction
from rule_rm.errors import RuleRmError
from rule_rm.journal.backlog import Backlog
from rule_rm.journal.pace import Order
from rule_rm.journal.store import VERSION, older_version
from rule_rm.journal.writer import Heard, Settled
from rule_rm.processes import child
from rule_rm.processes.failures import Failures
from rule_rm.processes.starting import LOOK, Vigil, again

logger = logging.getLogger(__name__)

HEAD = 8
"""Bytes of the length before each frame."""
PATIENCE = 300.0
"""Seconds that the oldest batch may take: processors and disk may be busy, and room may have to be made."""
UPDATING = 3600.0
"""Seconds that a file of an older version may take to be brought up to date: up to 10 for a million rows."""
CLOSING = 10.0
"""Seconds that the process may take to end."""
PIPE = 1 << 20
"""Bytes that the pipe holds: the process reads orders only between two of its turns."""
ROOM = 256 << 20
"""Bytes of batches that may wait for the process."""
DEATHS = 2
"""Deaths of the process at one batch after which the batch is given up."""


class NotWrittenError(RuleRmError):
    """A batch could not be written."""


class Scribe:
    """A `Sink` in a process of its own."""

    def __init__(self, path: Path, options: Mapping[str, Any]) -> None:
        """Start the process, with the arguments of `scribe_main.open_writer`.

        Raises ConfigurationError if the file can't be written.
        """
        self.path = path
        self._backlog = Backlog(ROOM)
        memory, session = self._backlog.descriptor, token_hex(8)
        self._options = json.dumps({"path": str(path), "memory": memory, "session": session, **options})
        self._orders: deque[Order] = deque()
        """The orders without an answer, oldest first."""
        self._number = 0
        self._deaths = 0
        """Deaths of the process since its latest answer."""
        self._settled: list[Settled] = []
        self._secrets: frozenset[str] = frozenset()
        self._is_abandoned = False
        self._failures = Failures()
        self._process = again(self._start)

    def submit(self, batch: Sequence[bytes], rollouts: int) -> bool:
        """Take a batch to write, all or nothing of it; return False if there is no room.

        Raises NotWrittenError if the process can't be started again. The batch waits for the next one.
        """
        try:
            place = self._backlog.put(batch)
        except OSError as error:
            # The machine has no memory left, or this process may write to no file for now.
            if self._failures.is_worth_telling():
                logger.error("rows of the journal wait (failure %d): %s", self._failures.count, error)
            return False
        if place is None:
            return False
        self._number += 1
        self._order(Order(self._number, rollouts, *place))
        return True

    def bound(self) -> None:
        """Have rollouts removed that are too old or too many.

        Raises NotWrittenError if the process can't be started again.
        """
        self._number += 1
        self._order(Order(self._number))

    def settled(self, patience: float) -> list[Settled]:
        """Return the end of the oldest batches, in order; wait up to `patience` seconds for the first.

        Raises NotWrittenError if the process died and can't be started again. The batches wait for the next.
        """
        until = time.monotonic() + patience
        while self._orders and not self._settled:
            try:
                if not self._hear(until) and time.monotonic() >= until:
                    break
            except BrokenPipeError:
                self._restart()
        settled, self._settled = self._settled, []
        return settled

    def close(self) -> None:
        """Let the process finish, and end it."""
        child.end(self._process, CLOSING)
        self._backlog.close()

    def abandon(self) -> None:
        """Kill the process, from another thread: it does not write any more, and none takes its place."""
        self._is_abandoned = True
        self._process.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        process = child.start(
            ["-m", "rule_rm.journal.scribe_main"],
            piped=True,
            env=child.bare_environment(),
            pass_fds=[self._backlog.descriptor],
        )
        _widen(cast("Any", process.stdin).fileno())
        self._secrets = frozenset()
        try:
            os.write(cast("Any", process.stdin).fileno(), self._options.encode() + b"\n")
        except BrokenPipeError:
            # Its end is heard in the next line.
            pass
        said = child.hear(process, "the process that writes the journal", self._patience())
        # A process that is stopped does not read: a write that has to wait must end in time, too.
        os.set_blocking(cast("Any", process.stdin).fileno(), False)
        self._vigil = Vigil(process.pid, may_idle=True)
        self._poller = select.poll()
        self._poller.register(cast("Any", process.stdout).fileno(), select.POLLIN)
        self._torn = b""
        self._heard = self._looked = time.monotonic()
        while self._orders and self._orders[0].number <= said["done"]:
            # The last one had committed it when it died.
            self._settle(None)
        return process

    def _patience(self) -> float:
        """Return how many seconds the process may take to open the file; log it if that may be long."""
        if (version := older_version(self.path)) is None:
            return child.START_TIMEOUT
        logger.info(
            "waiting: %s is brought from version %d to %d, seconds for each million of rollouts",
            self.path,
            version,
            VERSION,
        )
        return UPDATING

    def _restart(self) -> None:
        """Start the process again, and give it what it left. Raises NotWrittenError if that can't be done."""
        if not cast("Any", self._process.stdout).closed:
            self._deaths += 1
        child.end(self._process, 0.0)
        if self._is_abandoned:
            raise NotWrittenError("the journal is closed")
        logger.warning("the process that writes the journal died or was stopped, and is started again")
        try:
            self._process = again(self._start)
        except (RuleRmError, OSError) as error:
            raise NotWrittenError(f"the process that writes the journal can't be started: {error}") from None
        if self._deaths >= DEATHS and self._orders:
            why = f"the process that writes the journal died or was stopped {DEATHS} times"
            self._settle(NotWrittenError(why))
        try:
            for order in self._orders:
                self._tell(order)
        except BrokenPipeError:
            # It died again, which the next look at its answers finds.
            pass

    def _order(self, order: Order) -> None:
        self._orders.append(order)
        try:
            self._tell(order)
        except BrokenPipeError:
            self._restart()

    def _tell(self, order: Order) -> None:
        """Send an order. Raises BrokenPipeError if the process is gone, or reads nothing."""
        if (secrets := redaction.secrets()) != self._secrets:
            # Tokens are read again while the service runs.
            self._secrets = secrets
            self._send(marshal.dumps(frozenset(secrets)))
        self._send(marshal.dumps(tuple(order)))

    def _hear(self, until: float) -> bool:
        """Hear the next answers; return False if there is none by that monotonic time or the next look.

        Raises BrokenPipeError if the process is gone, too slow, or stopped.
        """
        stdout = cast("Any", self._process.stdout)
        if stdout.closed:
            # The last one ended, and no other could be started then.
            raise BrokenPipeError
        now = time.monotonic()
        if not self._poller.poll(1000 * min(max(until - now, 0.0), LOOK)):
            if now - self._looked >= LOOK:
                self._looked = now
                if self._vigil.look() is not None or now - self._heard > PATIENCE:
                    raise BrokenPipeError
            return False
        if not (data := os.read(stdout.fileno(), PIPE)):
            raise BrokenPipeError
        *lines, self._torn = (self._torn + data).split(b"\n")
        for line in lines:
            said = json.loads(line)
            failed = said.get("failed")
            heard = [Heard(*one) for one in said.get("heard", ())]
            self._settle(None if failed is None else NotWrittenError(failed), heard)
        return True

    def _settle(self, failure: NotWrittenError | None, heard: Sequence[Heard] = ()) -> None:
        """Note the end of the oldest order."""
        self._deaths, self._heard = 0, time.monotonic()
        if not self._orders.popleft().is_bound:
            self._backlog.release()
            self._settled.append(Settled(failure, heard))
        elif failure is not None:
            logger.error("no room could be made in the journal: %s", failure)

    def _send(self, data: bytes) -> None:
        stdin = cast("Any", self._process.stdin)
        if stdin.closed:
            # The last one ended, and no other could be started then.
            raise BrokenPipeError
        until = time.monotonic() + PATIENCE
        for part in (len(data).to_bytes(HEAD, "big"), data):
            rest = memoryview(part)
            while rest:
                try:
                    rest = rest[os.write(stdin.fileno(), rest) :]
                except BlockingIOError:
                    self._await_reader(stdin.fileno(), until)

    def _await_reader(self, descriptor: int, until: float) -> None:
        """Wait until the process reads.

        Raises BrokenPipeError if it does not by that monotonic time, or soon if the process is stopped.
        """
        poller = select.poll()
        poller.register(descriptor, select.POLLOUT)
        while not poller.poll(1000 * LOOK):
            if self._vigil.look() is not None or time.monotonic() > until:
                raise BrokenPipeError


def _widen(descriptor: int) -> None:
    """Let a pipe hold more, where this user may have it so."""
    size = getattr(fcntl, "F_SETPIPE_SZ", 1031)
    try:
        fcntl.fcntl(descriptor, size, PIPE)
    except OSError as error:
        logger.debug("the pipe to the process that writes the journal stays small: %s", error)
