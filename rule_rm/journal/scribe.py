"""The process that writes the journal, as the service sees it.

The work for a rollout (rows, sums, alarms, SQLite) costs ten times as much as handing it over. In a process
of its own it takes neither the interpreter lock nor the processor of the requests. It has no part in any
reward. If it dies or is stopped, it is started again, and gets a batch that was not committed once more.
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
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from rule_rm import redaction
from rule_rm.errors import RuleRmError
from rule_rm.journal.store import VERSION, older_version
from rule_rm.journal.writer import Heard
from rule_rm.processes import child
from rule_rm.processes.starting import LOOK, Vigil, again

logger = logging.getLogger(__name__)

HEAD = 8
"""Bytes of the length before each frame."""
PATIENCE = 120.0
"""Seconds that a batch may take: the disk may be slow, and room may have to be made."""
UPDATING = 3600.0
"""Seconds that a file of an older version may take to be brought up to date: up to 10 for a million rows."""
CLOSING = 10.0
"""Seconds that the process may take to end."""
PIPE = 1 << 20
"""Bytes that the pipe holds: with 64 KiB, a batch would take the interpreter lock often."""
BOUND = "bound"
"""The frame that asks for room."""


class NotWrittenError(RuleRmError):
    """A batch could not be written."""


class Scribe:
    """A `Sink` in a process of its own."""

    def __init__(self, path: Path, options: Mapping[str, Any]) -> None:
        """Start the process, with the arguments of `scribe_main.open_writer`.

        Raises ConfigurationError if the file can't be written.
        """
        self.path = path
        self._options = json.dumps({"path": str(path), **options})
        self._secrets: frozenset[str] = frozenset()
        self._last = -1
        self._is_abandoned = False
        self._process = again(self._start)

    def write(self, batch: Sequence[bytes]) -> list[Heard]:
        """Write a batch, all or nothing of it; return the alarms that sounded.

        Raises NotWrittenError if that can't be done.
        """
        content = marshal.dumps([*batch])
        for _ in range(2):
            before = self._last
            try:
                said = self._ask(content)
                return [Heard(*one) for one in said["alarms"]]
            except BrokenPipeError:
                self._restart()
            if self._last != before:
                # It had committed the batch when it died.
                return []
        raise NotWrittenError("the process that writes the journal died or was stopped twice")

    def bound(self) -> None:
        """Remove rollouts that are too old or too many. Raises NotWrittenError if that can't be done."""
        try:
            self._ask(marshal.dumps(BOUND))
        except BrokenPipeError:
            self._restart()

    def close(self) -> None:
        """Let the process finish, and end it."""
        child.end(self._process, CLOSING)

    def abandon(self) -> None:
        """Kill the process, from another thread: it does not write any more, and none takes its place."""
        self._is_abandoned = True
        self._process.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        process = child.start(["-m", "rule_rm.journal.scribe_main"], piped=True, env=child.bare_environment())
        _widen(cast("Any", process.stdin).fileno())
        self._secrets = frozenset()
        try:
            os.write(cast("Any", process.stdin).fileno(), self._options.encode() + b"\n")
        except BrokenPipeError:
            # Its end is heard in the next line.
            pass
        said = child.hear(process, "the process that writes the journal", self._patience())
        self._last = int(said["last"])
        # A process that is stopped does not read: a write that has to wait must end in time, too.
        os.set_blocking(cast("Any", process.stdin).fileno(), False)
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
        child.end(self._process, 0.0)
        if self._is_abandoned:
            raise NotWrittenError("the journal is closed")
        logger.warning("the process that writes the journal died or was stopped, and is started again")
        try:
            self._process = again(self._start)
        except (RuleRmError, OSError) as error:
            raise NotWrittenError(f"the process that writes the journal can't be started: {error}") from None

    def _ask(self, content: bytes) -> dict[str, Any]:
        """Send a frame and return the answer. Raises BrokenPipeError if the process is gone, or too slow."""
        if (secrets := redaction.secrets()) != self._secrets:
            # Tokens are read again while the service runs.
            self._secrets = secrets
            self._send(marshal.dumps(tuple(secrets)))
        self._send(content)
        until = time.monotonic() + PATIENCE
        self._await(cast("Any", self._process.stdout).fileno(), select.POLLIN, until)
        line = child.read_line(self._process, until)
        try:
            said: dict[str, Any] = json.loads(line)
        except ValueError:
            raise BrokenPipeError from None
        if "failed" in said:
            raise NotWrittenError(said["failed"])
        self._last = said["last"]
        return said

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
                    self._await(stdin.fileno(), select.POLLOUT, until)

    def _await(self, descriptor: int, event: int, until: float) -> None:
        """Wait for an event of a pipe to or from the process.

        Raises BrokenPipeError if there is none by that monotonic time, or soon if the process is stopped.
        """
        poller = select.poll()
        poller.register(descriptor, event)
        vigil = Vigil(self._process.pid, may_idle=True)
        while not poller.poll(1000 * LOOK):
            if vigil.look() is not None or time.monotonic() > until:
                raise BrokenPipeError


def _widen(descriptor: int) -> None:
    """Let a pipe hold more, where this user may have it so."""
    size = getattr(fcntl, "F_SETPIPE_SZ", 1031)
    try:
        fcntl.fcntl(descriptor, size, PIPE)
    except OSError as error:
        logger.debug("the pipe to the process that writes the journal stays small: %s", error)
