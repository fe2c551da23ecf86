"""Read the journals of several servers together: rollouts, the newest first, and sums over time.

Searches have a budget of time. One that runs out of it returns the newest rollouts that it found, and the
moment from which another one can go on.
"""

from __future__ import annotations

import json
import math
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from rule_rm.errors import ConfigurationError
from rule_rm.journal.bins import Bins
from rule_rm.journal.search import SPAN, SPAN_OF_TEXTS, Moment, Search
from rule_rm.journal.store import COLUMNS, PART, PART_BITS
from rule_rm.journal.sums import WIDTHS

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


class Place(NamedTuple):
    """The place of a rollout: the name of the file, and its identity there."""

    file: str
    id: int

    def __str__(self) -> str:
        return f"{self.file}:{self.id}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """Return the place that a text names; None if it names none."""
        file, _, number = text.rpartition(":")
        return cls(file, int(number)) if number.isdecimal() and len(number) < 19 and file else None


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
    before: tuple[float, int] | None = None
    """Time and identity of the last rollout that was listed before; those older than it are found."""

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
        if self.before is not None:
            parts.append("(time, id) < (:time, :id)")
            values |= {"time": self.before[0], "id": self.before[1]}
        if self.text:
            parts.append(_TEXT)
            values["text"] = self.text.lower()
        return " AND ".join(parts), values


@dataclass(slots=True)
class Found:
    """The rollouts that a search found."""

    rollouts: list[dict[str, Any]]
    reached: Moment | None = None
    """The moment to go on before, if the budget was spent; None if everything was searched."""


class Reader:
    """The journals in a directory, or one file. Each call sees everything committed by then."""

    def __init__(self, path: Path) -> None:
        self.path = path

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
        rollouts: list[dict[str, Any]] = []
        reached: list[Moment] = []
        left = len(self.files())
        for name, connection in self._connections():
            now = time.monotonic()
            search = Search(connection, _on(connection, query), values, most)
            # Each file has its part of the time that is left.
            stopped = search.run(wanted.before, span, now + (until - now) / max(left, 1))
            left -= 1
            rollouts += (_as_dict(name, row) for row in search.rows)
            reached += [stopped] if stopped is not None else []
        # Older rollouts than the end of a search come after the rest of that file.
        back_to = max(reached, default=None)
        rollouts = [one for one in rollouts if back_to is None or _moment(one) >= back_to]
        rollouts.sort(key=_moment, reverse=True)
        return Found(rollouts[:most], back_to)

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
        for name, connection in self._connections():
            for row in connection.execute(_on(connection, query), (since, until)):
                yield _as_dict(name, row)

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
        for _, connection in self._connections():
            for *key, n, total, squares in connection.execute(query, values):
                numbers = found[(key[0], key[1], key[2], key[3])]
                for place, value in enumerate((n, total, squares)):
                    numbers[place] += value
        return {key: (numbers[0], numbers[1], numbers[2]) for key, numbers in found.items()}

    def span(self) -> tuple[float, float] | None:
        """Return the first and the last time at which something was scored; None if nothing was."""
        found: list[float] = []
        query = "SELECT min(start), max(start) + width FROM sums WHERE width = ? AND name = 'request'"
        for _, connection in self._connections():
            fine, coarse = (connection.execute(query, (width,)).fetchone() for width in WIDTHS)
            if coarse[0] is not None:
                # Short spans are kept for the latest days alone, and are exact where they are.
                is_recent = fine[0] is not None and fine[0] < coarse[0] + WIDTHS[1]
                found += (fine[0] if is_recent else coarse[0], coarse[1] if fine[1] is None else fine[1])
        return (min(found), max(found)) if found else None

    def alarms(self, most: int = 50) -> list[dict[str, Any]]:
        """Return the latest alarms, the newest first."""
        found = []
        names = ("time", "kind", "source", "message", "evidence")
        query = f"SELECT {', '.join(names)} FROM alarms ORDER BY id DESC LIMIT {int(most)}"  # noqa: S608 - no text of a client
        for file, connection in self._connections():
            for row in connection.execute(query):
                alarm = dict(zip(names, row, strict=True))
                alarm["evidence"] = [Place(file, number) for number in json.loads(alarm["evidence"])]
                found.append(alarm)
        return sorted(found, key=lambda alarm: float(alarm["time"]), reverse=True)[:most]

    def _whole(self, file: str, condition: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        for name, connection in self._connections(file):
            query = _on(connection, f"{_WHOLE} {condition}")
            return [_as_dict(name, row) for row in connection.execute(query, values)]
        return []

    def _connections(self, only: str | None = None) -> Iterator[tuple[str, sqlite3.Connection]]:
        for name, path in self.files().items():
            if only is None or name == only:
                with opened(path) as connection:
                    yield name, connection


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a journal for reading. Raises ConfigurationError if it is none."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
    except sqlite3.Error as error:
        raise ConfigurationError(f"the journal {path} can't be read: {error}") from None
    with closing(connection):
        yield connection


def _moment(rollout: Mapping[str, Any]) -> Moment:
    return rollout["time"], rollout["id"]


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


def _as_dict(file: str, row: Sequence[Any]) -> dict[str, Any]:
    names = ("id", *COLUMNS, "prompt", "ground_truth", "response")
    rollout = dict(zip(names, row, strict=False))
    rollout["place"] = Place(file, rollout["id"])
    rollout["components"] = json.loads(rollout["components"])
    rollout["stages"] = json.loads(rollout["stages"])
    return rollout
