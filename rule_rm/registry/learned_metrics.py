"""Learn the names of the components that a reward function returns without having declared them."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from rule_rm.registry.reward_function import RewardFunction
from rule_rm.types import Score


class LearnedMetrics:
    """The names of the components in the replies of each reward type: declared, or learned once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._learned: dict[tuple[str, int], tuple[str, ...]] = {}

    def names(self, function: RewardFunction, scores: Sequence[Score], edition: int) -> tuple[str, ...]:
        """Return the names of a reward type, which stay as they are once a score has had components.

        A function of a trainer's file declares none: its first result says what stands beside its reward.
        Trainers take the keys of one sample for those of all.
        """
        key = function.name, edition
        learned = self._learned.get(key)
        if learned is None:
            found = dict.fromkeys(name for score in scores for name in score.metrics)
            learned = tuple(name for name in found if name not in function.metrics)
            if found:
                with self._lock:
                    learned = self._learned.setdefault(key, learned)
        return (*function.metrics, *learned)
