"""Sums by time, data source and reward type, from which plots of any length are drawn quickly.

A sum is a number of observations, their total and the total of their squares, under a name such as
`reward`, `status ok` or `component accuracy`. Each is kept for spans of two widths: the short ones for the
latest hours, the long ones for weeks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rule_rm.journal.rows import Row
from rule_rm.journal.tallies import bounded
from rule_rm.types import Score, Status

WIDTHS = (10, 600)
"""Seconds of the spans."""
MOST_SOURCES, MOST_NAMES = 100, 200
"""Data sources and names of components that are summed separately; later ones are summed together."""
RIGHT = 0.5
"""The least reward, or accuracy where there is one, of a response that counts as right in its group."""
MOST_VALUES = 10_000
"""Rewards whose names are remembered."""
_STATUSES = {status: f"status {status.value}" for status in Status}
ACCURACY = ("accuracy", "acc")


_Key = tuple[int, str, str, str]
"""The identity of a sum: the start of its short span, its name, the data source, the reward type."""


class Sums:
    """The sums of a batch, until they are added to those of the database."""

    def __init__(self) -> None:
        self._totals: dict[_Key, list[float]] = {}
        self._sources: set[str] = set()
        self._names: set[str] = set()
        self._values: dict[float, str] = {}

    def take(self) -> list[tuple[Any, ...]]:
        """Return the sums since the last call, and forget them."""
        totals, self._totals = self._totals, {}
        spans: dict[tuple[int, int, str, str, str], list[float]] = {}
        for (start, name, source, reward_type), added in totals.items():
            for width in WIDTHS:
                key = (width, start // width * width, name, source, reward_type)
                _add(spans.setdefault(key, [0, 0, 0]), added)
        return [(*span, *numbers) for span, numbers in spans.items()]

    def add_request(self, rows: Sequence[Row], scores: Sequence[Score]) -> None:
        """Add the rollouts of one request."""
        if not rows:
            return
        found: dict[tuple[str, str], list[float]] = {}

        def add(source: str, name: str, value: float) -> None:
            numbers = found.get((source, name))
            if numbers is None:
                found[source, name] = [1, value, value * value]
            else:
                numbers[0] += 1
                numbers[1] += value
                numbers[2] += value * value

        for row, score in zip(rows, scores, strict=True):
            source = bounded(row.source, self._sources, MOST_SOURCES)
            add(source, "length", row.length)
            add(source, _STATUSES[score.status], 1)
            if score.reward is not None:
                add(source, "reward", score.reward)
                add(source, self._value(score.reward), 1)
            if row.tier is not None:
                add(source, f"golden {row.tier}", 1)
            for name, value in score.metrics.items():
                add(source, "component " + bounded(name, self._names, MOST_NAMES), value)
        first = rows[0]
        add(bounded(first.source, self._sources, MOST_SOURCES), "request", first.seconds)
        for stage, seconds in json.loads(first.stages).items():
            add("", f"stage {stage}", seconds)
        for row, kind in groups(rows, scores):
            add(bounded(row.source, self._sources, MOST_SOURCES), f"group {kind}", 1)
        self._spread(found, int(first.time), first.reward_type)

    def _spread(self, found: Mapping[tuple[str, str], Sequence[float]], time: int, reward_type: str) -> None:
        """Add the sums of a request to those of its short span, which the long ones are made of."""
        start = time // WIDTHS[0] * WIDTHS[0]
        for (source, name), added in found.items():
            key = (start, name, source, reward_type)
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


def groups(rows: Sequence[Row], scores: Sequence[Score]) -> Iterable[tuple[Row, str]]:
    """Yield a row of each group of two or more scored members, and whether they are right."""
    found: dict[int, list[tuple[Row, Score]]] = {}
    for row, score in zip(rows, scores, strict=True):
        if score.reward is not None:
            found.setdefault(row.question, []).append((row, score))
    for members in found.values():
        if len(members) > 1:
            right = sum(is_right(score) for _, score in members)
            yield members[0][0], "wrong" if not right else "right" if right == len(members) else "mixed"


def is_right(score: Score) -> bool:
    """Return True if a scored rollout is right, by its accuracy where it has one."""
    for name in ACCURACY:
        if name in score.metrics:
            return score.metrics[name] >= RIGHT
    return score.reward is not None and score.reward >= RIGHT
