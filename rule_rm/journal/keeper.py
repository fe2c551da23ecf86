"""The thread that writes the journal, in batches, off the way of the requests.

Requests wait for it in a bounded queue. Rollouts that find no room, or can't be written, are counted and
lost: a full disk costs records, never a reward. The thread survives every error.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from rule_rm.journal.parcels import Scored, pack
from rule_rm.journal.scribe import NotWrittenError
from rule_rm.journal.writer import Heard, Sink
from rule_rm.processes.ending import ending
from rule_rm.processes.failures import Failures

logger = logging.getLogger(__name__)

PAUSE = 0.5
"""Seconds between two batches: rollouts are on the disk, and on the page, within about this time where a
processor is idle."""
BATCH = 250
"""Rollouts of a batch. The writing process takes several together if a processor is idle or they are late."""
BATCH_BYTES = 2 << 20
"""Bytes after which a batch takes no further request."""
QUEUED = 200_000
"""Rollouts that may wait to be written."""
QUEUED_BYTES = 256 << 20
"""Bytes that they may have: a disk that does not answer must not cost the memory of the service."""
BOUNDING_PAUSE = 20.0
"""Seconds between two looks at the size of the file."""
CLOSING = 10.0
"""Seconds that the last batches may take."""


class Keeper:
    """Writes scored requests, from a thread of its own."""

    def __init__(self, sink: Sink, on_alarm: Callable[[Heard], object]) -> None:
        """Write to a sink; `on_alarm` gets each alarm that sounds."""
        self._sink = sink
        self._on_alarm = on_alarm
        self._queue: deque[tuple[int, bytes]] = deque()
        self._taken: deque[tuple[int, int]] = deque()
        """Rollouts and bytes of each batch that the sink has taken, oldest first."""
        self._waiting = self._waiting_bytes = 0
        self._lost = self._written = 0
        self._lock = threading.Lock()
        self._is_closing = threading.Event()
        self._failures = Failures()
        self._failure: str | None = None
        self._bounded = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def add(self, scored: Scored) -> None:
        """Queue a request for writing; count it as lost if too many wait."""
        size = len(scored.scores)
        if (self._waiting + size > QUEUED or self._waiting_bytes > QUEUED_BYTES) and self._waiting:
            with self._lock:
                self._lost += size
            return
        packed = pack(scored)
        with self._lock:
            self._waiting += size
            self._waiting_bytes += len(packed)
            self._queue.append((size, packed))

    def state(self) -> dict[str, Any]:
        """Return the entry for `/health`."""
        with self._lock:
            return {
                "file": str(self._sink.path),
                "written": self._written,
                "waiting": self._waiting,
                "lost": self._lost,
                "failure": self._failure,
            }

    def close(self) -> None:
        """Write the waiting records, and close the file."""
        self._is_closing.set()
        self._thread.join(ending.left(CLOSING))
        if self._waiting:
            logger.error("the journal could not be written in time; %d rollouts are lost", self._waiting)
        if self._thread.is_alive():
            self._sink.abandon()

    def _run(self) -> None:
        while not self._is_closing.wait(PAUSE):
            self._guarded(self._submit)
            self._guarded(self._settle)
            if time.monotonic() - self._bounded > BOUNDING_PAUSE:
                self._bounded = time.monotonic()
                self._guarded(self._sink.bound)
        self._finish()
        self._sink.close()

    def _finish(self) -> None:
        """Write the waiting records, if that can be done in time; count the rest as lost."""
        until = time.monotonic() + CLOSING
        while self._waiting and time.monotonic() < until:
            self._guarded(self._submit)
            self._guarded(partial(self._settle, PAUSE))
        with self._lock:
            self._lost += self._waiting

    def _submit(self) -> None:
        """Hand over the requests that came, as far as there is room."""
        while batch := self._take():
            rollouts, used = sum(size for size, _ in batch), sum(len(packed) for _, packed in batch)
            self._taken.append((rollouts, used))
            if not self._sink.submit([packed for _, packed in batch], rollouts):
                self._taken.pop()
                self._queue.extendleft(reversed(batch))
                return

    def _settle(self, patience: float = 0.0) -> None:
        """Count the batches whose end is known."""
        for failure, heard in self._sink.settled(patience):
            rollouts, used = self._taken.popleft()
            with self._lock:
                self._waiting -= rollouts
                self._waiting_bytes -= used
                if failure is None:
                    self._written += rollouts
                else:
                    self._lost += rollouts
            for alarm in heard:
                self._guarded(partial(self._on_alarm, alarm))
            self._note(failure)

    def _take(self) -> list[tuple[int, bytes]]:
        batch: list[tuple[int, bytes]] = []
        size = used = 0
        while self._queue and size < BATCH and used < BATCH_BYTES:
            batch.append(self._queue.popleft())
            size += batch[-1][0]
            used += len(batch[-1][1])
        return batch

    def _guarded(self, work: Callable[[], object]) -> None:
        """Do some work. The thread must outlive every error: the journal is gone if this thread is."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - it is logged
            self._note(error)

    def _note(self, error: Exception | None) -> None:
        """Note and log the latest error; None if the latest batch was written."""
        if error is None:
            self._failure = None
            return
        self._failure = (
            str(error) if isinstance(error, NotWrittenError) else f"{type(error).__name__}: {error}"
        )
        if self._failures.is_worth_telling():
            # A database's error has no traceback worth reading.
            with_traceback = not isinstance(error, (sqlite3.Error, OSError, NotWrittenError))
            logger.error(
                "the journal could not be written: %s",
                self._failure,
                exc_info=error if with_traceback else None,
            )
