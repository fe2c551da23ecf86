"""The cache of replies: a SQLite file that threads and processes share, or the same in memory.

A call never waits for a slow disk or a file that another process has locked. Reads need no lock in a file
with a write-ahead log. Writes go to a thread of its own, many replies in one transaction. A file that can't
be used is an error at start. If the file breaks later, only the cache is lost, not the calls.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.judge.client.question import Reply, dump_reply, load_reply
from rule_rm.processes.failures import Failures

logger = logging.getLogger(__name__)

APPLICATION_ID = 0x52524D4A
"""Marks a file as one of ours."""
VERSION = 1
READ_PATIENCE = 0.05
"""Seconds that a call may wait for a file that is locked."""
WRITE_PATIENCE = 10.0
MAX_PENDING = 16384
"""Replies that may wait to be written."""
BATCH = 512
EVICTED = 8
"""Parts into which the file is divided by age; when it is full, the oldest part is deleted."""


class ReplyCache:
    """A cache for any thread. Raises ConfigurationError if its file can't be used."""

    def __init__(self, path: str, megabytes: float) -> None:
        """`path` "" is memory. Beyond `megabytes` the oldest replies go."""
        self._path = path
        self._bytes = megabytes * 1e6
        try:
            self._writer = _open(path, WRITE_PATIENCE)
            self._reader = _open(path, READ_PATIENCE) if path else self._writer
        except sqlite3.Error as error:
            raise ConfigurationError(
                f"{path}: can't be the judge's cache: {error}; name another file"
            ) from None
        self._writing = threading.Lock()
        self._reading = threading.Lock() if path else self._writing
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._pending: dict[bytes, Reply] = {}
        self._failures = Failures()
        self._thread = threading.Thread(target=self._write_all, name="judge-cache", daemon=True)
        self._thread.start()

    def get(self, key: bytes) -> Reply | None:
        """Return the reply that was kept for this key."""
        reply = self._pending.get(key)
        if reply is not None:
            return reply
        try:
            with self._reading:
                row = self._reader.execute("SELECT reply FROM replies WHERE key = ?", (key,)).fetchone()
            return load_reply(row[0]) if row else None
        except (sqlite3.Error, ValueError, TypeError, LookupError) as error:
            self._tell("read", error)
            return None

    def put(self, key: bytes, reply: Reply) -> None:
        """Keep a reply; at once for this process, and soon in the file."""
        if len(self._pending) < MAX_PENDING:
            self._pending[key] = replace(reply, is_cached=True)
            self._queue.put(key)

    def state(self) -> dict[str, Any]:
        """Return how many replies wait to be written, and how often the file failed."""
        return {"file": self._path, "pending": len(self._pending), "failures": self._failures.count}

    def close(self) -> None:
        """Write the pending replies, and close the file."""
        self._queue.put(None)
        self._thread.join(WRITE_PATIENCE)
        for connection in (self._reader, self._writer):
            connection.close()

    def _write_all(self) -> None:
        is_open = True
        while is_open:
            keys = [self._queue.get()]
            try:
                while len(keys) < BATCH:
                    keys.append(self._queue.get_nowait())
            except Empty:
                pass
            is_open = None not in keys
            self._write([key for key in keys if key is not None])

    def _write(self, keys: list[bytes]) -> None:
        try:
            # A key that was put twice may have been written already.
            rows = [(key, dump_reply(self._pending[key])) for key in keys if key in self._pending]
            with self._writing, self._writer:
                self._writer.execute("BEGIN IMMEDIATE")
                self._writer.executemany("INSERT OR REPLACE INTO replies (key, reply) VALUES (?, ?)", rows)
                self._evict()
        except sqlite3.Error as error:
            self._tell("written", error)
        for key in keys:
            self._pending.pop(key, None)

    def _evict(self) -> None:
        """Delete the oldest replies: their pages are filled again before the file grows."""
        (pages,), (free,), (size,) = (
            self._writer.execute(f"PRAGMA {name}").fetchone()
            for name in ("page_count", "freelist_count", "page_size")
        )
        if (pages - free) * size > self._bytes:
            self._writer.execute(
                "DELETE FROM replies WHERE rowid IN "
                "(SELECT rowid FROM replies ORDER BY rowid LIMIT 1 + (SELECT count(*) FROM replies) / ?)",
                (EVICTED,),
            )

    def _tell(self, done: str, error: Exception) -> None:
        if self._failures.is_worth_telling():
            logger.warning(
                "the judge's cache can't be %s (failure %d): %s", done, self._failures.count, error
            )


def _open(path: str, patience: float) -> sqlite3.Connection:
    """Open a connection to a file, after a check that it is sound, ours and writable."""
    if path and not Path(path).parent.is_dir():
        raise sqlite3.OperationalError("its directory does not exist")
    connection = sqlite3.connect(
        path or ":memory:", timeout=WRITE_PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            _make(connection)
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"it is corrupt: {verdict}")
        connection.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
    except BaseException:
        connection.close()
        raise
    return connection


def _make(connection: sqlite3.Connection) -> None:
    """Make the table in a new file, or see that it is there."""
    (mark,), (version,), (tables,) = (
        connection.execute(query).fetchone()
        for query in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
    )
    if (mark, version) != (APPLICATION_ID, VERSION):
        if tables:
            raise sqlite3.DatabaseError("it is a SQLite file of something else")
        connection.execute("CREATE TABLE replies (key BLOB NOT NULL UNIQUE, reply TEXT NOT NULL)")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    # Written each time: a file that is read-only would show it no sooner.
    connection.execute(f"PRAGMA user_version = {VERSION}")
