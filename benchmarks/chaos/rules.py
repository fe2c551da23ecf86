"""A reward function that needs a worker for each rollout, and knows what each is worth."""

from __future__ import annotations

import time

from rule_rm import Rollout, register


@register("weigh", summary="the number that the response says, after as many milliseconds as it says")
def weigh(rollout: Rollout) -> float:
    """Return the first number of the response, after a nap of the second."""
    worth, nap = rollout.response.split()[:2]
    time.sleep(float(nap) / 1000)
    return float(worth)
