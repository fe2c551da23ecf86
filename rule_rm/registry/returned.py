"""Read the value that a reward function of any convention returns as a Score."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from rule_rm.types import Score, Status


def as_score(returned: Any) -> Score:
    """Return the value of a reward function of any convention, for one rollout, as a Score.

    The value is a Score, a number, None (skipped), a list or tensor of one of these, verl's dict with
    `score`, or OpenRLHF's dict with `rewards`. Numbers next to them become metrics. Raises TypeError if it is
    anything else, ValueError if a number is not finite.

    >>> as_score({"score": 1, "accuracy": 1.0}).metrics
    {'accuracy': 1.0}
    """
    if isinstance(returned, Score):
        return returned
    if isinstance(returned, Mapping):
        return _from_mapping(returned)
    if (
        isinstance(returned, (list, tuple))
        and len(returned) == 1
        and isinstance(returned[0], (Mapping, Score))
    ):
        return as_score(returned[0])
    reward = _single(returned)
    if reward is None:
        return Score.unscored(Status.SKIPPED, "the reward function returned None")
    return Score(reward)


def _from_mapping(returned: Mapping[str, Any]) -> Score:
    key = next((key for key in ("score", "rewards", "reward") if key in returned), None)
    if key is None:
        raise TypeError(
            f"the reward function returned a dict without 'score' or 'rewards': {sorted(returned)}"
        )
    reward = _single(returned[key])
    extra = {**returned, **(returned.get("extra_logs") or {})}
    metrics = {}
    for name, value in extra.items():
        if name not in (key, "scores", "extra_logs"):
            # Values next to the reward may be of any kind: strings, lists, None.
            with suppress(TypeError):
                number = _single(value)
                if number is not None:
                    metrics[name] = number
    if reward is None:
        return Score.unscored(Status.SKIPPED, "the reward function returned None")
    return Score(reward, metrics=metrics)


def _single(value: Any) -> float | None:
    """Return the number in a scalar, a list of one or a tensor of one."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        if len(value) != 1:
            raise TypeError(f"the reward function returned {len(value)} rewards for one rollout")
        return _single(value[0])
    if value is None:
        return None
    if isinstance(value, (bool, int, float)):
        return float(value)
    raise TypeError(f"the reward function returned {type(value).__name__}, which is not a reward")
