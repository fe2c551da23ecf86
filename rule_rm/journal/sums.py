"""Sums by time, data source and reward type, from which plots of any length are drawn quickly.

A sum is a number of observations, their total and the total of their squares, under a name such as
`reward`, `status ok` or `component accuracy`. Each is kept for spans of two widths: the short ones for the
latest hours, the long ones for weeks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from rule_rm.journal.alarms import ACCURACY
from rule_rm.journal.parcels import Parcel
from rule_rm.journal.rows import Row, components, picker
from rule_rm.journal.tallies import bounded

WIDTHS = (10, 600)
"""Seconds of the spans."""
MOST_SOURCES, MOST_NAMES = 100, 200
"""Data sources and names of components that are summed separately; later ones are summed together."""
RIGHT = 0.5
"""The least reward, or accuracy where there is one, of a response that counts as right in its group."""
MOST_VALUES = 10_000
"""Rewards whose names are remembered."""

_Key = tuple[int, str, str, str]
"""The identity of a sum: the start of its short span, its name, the data source, the reward type."""
MOST_ALIKE = 20_000
"""Kinds of rollouts that are counted before their sums are made."""


_KIND = picker("source", "reward_type", "status", "reward", "tier", "components")
"""The fields that are equal in rollouts which are counted together."""


class _Alike(NamedTuple):
    """Everything that is summed of a rollout but its length. Most rollouts of a batch have many like them."""

    start: int
    source: str
    reward_type: str
    status: str
    reward: float | None
    tier: str | None
    components: str


class Sums:
    """The sums of a batch, until they are added to those of the database."""

    def __init__(self) -> None:
        self._totals: dict[_Key, list[float]] = {}
        self._alike: dict[_Alike, list[float]] = {}
        self._sources: set[str] = set()
        self._names: set[str] = set()
        self._values: dict[float, str] = {}

    def take(self) -> list[tuple[Any, ...]]:
        """Return the sums since the last call, and forget them."""
        self._add_alike()
        totals, self._totals = self._totals, {}
        spans: dict[tuple[int, int, str, str, str], list[float]] = {}
        for (start, name, source, reward_type), added in totals.items():
            for width in WIDTHS:
                key = (width, start // width * width, name, source, reward_type)
                _add(spans.setdefault(key, [0, 0, 0]), added)
        return [(*span, *numbers) for span, numbers in spans.items()]

    def add(self, rows: Sequence[Row], requests: Sequence[Parcel]) -> None:
        """Add the rollouts of requests, in order, and the seconds of their stages."""
        end = 0
        for start, together in groupby(requests, _start):
            begin = end
            for request in together:
                members = rows[end : end + len(request.members)]
                if members:
                    self._add_request(start, members, request)
                end += len(members)
            self._add_rows(start, rows[begin:end])
        if len(self._alike) > MOST_ALIKE:
            self._add_alike()

    def _add_rows(self, start: int, rows: Sequence[Row]) -> None:
        alike: dict[tuple[Any, ...], list[int]] = {}
        for kind, row in zip(map(_KIND, rows), rows, strict=True):
            alike.setdefault(kind, []).append(row.length)
        for (sent, *rest), lengths in alike.items():
            key = _Alike(start, bounded(sent, self._sources, MOST_SOURCES), *rest)
            squares = sum(length * length for length in lengths)
            _add(self._alike.setdefault(key, [0, 0, 0]), (len(lengths), sum(lengths), squares))

    def _add_request(self, start: int, rows: Sequence[Row], request: Parcel) -> None:
        reward_type = request.reward_type
        source = bounded(rows[0].source, self._sources, MOST_SOURCES)
        self._total((start, "request", source, reward_type), _one(request.seconds))
        for stage, seconds in request.stages.items():
            self._total((start, f"stage {stage}", "", reward_type), _one(seconds))
        if len(rows) > 1:
            for row, kind in groups(rows):
                source = bounded(row.source, self._sources, MOST_SOURCES)
                self._total((start, f"group {kind}", source, reward_type), (1, 1, 1))

    def _add_alike(self) -> None:
        """Add the rollouts that were counted to the sums of their spans."""
        alike, self._alike = self._alike, {}
        for kind, (n, length, squares) in alike.items():

            def add(name: str, value: float, kind: _Alike = kind, n: float = n) -> None:
                key = (kind.start, name, kind.source, kind.reward_type)
                self._total(key, (n, n * value, n * value * value))

            self._total((kind.start, "length", kind.source, kind.reward_type), (n, length, squares))
            add(f"status {kind.status}", 1)
            if kind.reward is not None:
                add("reward", kind.reward)
                add(self._value(kind.reward), 1)
            if kind.tier is not None:
                add(f"golden {kind.tier}", 1)
            for name, value in components(kind.components).items():
                add("component " + bounded(name, self._names, MOST_NAMES), value)

    def _total(self, key: _Key, added: Sequence[float]) -> None:
        if (numbers := self._totals.get(key)) is None:
            self._totals[key] = [*added]
        else:
            _add(numbers, added)

    def _value(self, reward: float) -> str:
        name = self._values.get(reward)
        if name is None:
            name = f"value {rounded(reward)!r}"
            if len(self._values) < MOST_VALUES:
                self._values[reward] = name
        return name


_VERDICT = picker("reward", "components")


def _start(request: Parcel) -> int:
    return int(request.time) // WIDTHS[0] * WIDTHS[0]


def _one(value: float) -> tuple[float, float, float]:
    return 1, value, value * value


def _add(numbers: list[float], added: Sequence[float]) -> None:
    numbers[0] += added[0]
    numbers[1] += added[1]
    numbers[2] += added[2]


def rounded(reward: float) -> float:
    """Return a reward in two significant digits, so that there are few values of it.

    >>> rounded(0.3333), rounded(-12.7), rounded(0.00001)
    (0.33, -13.0, 0.0)
    """
    return float(f"{reward:.2g}") + 0.0 if abs(reward) >= 1e-3 else 0.0


def groups(rows: Sequence[Row]) -> Iterable[tuple[Row, str]]:
    """Yield a row of each group of two or more scored members, and whether they are right."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        if row.reward is not None:
            found.setdefault(row.question, []).append(row)
    for members in found.values():
        if len(members) > 1:
            right = sum(map(_is_right, map(_VERDICT, members)))
            yield members[0], "wrong" if not right else "right" if right == len(members) else "mixed"


@lru_cache(4096)
def _is_right(verdict: tuple[float, str]) -> bool:
    """Return True for the verdict on a right rollout: by its accuracy, without one by its reward."""
    reward, listed = verdict
    parts = components(listed)
    return next((parts[name] for name in ACCURACY if name in parts), reward) >= RIGHT
