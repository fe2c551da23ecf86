"""The thread that writes the journal, in batches, off the way of the requests.

Requests wait for it in a bounded queue. Rollouts that find no room, or can't be
written, are counted and lost: a full disk costs records, never a reward. The thread survives every error.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from rule_rm.journal.parcels import Scored, pack
from rule_rm.journal.scribe import NotWrittenError
from rule_rm.journal.writer import Heard, Sink
from rule_rm.processes.ending import ending
from rule_rm.processes.failures import Failures

logger = logging.getLogger(__name__)

PAUSE = 0.5
"""Seconds between two batches: rollouts are on the disk, and on the page, within about this time."""
BATCH = 2_000
"""Rollouts of one transaction."""
BATCH_BYTES = 16 << 20
"""Bytes after which a transaction takes no further request."""
QUEUED = 50_000
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
        if self._thread.is_alive():
            logger.error("the journal could not be written in time; %d rollouts are lost", self._waiting)
            self._sink.abandon()
        else:
            self._sink.close()

    def _run(self) -> None:
        is_last = False
        while not is_last:
            is_last = self._is_closing.wait(PAUSE)
            while batch := self._take():
                self._write(batch)
            if time.monotonic() - self._bounded > BOUNDING_PAUSE:
                self._bounded = time.monotonic()
                self._guarded(self._sink.bound)

    def _take(self) -> list[tuple[int, bytes]]:
        batch: list[tuple[int, bytes]] = []
        size = used = 0
        while self._queue and size < BATCH and used < BATCH_BYTES:
            batch.append(self._queue.popleft())
            size += batch[-1][0]
            used += len(batch[-1][1])
        return batch

    def _write(self, batch: Sequence[tuple[int, bytes]]) -> None:
        size = sum(rollouts for rollouts, _ in batch)
        heard: list[Heard] = []
        is_written = self._guarded(lambda: heard.extend(self._sink.write([packed for _, packed in batch])))
        with self._lock:
            self._waiting -= size
            self._waiting_bytes -= sum(len(packed) for _, packed in batch)
            if is_written:
                self._written += size
            else:
                self._lost += size
        for alarm in heard:
            self._guarded(partial(self._on_alarm, alarm))

    def _guarded(self, work: Callable[[], object]) -> bool:
        """Do some work; True if it was done. The thread must outlive every error."""
        try:
            work()
        except Exception as error:  # the journal is gone if this thread is
            is_plain = isinstance(error, NotWrittenError)
            self._failure = str(error) if is_plain else f"{type(error).__name__}: {error}"
            if self._failures.is_worth_telling():
                # A database's error has no traceback worth reading.
                with_traceback = not isinstance(error, (sqlite3.Error, OSError, NotWrittenError))
                logger.error("the journal could not be written: %s", self._failure, exc_info=with_traceback)
            return False
        self._failure = None
        return True
