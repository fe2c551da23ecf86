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
from typing import Any

from rule_rm.journal.rows import Row, Scored, rows
from rule_rm.journal.store import Store
from rule_rm.journal.sums import Sums
from rule_rm.processes.failures import Failures

logger = logging.getLogger(__name__)

PAUSE = 0.5
"""Seconds between two batches: rollouts are on the disk, and on the page, within about this time."""
BATCH = 2_000
"""Rollouts of one transaction."""
QUEUED = 50_000
"""Rollouts that may wait to be written."""
BOUNDING_PAUSE = 20.0
"""Seconds between two looks at the size of the file."""
CLOSING = 10.0
"""Seconds that the last batches may take."""
_WHOLE = 1 << 63

Watch = Callable[[Sequence[Row], int], object]
"""Takes rows that have been written, and the identity of the first."""


class Keeper:
    """Writes scored requests to a store, from a thread of its own."""

    def __init__(self, store: Store, *, sample: float = 1.0, with_texts: bool = True) -> None:
        """Keep a `sample` of the questions, 0 to 1, each with its whole group, and all unscored rollouts."""
        self._store = store
        self._with_texts = with_texts
        self._below = int(sample * _WHOLE)
        self._request = store.last_request
        self._queue: deque[Scored] = deque()
        self._waiting = 0
        self._lost = self._written = 0
        self._sums = Sums()
        self._lock = threading.Lock()
        self._is_closing = threading.Event()
        self._failures = Failures()
        self._failure: str | None = None
        self._bounded = time.monotonic()
        self.watch: Watch | None = None
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def add(self, scored: Scored) -> None:
        """Queue a request for writing; count it as lost if too many wait."""
        size = len(scored.scores)
        with self._lock:
            if self._waiting + size > QUEUED and self._waiting:
                self._lost += size
                return
            self._waiting += size
            self._queue.append(scored)

    def state(self) -> dict[str, Any]:
        """Return the entry for `/health`."""
        with self._lock:
            return {
                "file": str(self._store.path),
                "written": self._written,
                "waiting": self._waiting,
                "lost": self._lost,
                "failure": self._failure,
            }

    def close(self) -> None:
        """Write the waiting records, and close the file."""
        self._is_closing.set()
        self._thread.join(CLOSING)
        if not self._thread.is_alive():
            self._store.close()

    def _run(self) -> None:
        is_last = False
        while not is_last:
            is_last = self._is_closing.wait(PAUSE)
            while batch := self._take():
                self._write(batch)
            if time.monotonic() - self._bounded > BOUNDING_PAUSE:
                self._bounded = time.monotonic()
                self._guarded(self._store.bound)

    def _take(self) -> list[Scored]:
        batch: list[Scored] = []
        size = 0
        while self._queue and size < BATCH:
            batch.append(self._queue.popleft())
            size += len(batch[-1].scores)
        return batch

    def _write(self, batch: Sequence[Scored]) -> None:
        size = sum(len(scored.scores) for scored in batch)
        is_written = self._guarded(lambda: self._write_rows(batch))
        with self._lock:
            self._waiting -= size
            if is_written:
                self._written += size
            else:
                self._lost += size

    def _write_rows(self, batch: Sequence[Scored]) -> None:
        kept: list[Row] = []
        for scored in batch:
            self._request += 1
            every = rows(scored, self._request, with_texts=self._with_texts)
            self._sums.add_request(every, scored.scores)
            kept += (row for row in every if row.question < self._below or row.reward is None)
        first = self._store.write(kept, self._sums)
        if (watch := self.watch) is not None:
            # Rollouts that were written are not lost if an alarm fails.
            self._guarded(lambda: watch(kept, first))

    def _guarded(self, work: Callable[[], object]) -> bool:
        """Do some work; True if it was done. The thread must outlive every error."""
        try:
            work()
        except Exception as error:  # the journal is gone if this thread is
            self._failure = f"{type(error).__name__}: {error}"
            if self._failures.is_worth_telling():
                # A database's error has no traceback worth reading.
                with_traceback = not isinstance(error, (sqlite3.Error, OSError))
                logger.error("the journal could not be written: %s", self._failure, exc_info=with_traceback)
            return False
        self._failure = None
        return True
