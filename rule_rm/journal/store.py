"""The database of one server: SQLite with a write-ahead log.

A transaction that was committed survives `kill -9`; one that was not leaves nothing behind. Size and age are
bounded: the oldest rollouts go first, and their sums with age alone.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rule_rm.errors import ConfigurationError
from rule_rm.journal.rows import Row
from rule_rm.journal.sounding import Alarm
from rule_rm.journal.sums import WIDTHS, Sums

logger = logging.getLogger(__name__)

VERSION = 3
"""The version of the tables; a file of another version is not written to."""
PART_BITS = 12
PART = f"(id >> {PART_BITS})"
"""The part of the file that a rollout is in. Questions are numbers without an order. Each part has its own
prompts and its own stretch of the index. So a batch changes the last pages of both. One page for each of its
groups, anywhere, was half of the time in a file of 240,000 rollouts."""
_TEXTS = ("prompt", "ground_truth", "response")
COLUMNS = tuple(name for name in Row._fields if name not in _TEXTS)
TABLES = f"""
CREATE TABLE IF NOT EXISTS rollouts (id INTEGER PRIMARY KEY, {", ".join(COLUMNS)});
CREATE TABLE IF NOT EXISTS responses (id INTEGER PRIMARY KEY, response TEXT);
CREATE TABLE IF NOT EXISTS prompts (
    part INTEGER, question INTEGER, prompt TEXT, ground_truth TEXT,
    PRIMARY KEY (part, question)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sums (
    width INTEGER, start INTEGER, name TEXT, source TEXT, reward_type TEXT, n REAL, total REAL, squares REAL,
    PRIMARY KEY (width, name, start, source, reward_type)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alarms (
    id INTEGER PRIMARY KEY, time REAL, kind TEXT, source TEXT, message TEXT, evidence TEXT);
CREATE TABLE IF NOT EXISTS batches (session TEXT PRIMARY KEY, number INTEGER);
CREATE INDEX IF NOT EXISTS rollouts_group ON rollouts ({PART}, question);
CREATE INDEX IF NOT EXISTS rollouts_status ON rollouts (status) WHERE status != 'ok';
CREATE INDEX IF NOT EXISTS rollouts_step ON rollouts (step) WHERE step IS NOT NULL;
"""
_FROM_BEFORE = f"""
INSERT INTO prompts SELECT part, question, prompt, ground_truth
FROM (SELECT DISTINCT {PART} AS part, question FROM rollouts) JOIN questions ON questions.id = question;
DROP TABLE questions;
DROP INDEX rollouts_question
"""  # noqa: S608 - no names but ours
"""Takes the prompts of a file of version 2 or before, which had each of them once."""
_DROP_PROMPTS = f"""
DELETE FROM prompts WHERE part = ? AND question NOT IN (SELECT question FROM rollouts WHERE {PART} = ?)
"""  # noqa: S608 - no names but ours
_INSERT = f"INSERT INTO rollouts VALUES (?, {', '.join('?' for _ in COLUMNS)})"  # noqa: S608 - no names but ours
_ADD_SUMS = """
INSERT INTO sums VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE
SET n = n + excluded.n, total = total + excluded.total, squares = squares + excluded.squares
"""
PAGE = 16_384
"""Bytes of a page of a new file. Of the usual 4,096, a response of 2,100 characters would take all."""
KNOWN_QUESTIONS = 20_000
SHARE_TO_DROP = 0.1
"""The share of the rollouts that makes room when the file is full."""
FINE_SECONDS = 3 * 86_400
"""Seconds for which the sums of short spans are kept."""


def older_version(path: Path) -> int | None:
    """Return the version of a file that is brought up to date before it is written; None if there is none."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error:
        # Opening it to write makes it, or names the fault.
        return None
    return version if 0 < version < VERSION else None


def inode(path: Path) -> tuple[int, int] | None:
    """Return the device and the inode of a file; None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of a database."""

    size: int = 4 << 30
    """Bytes."""
    age: float = 30 * 86_400.0
    """Seconds."""


class Store:
    """The database that one thread writes to."""

    def __init__(self, path: Path, bounds: Bounds | None = None, *, session: str = "") -> None:
        """Open or create the file. Raises ConfigurationError if it can't be written to.

        `session` names the server, in which batches have numbers.
        """
        self.path = path
        self._bounds = bounds or Bounds()
        self._opened = time.time(), time.monotonic()
        self._session = session
        self._file: tuple[int, int] | None = None
        """Its device and inode; None if it could not be opened again."""
        self._known: set[tuple[int, int]] = set()
        """The latest prompts that are in the file, by part and question."""
        self._open()

    def _open(self) -> None:
        path = self.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Responses are nobody else's business.
            path.touch(mode=0o600)
            self._connection = sqlite3.connect(
                path, check_same_thread=False, isolation_level=None, timeout=30
            )
            self._prepare()
            self._file = inode(path)
        except (OSError, sqlite3.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise ConfigurationError(f"the journal {path} can't be written: {reason}") from None

    def _prepare(self) -> None:
        run = self._connection.execute
        (version,) = run("PRAGMA user_version").fetchone()
        if version not in range(VERSION + 1):
            raise ConfigurationError(
                f"the journal {self.path} has version {version}, this one writes {VERSION}; move it away"
            )
        if version == 0:
            run(f"PRAGMA page_size = {PAGE}")
            run("PRAGMA auto_vacuum = INCREMENTAL")
        run("PRAGMA journal_mode = WAL")
        # A crash of the process loses nothing; a loss of power may lose the latest transactions, whole.
        run("PRAGMA synchronous = NORMAL")
        self._make_tables(version)
        self.done: int
        """The number of the last batch that was written in this session; -1 without one."""
        (self.done,) = run(
            "SELECT coalesce(max(number), -1) FROM batches WHERE session = ?", (self._session,)
        ).fetchone()
        run("DELETE FROM batches WHERE session != ?", (self._session,))
        self._seen = -1
        self.is_changed()

    def follow(self) -> bool:
        """Open the file anew if it was removed or moved away; return True if it was.

        Rows would still go to the file that nobody finds any more. Raises ConfigurationError if that fails.
        """
        if self._file is not None and inode(self.path) == self._file:
            return False
        # Closing it removes the log with its name, which is the next file's as well.
        self._connection.close()
        self._file = None
        self._known.clear()
        self._open()
        return True

    def is_changed(self) -> bool:
        """Return True if another process has written to the file since the last call, and look at its end.

        The writer of a server that was killed may have batches left when the next server begins.
        """
        run = self._connection.execute
        (seen,) = run("PRAGMA data_version").fetchone()
        if seen == self._seen:
            return False
        self._seen = seen
        self._known.clear()
        self.last: int
        """The identity of the last rollout that was written."""
        (self.last,) = run("SELECT coalesce(max(id), 0) FROM rollouts").fetchone()
        (self.last_request,) = run("SELECT coalesce(max(request), 0) FROM rollouts").fetchone()
        return True

    def _make_tables(self, version: int) -> None:
        """Make the tables, or bring those of an older version up to date; all or nothing of it."""
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        if version == 1:
            # The columns that came with version 2.
            for name in ("client", "request_id"):
                run(f"ALTER TABLE rollouts ADD COLUMN {name}")
        for statement in TABLES.split(";"):
            run(statement)
        if version in (1, 2):
            for statement in _FROM_BEFORE.split(";"):
                run(statement)
        run(f"PRAGMA user_version = {VERSION}")
        run("COMMIT")

    def write(self, rows: Sequence[Row], sums: Sums, number: int = -1) -> int:
        """Write rows and sums in one transaction; return the identity of the first row.

        `number` is that of the batch in this session.
        """
        run = self._connection
        run.execute("BEGIN IMMEDIATE")
        try:
            # Nobody else can write from here on.
            self.is_changed()
            first: int = self.last + 1
            prompts = self._new_prompts(rows, first)
            run.executemany(_INSERT, self._values(rows, first))
            run.executemany(
                "INSERT INTO responses VALUES (?, ?)",
                ((first + place, row.response) for place, row in enumerate(rows) if row.response is not None),
            )
            run.executemany("INSERT OR IGNORE INTO prompts VALUES (?, ?, ?, ?)", prompts.values())
            run.executemany(_ADD_SUMS, sums.take())
            run.execute("INSERT OR REPLACE INTO batches VALUES (?, ?)", (self._session, number))
            run.execute("COMMIT")
        except BaseException:
            # A full disk has ended the transaction, and another error about that would hide it.
            if run.in_transaction:
                run.execute("ROLLBACK")
            raise
        if len(self._known) > KNOWN_QUESTIONS:
            self._known.clear()
        self._known |= prompts.keys()
        self.last += len(rows)
        return first

    @staticmethod
    def _values(rows: Sequence[Row], first: int) -> Iterable[tuple[object, ...]]:
        for place, row in enumerate(rows):
            yield (first + place, *row[: len(COLUMNS)])

    def _new_prompts(self, rows: Sequence[Row], first: int) -> dict[tuple[int, int], tuple[object, ...]]:
        """Return the rows of prompts that may not be in the file, by part and question."""
        known = self._known
        found: dict[tuple[int, int], tuple[object, ...]] = {}
        part, before = -1, None
        for identity, row in enumerate(rows, first):
            question = row.question
            if question == before and identity >> PART_BITS == part:
                # The members of a group follow each other.
                continue
            part, before = identity >> PART_BITS, question
            key = (part, question)
            if key not in known and key not in found and row.prompt is not None:
                found[key] = (*key, row.prompt, row.ground_truth)
        return found

    def add_alarm(self, time: float, alarm: Alarm, message: str) -> None:
        """Write an alarm."""
        self._connection.execute(
            "INSERT INTO alarms (time, kind, source, message, evidence) VALUES (?, ?, ?, ?, ?)",
            (time, alarm.kind, alarm.subject, message, json.dumps(alarm.evidence)),
        )

    def size(self) -> int:
        """Return the bytes that are in use."""
        run = self._connection.execute
        pages, free, page = (
            run(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * page)

    def bound(self) -> int:
        """Remove rollouts that are too old or too many; return how many were removed."""
        run = self._connection.execute
        opened, begun = self._opened
        # A clock that is set forward for a moment makes no rollout old.
        now = min(time.time(), opened + time.monotonic() - begun)
        oldest = now - self._bounds.age
        # Identities grow with time, so the first that is young enough is found at once.
        found = run("SELECT id FROM rollouts WHERE time >= ? ORDER BY id LIMIT 1", (oldest,)).fetchone()
        keep_from = found[0] if found is not None else self.last + 1
        if self.size() > self._bounds.size:
            first, last = run("SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM rollouts").fetchone()
            keep_from = max(keep_from, int(first + (last - first) * SHARE_TO_DROP) + 1)
        run(
            "DELETE FROM sums WHERE start < ? OR (width = ? AND start < ?)",
            (oldest, WIDTHS[0], now - FINE_SECONDS),
        )
        removed = int(run("DELETE FROM rollouts WHERE id < ?", (keep_from,)).rowcount)
        if removed:
            run("DELETE FROM responses WHERE id < ?", (keep_from,))
            part = keep_from >> PART_BITS
            run("DELETE FROM prompts WHERE part < ?", (part,))
            run(_DROP_PROMPTS, (part, part))
            self._known.clear()
            # Each step of this statement frees one page.
            run("PRAGMA incremental_vacuum").fetchall()
        return removed

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
