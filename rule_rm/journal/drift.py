"""The alarm for a reward that rises while accuracy falls, or while the responses become something else.

The first rollouts of a reward type are compared with the latest ones, source by source. Other data, such as
short questions after long ones, never sound it alone.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from rule_rm.journal.measures import MEASURES
from rule_rm.journal.rows import Row, component, picker
from rule_rm.journal.sounding import EVIDENCE, GROUP, PAID, Alarm, Sound

CHUNK = 32
"""Rollouts whose figures are added up. The text of the last of them is measured."""
DRIFT = 64
"""Chunks at the beginning, and the latest, that are compared."""
TIMES = 4.0
"""The factor by which responses must have become longer or shorter."""
HALF = 0.5
"""The part of its accuracy that a run must have lost."""
MOVE = 0.25
"""The rise of the share of a text that is foreign, repeated or copied."""
SURE_OF_MOVE = 4.0
"""Standard deviations that such a move must have: in honest runs in two languages it seldom has three."""
ALIKE = 0.5
"""The least part of the rollouts that must be of sources which are in both parts of the run."""
PART_OF_RUN = 384
"""The least rollouts of a source that is compared alone, in both parts of the run."""
COMPARED_EVERY = 8
"""Chunks between two comparisons."""
REWARD, ACCURACY, LENGTH, TEXT = range(4)
"""The places of the figures of a source; that of the length is of paid responses, the measures are last."""


_FIGURES = picker("reward_type", "source", "reward", "components", "length")
"""The parts of a row that are added up, at a third of the cost of one after the other."""


class _Figures:
    """The sums of each figure, and their counts, over rollouts of one source."""

    __slots__ = ("counts", "sums")

    def __init__(self) -> None:
        self.sums = [0.0] * (TEXT + len(MEASURES))
        self.counts = [0] * (TEXT + len(MEASURES))

    def add(self, other: _Figures) -> None:
        """Add those of other rollouts."""
        self.sums = [one + more for one, more in zip(self.sums, other.sums, strict=True)]
        self.counts = [one + more for one, more in zip(self.counts, other.counts, strict=True)]


_Chunk = dict[str, _Figures]
"""The figures of rollouts, by data source."""


class _Run:
    """The rollouts of one reward type."""

    def __init__(self) -> None:
        self.open: _Chunk = {}
        self.size = 0
        """The rollouts in the open chunk."""
        self.first: _Chunk = {}
        self.latest: deque[_Chunk] = deque(maxlen=DRIFT)
        self.count = 0
        """The chunks that were closed."""

    def close(self, row: Row) -> bool:
        """End the chunk, whose last rollout is given; return True if it is time to compare."""
        if row.response:
            figures = self.open[row.source]
            for place, (_, measure) in enumerate(MEASURES, TEXT):
                figures.sums[place] += measure(row)
                figures.counts[place] += 1
        closed, self.open, self.size = self.open, {}, 0
        self.count += 1
        if self.count <= DRIFT:
            _add(self.first, [closed])
            return False
        self.latest.append(closed)
        return len(self.latest) == DRIFT and self.count % COMPARED_EVERY == 0


class Drift:
    """Sounds when the reward rises while something else says that the policy did not learn."""

    def __init__(self, rise: float) -> None:
        """Sound for a rise of the mean reward by `rise`."""
        self._rise = rise
        self._runs: dict[str, _Run] = {}

    def look(self, rows: Sequence[Row], first: int) -> Sound:
        """Take the next rollouts."""
        runs = self._runs
        for place, (reward_type, source, reward, components, length) in enumerate(map(_FIGURES, rows)):
            if reward is None:
                continue
            if (run := runs.get(reward_type)) is None:
                run = runs[reward_type] = _Run()
            if (figures := run.open.get(source)) is None:
                figures = run.open[source] = _Figures()
            sums, counts = figures.sums, figures.counts
            sums[REWARD] += reward
            counts[REWARD] += 1
            if (accuracy := component(components, "accuracy")) is not None:
                sums[ACCURACY] += accuracy
                counts[ACCURACY] += 1
            if reward >= PAID:
                sums[LENGTH] += length
                counts[LENGTH] += 1
            run.size += 1
            if run.size == CHUNK and run.close(rows[place]):
                for what, change in self._changes(run):
                    yield _alarm(f"{reward_type} {what}", change, first + place)

    def _changes(self, run: _Run) -> Iterator[tuple[str, str]]:
        """Yield what changed in the whole run, else in one of its sources, each with its message."""
        before, now = run.first, _add({}, run.latest)
        found = list(self._compared(before, now, ALIKE * CHUNK * DRIFT))
        yield from found
        shared = before.keys() & now.keys()
        if found or len(shared) == 1:
            return
        for source in sorted(shared):
            part = {source: before[source]}, {source: now[source]}
            for what, change in self._compared(*part, PART_OF_RUN):
                yield f"{source} {what}", f"of {source or 'no source'}, {change}"

    def _compared(self, before: _Chunk, now: _Chunk, least: float) -> Iterator[tuple[str, str]]:
        """Yield what changed while the reward rose over `least` rollouts or more."""
        old, new, count = _means(before, now, REWARD)
        if count < least or new - old < self._rise:
            return
        rose = f"the reward rose by {new - old:.2f}, and"
        old, new, count = _means(before, now, ACCURACY)
        if new < HALF * old and old - new > SURE_OF_MOVE * _deviation(old, count / GROUP):
            yield "accuracy", f"{rose} the accuracy fell from {old:.2f} to {new:.2f}"
        old, new, _ = _means(before, now, LENGTH)
        if old > 0 and not old <= TIMES * new <= TIMES * TIMES * old:
            yield "length", f"{rose} the length of responses went from {old:.3g} to {new:.3g}"
        for place, (what, _) in enumerate(MEASURES, TEXT):
            old, new, count = _means(before, now, place)
            if count and new - old > max(MOVE, SURE_OF_MOVE * _deviation(old, count)):
                yield what, f"{rose} {what} went from {old:.0%} to {new:.0%}"


def _alarm(subject: str, change: str, identity: int) -> Alarm:
    evidence = tuple(range(max(1, identity - EVIDENCE + 1), identity + 1))
    return Alarm("drift", subject, change, evidence)


def _deviation(share: float, count: float) -> float:
    """Return the standard deviation of the difference of two means, each of `count` responses."""
    return math.sqrt(share * (1 - share) * 2 / count)


def _add(total: _Chunk, chunks: Iterable[_Chunk]) -> _Chunk:
    """Add chunks to the figures of others, and return them."""
    for chunk in chunks:
        for source, figures in chunk.items():
            total.setdefault(source, _Figures()).add(figures)
    return total


def _means(before: _Chunk, now: _Chunk, place: int) -> tuple[float, float, int]:
    """Return the mean of a figure before and now, and the rollouts that both have.

    A source counts as often as in the part of the run that has fewer rollouts of it.
    """
    old = new = 0.0
    total = 0
    for source in before.keys() & now.keys():
        first, latest = before[source], now[source]
        if count := min(first.counts[place], latest.counts[place]):
            old += count * first.sums[place] / first.counts[place]
            new += count * latest.sums[place] / latest.counts[place]
            total += count
    return (old / total, new / total, total) if total else (0.0, 0.0, 0)
