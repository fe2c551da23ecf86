"""The figures of a report, from two passes over the results: bounds first, then counts within them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rule_rm.workbench.rollout_rows import digest
from rule_rm.workbench.tally import Tally

Result = Mapping[str, Any]
Source = Callable[[], Iterable[Result]]
"""Begins another pass over the results."""
BINS = 30
_LENGTHS = 12
"""Bins of the length of responses."""
_MOST_METRICS = 8
"""Components with a plot of their own."""
_MOST_GROUPS = 15
"""Groups of a kind that are named."""
_MOST_SLOW = 10
"""Rollouts that took the longest and are shown."""
_MOST_READ = 4
"""Rollouts to read of each kind."""


@dataclass(slots=True)
class Histogram:
    """Counts in bins of equal width between two bounds."""

    low: float = math.inf
    high: float = -math.inf
    counts: list[int] = field(default_factory=lambda: [0] * BINS)
    values: Counter[float] = field(default_factory=Counter)
    """The counts of single values, while there are few of them."""

    def widen(self, value: float) -> None:
        """Take a value into the bounds."""
        self.low, self.high = min(self.low, value), max(self.high, value)

    def add(self, value: float) -> None:
        """Count a value."""
        self.counts[self._bin(value)] += 1
        if len(self.values) <= BINS:
            self.values[value] += 1

    def _bin(self, value: float) -> int:
        width = self.high - self.low
        return min(int((value - self.low) / width * BINS), BINS - 1) if width > 0 else 0

    def bars(self) -> dict[str, list[float]]:
        """Return the place and the count of each bar: of each value if they are few, else of each bin."""
        if len(self.values) <= BINS:
            x = sorted(self.values)
            return {"x": x, "y": [self.values[value] for value in x]}
        width = (self.high - self.low) / BINS
        return {"x": [self.low + (place + 0.5) * width for place in range(BINS)], "y": [*self.counts]}


@dataclass(slots=True)
class Group:
    """The rewards of the responses to one prompt."""

    place: str
    prompt: str
    rollouts: int = 0
    scored: int = 0
    low: float = math.inf
    high: float = -math.inf

    def add(self, reward: float | None) -> None:
        """Count one response."""
        self.rollouts += 1
        if reward is not None:
            self.scored += 1
            self.low, self.high = min(self.low, reward), max(self.high, reward)


@dataclass(slots=True)
class Findings:
    """All that a report shows of one file of results."""

    tally: Tally = field(default_factory=Tally)
    rewards: Histogram = field(default_factory=Histogram)
    metrics: dict[str, Histogram] = field(default_factory=dict)
    longest: int = 0
    lengths: list[list[float]] = field(default_factory=lambda: [[0, 0.0] for _ in range(_LENGTHS)])
    """Of each bin of lengths, the number of scored responses and the sum of their rewards."""
    groups: dict[str, Group] = field(default_factory=dict)
    slowest: list[Result] = field(default_factory=list)
    """Rollouts that took the longest, slowest first; those that were decided at once have no time."""
    to_read: dict[str, list[Result]] = field(default_factory=dict)
    """Rollouts by kind: the first ones, each of another prompt as far as possible."""

    @classmethod
    def of(cls, source: Source) -> Findings:
        """Return the findings of results, which are read twice."""
        findings = cls()
        for result in source():
            findings._widen(result)
        for result in source():
            findings._add(result)
        return findings

    def _widen(self, result: Result) -> None:
        self.longest = max(self.longest, len(text_of(result["response"])))
        if result["reward"] is not None:
            self.rewards.widen(result["reward"])
            for name, value in (result.get("metrics") or {}).items():
                if name in self.metrics or len(self.metrics) < _MOST_METRICS:
                    self.metrics.setdefault(name, Histogram()).widen(value)

    def _add(self, result: Result) -> None:
        self.tally.add(result)
        reward = result["reward"]
        prompt = text_of(result["prompt"])
        key = result.get("group") or digest(prompt)
        self.groups.setdefault(key, Group(result["place"], prompt[:200])).add(reward)
        if reward is not None:
            self.rewards.add(reward)
            for name, value in (result.get("metrics") or {}).items():
                if name in self.metrics:
                    self.metrics[name].add(value)
            bin_ = self.lengths[_length_bin(len(text_of(result["response"])), self.longest)]
            bin_[0] += 1
            bin_[1] += reward
        self._keep_slow(result)
        self._keep_to_read(result)

    def _keep_slow(self, result: Result) -> None:
        if result.get("seconds") is None:
            return
        # Of a prompt one is enough: equal responses are scored once, and share their seconds.
        if any(
            one["prompt"] == result["prompt"] and one["seconds"] >= result["seconds"] for one in self.slowest
        ):
            return
        if len(self.slowest) < _MOST_SLOW or result["seconds"] > self.slowest[-1]["seconds"]:
            others = [one for one in self.slowest if one["prompt"] != result["prompt"]]
            self.slowest = sorted([*others, result], key=lambda one: -one["seconds"])[:_MOST_SLOW]

    def _keep_to_read(self, result: Result) -> None:
        kept = self.to_read.setdefault(self._kind(result), [])
        if len(kept) < _MOST_READ and all(one["prompt"] != result["prompt"] for one in kept):
            kept.append(result)

    def _kind(self, result: Result) -> str:
        if result["reward"] is None:
            return f"unscored: {result['status']}"
        if result["status"] != "ok":
            return str(result["status"])
        if self.rewards.high == self.rewards.low:
            return "scored"
        if result["reward"] == self.rewards.high:
            return "the highest reward"
        return "the lowest reward" if result["reward"] == self.rewards.low else "between"

    def kinds_of_groups(self) -> Counter[str]:
        """Return the number of groups of each kind; groups of one response teach nothing about groups."""
        return Counter(kind for _, kind in self._several())

    def named_groups(self, kind: str) -> list[Group]:
        """Return the first groups of a kind."""
        return [group for group, one in self._several() if one == kind][:_MOST_GROUPS]

    def _several(self) -> Iterator[tuple[Group, str]]:
        for group in self.groups.values():
            if group.scored > 1:
                yield group, self._kind_of_group(group)

    def _kind_of_group(self, group: Group) -> str:
        if group.low != group.high:
            return "mixed"
        return "all right" if group.low == self.rewards.high else "all wrong"

    def by_length(self) -> dict[str, list[Any]]:
        """Return the mean reward and the number of responses in each bin of lengths that has some."""
        edges = [_length_edge(place, self.longest) for place in range(_LENGTHS + 1)]
        used = [place for place, (count, _) in enumerate(self.lengths) if count]
        return {
            "x": [f"{edges[place]:,}–{edges[place + 1]:,}" for place in used],
            "y": [self.lengths[place][1] / self.lengths[place][0] for place in used],
            "count": [self.lengths[place][0] for place in used],
        }


def text_of(value: Any) -> str:
    """Return a prompt or a response, a string or messages, as one string."""
    if isinstance(value, str):
        return value
    messages = value if isinstance(value, list) else []
    return "\n\n".join(
        f"[{one.get('role')}] {one.get('content') or ''}" for one in messages if isinstance(one, Mapping)
    )


def _length_bin(length: int, longest: int) -> int:
    share = math.log1p(length) / math.log1p(longest) if longest else 0.0
    return min(int(share * _LENGTHS), _LENGTHS - 1)


def _length_edge(place: int, longest: int) -> int:
    return round(math.expm1(math.log1p(longest) * place / _LENGTHS))
