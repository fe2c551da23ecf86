"""Read the journals of several servers together: rollouts, the newest first, and sums over time.

Searches have a budget of time. One that runs out of it returns the newest rollouts that it found, and the
moment from which another one can go on. A file that can't be read is left out, and named by `faults`.
"""

from __future__ import annotations

import json
import math
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from rule_rm.journal.bins import Bins
from rule_rm.journal.merging import Part, merged
from rule_rm.journal.records import Faults, Place, as_dict, moment, numbers
from rule_rm.journal.search import SPAN, SPAN_OF_TEXTS, Search
from rule_rm.journal.store import COLUMNS, PART, PART_BITS
from rule_rm.journal.sums import WIDTHS

T = TypeVar("T")

ENDING = ".journal"
"""The ending of the files that servers write: `HOST-6000.journal`."""
BUDGET = 1.0
"""Seconds that a search may take in all files together."""
_SELECT = """
SELECT id, {columns}, substr((SELECT prompt FROM {prompts} q WHERE {prompt_of}), 1, 300)
FROM rollouts r
"""
_WHOLE = """
SELECT r.id, {columns}, q.prompt, q.ground_truth, t.response
FROM rollouts r LEFT JOIN {prompts} q ON {prompt_of} LEFT JOIN responses t ON t.id = r.id
"""
_TEXT = """
(instr(lower(coalesce((SELECT response FROM responses t WHERE t.id = r.id), '')), :text) > 0
 OR instr(lower(coalesce((SELECT prompt FROM {prompts} q WHERE {prompt_of}), '')), :text) > 0
 OR :text IN (lower({request_id}), lower({request_id}) || ':' || member)
 OR instr(lower(coalesce(answer, '')), :text) > 0 OR instr(lower(coalesce(explanation, '')), :text) > 0)
"""
_PART = f"(r.id >> {PART_BITS})"
_PARTED = {
    "prompts": "prompts",
    "prompt_of": f"q.part = {_PART} AND q.question = r.question",
    "parts": f"{_PART} IN (WITH RECURSIVE parts(part) AS (SELECT min{PART} FROM rollouts UNION ALL "  # noqa: S608 - no text of a client
    f"SELECT part + 1 FROM parts WHERE part < (SELECT max{PART} FROM rollouts)) SELECT part FROM parts)",
}
"""The parts of a query that differ between versions of a file. The index has a stretch for each part."""
_WHOLE_FILE = {"prompts": "questions", "prompt_of": "q.id = r.question", "parts": "1"}
"""The same for a file of version 2 or before."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rollouts to list. None, or empty: any."""

    reward_type: str | None = None
    source: str | None = None
    status: str | None = None
    """A status, or `unscored` for all that have no reward."""
    least: float | None = None
    most: float | None = None
    step: int | None = None
    text: str = ""
    """Found in prompt, response, answer or explanation, in lower or upper case. Ids of the log are found too:
    `7f3a` of a request, `7f3a:0` of a rollout."""
    before: Mapping[str, int] | None = None
    """How far another search came, as it says in `Found.further`."""

    def condition(self) -> tuple[str, dict[str, Any]]:
        """Return the condition in SQL, and its parameters."""
        parts, values = ["1"], {}
        for name, column, sign in (
            ("reward_type", "reward_type", "="),
            ("source", "source", "="),
            ("least", "reward", ">="),
            ("most", "reward", "<="),
            ("step", "step", "="),
        ):
            if (value := getattr(self, name)) is not None:
                parts.append(f"{column} {sign} :{name}")
                values[name] = value
        if self.status == "unscored":
            # The index has every status but `ok`, and is used where the condition says so.
            parts.append("reward IS NULL AND status != 'ok'")
        elif self.status:
            parts.append("status = :status" + (" AND status != 'ok'" if self.status != "ok" else ""))
            values["status"] = self.status
        if self.text:
            parts.append(_TEXT)
            values["text"] = self.text.lower()
        return " AND ".join(parts), values


@dataclass(slots=True)
class Found:
    """The rollouts that a search found."""

    rollouts: list[dict[str, Any]]
    further: dict[str, int] = field(default_factory=dict)
    """The identity below which to go on, by the names of files. A file without one was searched."""
    reached: float | None = None
    """The time that the search came back to, if its budget was spent."""


class Reader:
    """The journals in a directory, or one file. Each call sees everything committed by then."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._faults = Faults()

    def faults(self) -> list[str]:
        """Return which files could not be read, and why: one sentence each."""
        return self._faults.of([*self.files().values()])

    def files(self) -> dict[str, Path]:
        """Return the files, by the names under which their rollouts are found."""
        found = [self.path] if self.path.is_file() else sorted(self.path.glob(f"*{ENDING}"))
        return {file.name.removesuffix(ENDING): file for file in found}

    def rollouts(self, wanted: Filter, most: int, budget: float = BUDGET) -> Found:
        """Return the newest rollouts that pass the filter, with the beginning of their prompts."""
        condition, values = wanted.condition()
        query = f"{_SELECT} WHERE {condition} AND {{span}} ORDER BY r.id DESC LIMIT :enough"
        until = time.monotonic() + budget
        span = SPAN_OF_TEXTS if wanted.text else SPAN
        names = self.files()
        before = {name: at for name, at in (wanted.before or {}).items() if name in names}
        left = len(before or names)
        parts: dict[str, Part] = {}

        def search(name: str, connection: sqlite3.Connection) -> None:
            nonlocal left
            if before and name not in before:
                return
            now, share, left = time.monotonic(), max(left, 1), left - 1
            search = Search(connection, _on(connection, query), values, most)
            # Each file has its part of the time that is left.
            stopped = search.run(before.get(name), span, now + (until - now) / share)
            rows = [as_dict(name, row) for row in search.rows]
            at = search.next_time(stopped) if stopped is not None else None
            parts[name] = Part(rows, stopped, None if at is None else moment(at))

        self._from_each("rollouts", search)
        rollouts = merged(parts.values(), most)
        further = {name: at for name, part in parts.items() if (at := part.further(most)) is not None}
        ends = [part.time for part in parts.values() if part.time is not None]
        return Found(rollouts, further, max(ends) if ends and len(rollouts) < most else None)

    def rollout(self, place: Place) -> dict[str, Any] | None:
        """Return one rollout with its texts; None if there is none."""
        found = self._whole(place.file, "WHERE r.id = ?", (place.id,))
        return found[0] if found else None

    def group(self, rollout: Mapping[str, Any], most: int = 64) -> list[dict[str, Any]]:
        """Return the rollouts of a group, with their texts: same prompt in the same step, or request.

        Without a step, those of other requests within ten minutes count as well.
        """
        file = rollout["place"].file
        value: tuple[Any, ...]
        if rollout["step"] is not None:
            # A step has thousands of rollouts, a question few: the plus keeps the index of steps out.
            condition, value = "+r.step = ?", (rollout["step"],)
        else:
            condition, value = "r.time BETWEEN ? AND ?", (rollout["time"] - 600, rollout["time"] + 600)
        condition = f"r.question = ? AND {{parts}} AND r.reward_type = ? AND {condition}"
        query = f"WHERE {condition} ORDER BY r.id LIMIT {int(most)}"
        return self._whole(file, query, (rollout["question"], rollout["reward_type"], *value))

    def every(self, since: float = -math.inf, until: float = math.inf) -> Iterator[dict[str, Any]]:
        """Yield every rollout with its texts, file by file, the oldest first.

        Only those from the time `since` on and before `until`, in seconds since the epoch.
        """
        query = f"{_WHOLE} WHERE r.time >= ? AND r.time < ? ORDER BY r.id"
        for name, path in self.files().items():
            with self._faults.noted(path, "every"), opened(path) as connection:
                for row in connection.execute(_on(connection, query), (since, until)):
                    yield as_dict(name, row)

    def sums(
        self, name: str, bins: Bins, *, prefix: bool = False
    ) -> dict[tuple[str, str, str, int], tuple[float, float, float]]:
        """Return (number, total, total of squares) by (name, data source, reward type, place of the bin).

        A `prefix` finds all names that begin with it.
        """
        names = ("name >= ? AND name < ?", (name, name + "\uffff")) if prefix else ("name = ?", (name,))
        query = (
            f"SELECT name, source, reward_type, cast((start - ?) / ? AS INTEGER) AS bin, sum(n), sum(total), "  # noqa: S608 - no text of a client
            f"sum(squares) FROM sums WHERE width = ? AND {names[0]} AND start >= ? AND start < ? "
            "GROUP BY 1, 2, 3, 4"
        )
        values = (bins.since, bins.seconds, bins.width, *names[1], bins.since, bins.until)
        found: dict[tuple[str, str, str, int], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        for rows in self._from_each(
            f"sums {name}",
            lambda _, connection: [
                (_key(row), numbers(row[4:])) for row in connection.execute(query, values)
            ],
        ):
            for key, three in rows:
                found[key] = [before + more for before, more in zip(found[key], three, strict=True)]
        return {key: (three[0], three[1], three[2]) for key, three in found.items()}

    def span(self) -> tuple[float, float] | None:
        """Return the first and the last time at which something was scored; None if nothing was."""
        found: list[float] = []
        query = "SELECT min(start), max(start) + width FROM sums WHERE width = ? AND name = 'request'"

        def look(_: str, connection: sqlite3.Connection) -> None:
            fine, coarse = (connection.execute(query, (width,)).fetchone() for width in WIDTHS)
            if coarse[0] is not None:
                # Short spans are kept for the latest days alone, and are exact where they are.
                is_recent = fine[0] is not None and fine[0] < coarse[0] + WIDTHS[1]
                ends = fine[0] if is_recent else coarse[0], coarse[1] if fine[1] is None else fine[1]
                found.extend([moment(end) for end in ends])

        self._from_each("span", look)
        return (min(found), max(found)) if found else None

    def alarms(self, most: int = 50) -> list[dict[str, Any]]:
        """Return the latest alarms, the newest first."""
        names = ("time", "kind", "source", "message", "evidence")
        query = f"SELECT {', '.join(names)} FROM alarms ORDER BY id DESC LIMIT {int(most)}"  # noqa: S608 - no text of a client

        def read(file: str, connection: sqlite3.Connection) -> list[dict[str, Any]]:
            alarms = []
            for row in connection.execute(query):
                alarm = dict(zip(names, row, strict=True))
                alarm["time"] = moment(alarm["time"])
                alarm["evidence"] = [Place(file, int(number)) for number in json.loads(alarm["evidence"])]
                alarms.append(alarm)
            return alarms

        found = [alarm for alarms in self._from_each("alarms", read) for alarm in alarms]
        return sorted(found, key=lambda alarm: float(alarm["time"]), reverse=True)[:most]

    def _whole(self, file: str, condition: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        def read(name: str, connection: sqlite3.Connection) -> list[dict[str, Any]]:
            query = _on(connection, f"{_WHOLE} {condition}")
            return [as_dict(name, row) for row in connection.execute(query, values)]

        return [rollout for found in self._from_each("one", read, only=file) for rollout in found]

    def _from_each(
        self, what: str, read: Callable[[str, sqlite3.Connection], T], only: str | None = None
    ) -> list[T]:
        """Return what a function reads from each file, or from one alone; files with a fault are left out."""
        found = []
        for name, path in self.files().items():
            if only is None or name == only:
                with self._faults.noted(path, what), opened(path) as connection:
                    found.append(read(name, connection))
        return found


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a journal for reading."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
    with closing(connection):
        yield connection


def _key(row: Sequence[Any]) -> tuple[str, str, str, int]:
    name, source, reward_type, place = row[:4]
    if not all(isinstance(one, str) for one in row[:3]):
        raise ValueError(f"a sum is named {row[:3]!r:.80}")
    return name, source, reward_type, int(place)


def _on(connection: sqlite3.Connection, query: str) -> str:
    """Return the query for the columns and tables of this file; a file of an older version lacks some."""
    there = {name for _, name, *_ in connection.execute("PRAGMA table_info(rollouts)")}
    columns = {name: f"r.{name}" if name in there else "NULL" for name in COLUMNS}
    has_parts = any(connection.execute("PRAGMA table_info(prompts)"))
    for name, text in {
        **(_PARTED if has_parts else _WHOLE_FILE),
        "columns": ", ".join(columns.values()),
        "request_id": columns["request_id"],
    }.items():
        query = query.replace(f"{{{name}}}", text)
    return query
