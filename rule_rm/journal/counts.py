"""Count scores by reward type and status, time requests, and warn of unscored rollouts.

Requests that come quickly share a line of the log, one a second. Hundreds of clients with a sample each would
otherwise write more log than rewards.

An unscored rollout is our failure and easily overlooked, as most trainers get a plain number for it. The
first is logged at once, later ones at most once in `WARNING_PAUSE`, together with all since then.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rule_rm.types import Score

logger = logging.getLogger(__name__)

LINE_PAUSE = 1.0
WARNING_PAUSE = 60.0
MOST_NAMES = 20
"""Rollouts that a warning names."""
LATENCIES = 1024
"""The percentiles are those of the latest requests, this many."""


@dataclass(slots=True)
class _Tally:
    """The counts of one reward type."""

    statuses: Counter[str] = field(default_factory=Counter)
    reward_sum: float = 0.0
    scored: int = 0
    requests_to_tell: int = 0
    statuses_to_tell: Counter[str] = field(default_factory=Counter)
    slowest_to_tell: float = 0.0
    told_at: float = -math.inf
    rollouts_to_warn_of: int = 0
    unscored_to_warn_of: Counter[str] = field(default_factory=Counter)
    warned_at: float = -math.inf

    def line(self) -> str:
        """Return the counts since the last line."""
        told, requests, slowest = self.statuses_to_tell, self.requests_to_tell, self.slowest_to_tell
        self.statuses_to_tell, self.requests_to_tell, self.slowest_to_tell = Counter(), 0, 0.0
        which = "in" if requests == 1 else f"of {requests} requests, the slowest in"
        rollouts = "1 rollout" if told.total() == 1 else f"{told.total()} rollouts"
        return f"{rollouts} {which} {slowest:.3f} s ({_listed(told)})"

    def state(self) -> dict[str, Any]:
        return {
            "rollouts": self.statuses.total(),
            "statuses": dict(self.statuses),
            "mean_reward": self.reward_sum / self.scored if self.scored else None,
        }


class Counts:
    """The counts of the service since it was started; used from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives the time in seconds that the pauses between warnings are measured with."""
        self._clock = clock
        self._lock = threading.Lock()
        self._tallies: dict[str, _Tally] = {}
        self._latencies: deque[float] = deque(maxlen=LATENCIES)
        self._requests = 0

    def record(
        self, reward_type: str, scores: Sequence[Score], seconds: float, request_id: str | None = None
    ) -> None:
        """Enter one request: its scores, how long it took, and its id for the log."""
        statuses: dict[str, int] = {}
        unscored: dict[str, int] = {}
        rewards: list[float] = []
        for score in scores:
            name = score.status._value_
            statuses[name] = statuses.get(name, 0) + 1
            if score.reward is None:
                unscored[name] = unscored.get(name, 0) + 1
            else:
                rewards.append(score.reward)
        with self._lock:
            self._requests += 1
            self._latencies.append(seconds)
            tally = self._tallies.get(reward_type)
            if tally is None:
                tally = self._tallies[reward_type] = _Tally()
            _add(tally.statuses, statuses)
            tally.reward_sum += sum(rewards)
            tally.scored += len(rewards)
            line = self._line(tally, statuses, seconds)
            warning = self._warning(tally, len(scores), unscored)
        if line:
            logger.info("%s: %s", reward_type, line)
        if warning:
            unscored_ones = [place for place, score in enumerate(scores) if score.reward is None]
            names = [f"{request_id}:{place}" for place in unscored_ones[:MOST_NAMES]] if request_id else None
            logger.warning("%s: %s", reward_type, warning, extra={"rollouts": names})

    def close(self) -> None:
        """Log the rest, at the end."""
        with self._lock:
            lines = {name: tally.line() for name, tally in self._tallies.items() if tally.requests_to_tell}
        for name, line in lines.items():
            logger.info("%s: %s", name, line)

    def state(self) -> dict[str, Any]:
        """Return the entry for `/health`: requests, their seconds, and the counts of each reward type."""
        with self._lock:
            latencies = sorted(self._latencies)
            return {
                "requests": self._requests,
                "seconds": {name: _percentile(latencies, share) for name, share in _PERCENTILES},
                "reward_types": {name: tally.state() for name, tally in sorted(self._tallies.items())},
            }

    def _line(self, tally: _Tally, statuses: Mapping[str, int], seconds: float) -> str | None:
        """Return the line on the requests since the last one, if it is time for it."""
        tally.requests_to_tell += 1
        _add(tally.statuses_to_tell, statuses)
        tally.slowest_to_tell = max(tally.slowest_to_tell, seconds)
        now = self._clock()
        if now - tally.told_at < LINE_PAUSE:
            return None
        tally.told_at = now
        return tally.line()

    def _warning(self, tally: _Tally, rollouts: int, unscored: Mapping[str, int]) -> str | None:
        """Return the warning of unscored rollouts, if it is time for one."""
        tally.rollouts_to_warn_of += rollouts
        _add(tally.unscored_to_warn_of, unscored)
        now = self._clock()
        if not unscored or now - tally.warned_at < WARNING_PAUSE:
            return None
        told, of = tally.unscored_to_warn_of, tally.rollouts_to_warn_of
        tally.warned_at, tally.unscored_to_warn_of, tally.rollouts_to_warn_of = now, Counter(), 0
        are = "is" if told.total() == 1 else "are"
        return f"{told.total()} of the last {of} rollouts {are} unscored ({_listed(told)})"


_PERCENTILES = (("p50", 0.5), ("p99", 0.99), ("max", 1.0))


def _percentile(ordered: Sequence[float], share: float) -> float | None:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else None


def _add(counter: Counter[str], counts: Mapping[str, int]) -> None:
    """Add counts to a counter: `+=` of two counters looks through all of both."""
    for name, count in counts.items():
        counter[name] += count


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"
