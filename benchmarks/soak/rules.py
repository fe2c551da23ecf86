"""A reward function that sees groups, and is exact about them."""

from __future__ import annotations

from collections.abc import Sequence

from rule_rm import Rollout, register


@register("largest", summary="1 for the largest number of the group, else 0")
def largest(rollouts: Sequence[Rollout]) -> list[float]:
    """Return the reward of each member."""
    numbers = [float(rollout.response) for rollout in rollouts]
    return [float(number == max(numbers)) for number in numbers]
