"""None for a rollout that was not scored, or a number that does no harm where the trainer would take 0.

Some trainers sum a None as 0, which is then the worst of its group. There it gets the mean of the scored
rollouts of its group, so that its advantage is 0. A group without any keeps its Nones: all of it is then
equal.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any


def with_group_means(rewards: Sequence[float | None], prompts: Sequence[Any]) -> list[float | None]:
    """Return the rewards, with None replaced by the mean of the scored rewards of the same prompt.

    >>> with_group_means([1.0, 0.0, None, None], ["a", "a", "a", "b"])
    [1.0, 0.0, 0.5, None]
    """
    # Without a prompt a rollout has no group.
    keys = [json.dumps(prompt or place, default=repr, sort_keys=True) for place, prompt in enumerate(prompts)]
    groups: dict[str, list[float]] = defaultdict(list)
    for key, reward in zip(keys, rewards, strict=True):
        if reward is not None:
            groups[key].append(reward)
    means = {key: sum(scored) / len(scored) for key, scored in groups.items()}
    return [means.get(key) if reward is None else reward for key, reward in zip(keys, rewards, strict=True)]
