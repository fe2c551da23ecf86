"""Tallies since the start of the service, by few labels: the figures of `/metrics`.

Labels come from requests, so their number is bounded: further data sources and components
count as `(others)`.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TypeVar

from rule_rm.journal.parcels import NO_SOURCE, Scored

Key = TypeVar("Key", bound=Hashable)
_Kind = tuple["str | None", str, "float | None", tuple[tuple[str, float], ...]]
"""Data source, status, reward and components of a rollout."""

MOST_SOURCES, MOST_COMPONENTS = 50, 100
"""Data sources and components that are counted separately."""
OTHERS = "(others)"
NAME_LIMIT = 200
"""Characters of a name that are counted by, as many as the journal keeps."""
REWARDS = (-1.0, -0.5, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 2.0, 5.0)
"""Upper bounds of the buckets of rewards and components, which mostly lie from -1 to 1."""
SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Upper bounds of the buckets of seconds."""


class Histogram:
    """Counts of observations by bucket, and their total."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float, times: int = 1) -> None:
        """Count an observation, or several that are equal."""
        self.counts[bisect_left(self.bounds, value)] += times
        self.total += value * times

    def buckets(self) -> list[tuple[str, float]]:
        """Return the cumulative counts by upper bound, as Prometheus wants them.

        >>> histogram = Histogram((1.0, 2.0))
        >>> histogram.add(1.0)
        >>> histogram.buckets()
        [('1.0', 1), ('2.0', 1), ('+Inf', 1)]
        """
        found: list[tuple[str, float]] = []
        count = 0
        for bound, number in zip((*map(str, self.bounds), "+Inf"), self.counts, strict=True):
            count += number
            found.append((bound, count))
        return found


class Tallies:
    """Counts and histograms; used from any thread."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        """Held to read the tallies."""
        self.requests: Counter[str] = Counter()
        self.rollouts: Counter[tuple[str, str, str]] = Counter()
        """Counts by reward type, data source and status."""
        self.lookups: Counter[tuple[str, str]] = Counter()
        """Counts by reward type and tier of the golden answer."""
        self.rewards: dict[tuple[str, str], Histogram] = {}
        """By reward type and data source."""
        self.components: dict[tuple[str, str], Histogram] = {}
        """By reward type and component."""
        self.stages: dict[str, Histogram] = {}
        self._sources: set[str] = set()
        self._components: set[str] = set()

    def record(self, scored: Scored) -> None:
        """Enter a request."""
        reward_type = scored.reward_type
        with self.lock:
            self.requests[reward_type] += 1
            for stage, seconds in (*scored.stages.items(), ("all", scored.seconds)):
                self._histogram(self.stages, stage, SECONDS).add(seconds)
            for lookup in scored.lookups:
                # The attribute behind `value`, at a tenth of its cost; so is that of the status below.
                self.lookups[reward_type, lookup.tier._value_] += 1
            for (sent, status, reward, metrics), times in _alike(scored).items():
                source = bounded(sent or NO_SOURCE, self._sources, MOST_SOURCES)
                self.rollouts[reward_type, source, status] += times
                if reward is not None:
                    self._histogram(self.rewards, (reward_type, source), REWARDS).add(reward, times)
                for name, value in metrics:
                    component = bounded(name, self._components, MOST_COMPONENTS)
                    self._histogram(self.components, (reward_type, component), REWARDS).add(value, times)

    @staticmethod
    def _histogram(histograms: dict[Key, Histogram], key: Key, bounds: Sequence[float]) -> Histogram:
        found = histograms.get(key)
        if found is None:
            found = histograms[key] = Histogram(bounds)
        return found


def _alike(scored: Scored) -> dict[_Kind, int]:
    """Return how many rollouts of a request are of each kind; most have many like them."""
    found: dict[_Kind, int] = {}
    for rollout, score in zip(scored.rollouts, scored.scores, strict=True):
        kind = (rollout.data_source, score.status._value_, score.reward, tuple(score.metrics.items()))
        found[kind] = found.get(kind, 0) + 1
    return found


def bounded(name: str, known: set[str], most: int) -> str:
    r"""Return the name, fit for a page in UTF-8, or `(others)` if there are enough others already.

    >>> bounded("\ud83d", set(), 1)
    '\\ud83d'
    """
    if name not in known:
        name = name[:NAME_LIMIT].encode("utf-8", "backslashreplace").decode()
    if name not in known:
        if len(known) >= most:
            return OTHERS
        known.add(name)
    return name
