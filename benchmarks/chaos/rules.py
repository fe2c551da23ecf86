"""Reward functions that need workers, and know what each response is worth."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rule_rm import Rollout, register


@register("weigh", summary="the number that the response says, after as many milliseconds as it says")
def weigh(rollout: Rollout) -> float:
    """Return the first number of the response, after a nap of the second."""
    worth, nap = rollout.response.split()[:2]
    time.sleep(float(nap) / 1000)
    return float(worth)


@register("largest", summary="1 for the largest number of the group, else 0")
def largest(rollouts: Sequence[Rollout]) -> list[float]:
    """Return the reward of each member."""
    numbers = [float(rollout.response) for rollout in rollouts]
    return [float(number == max(numbers)) for number in numbers]
