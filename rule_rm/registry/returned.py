"""Read the value that a reward function of any convention returns as a Score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from rule_rm.types import Score, Status

REWARD_KEYS = ("score", "rewards", "reward", "overall")
"""The keys of the reward in a dict: verl's name, OpenRLHF's, a usual one, EasyR1's."""
_BESIDE = ("scores", "extra_logs")


def as_score(returned: Any) -> Score:
    """Return the value of a reward function of any convention, for one rollout, as a Score.

    The value is a Score, a number, None (skipped), a list or tensor of one of these, verl's or EasyR1's dict
    with `score` or `overall`, OpenRLHF's dict with `rewards`, or an object with a `reward` (rllm). Numbers
    next to them become metrics. Raises TypeError for anything else, ValueError if a number is not finite.

    >>> as_score({"score": 1, "accuracy": 1.0}).metrics
    {'accuracy': 1.0}
    """
    if isinstance(returned, Score):
        return returned
    if isinstance(returned, Mapping):
        return _from_mapping(returned)
    if isinstance(returned, (list, tuple)) and len(returned) == 1 and not _is_number(returned[0]):
        return as_score(returned[0])
    if hasattr(returned, "reward") and not hasattr(returned, "tolist"):
        return _from_object(returned)
    reward = _single(returned)
    if reward is None:
        return Score.unscored(Status.SKIPPED, "the reward function returned None")
    return Score(reward)


def as_scores(returned: Any, count: int) -> list[Score]:
    """Return the value of a function that was called with the lists of a group as one Score for each.

    Raises TypeError if it does not hold `count` rewards, and what `as_score` raises.

    >>> [score.reward for score in as_scores({"rewards": [1.0, 0.5], "extra_logs": {"n": [1, 2]}}, 2)]
    [1.0, 0.5]
    """
    if count == 1:
        return [as_score(returned)]
    if hasattr(returned, "tolist"):
        returned = returned.tolist()
    if isinstance(returned, Mapping):
        columns = {**returned, **(returned.get("extra_logs") or {})}
        lists = {name: _listed(column) for name, column in columns.items() if name not in _BESIDE}
        rows = [
            {name: column[place] for name, column in lists.items() if len(column) == count}
            for place in range(count)
        ]
        return [as_score(row) for row in rows]
    if not isinstance(returned, (list, tuple)) or len(returned) != count or _is_record(returned):
        what = _several(returned) if isinstance(returned, (list, tuple)) else type(returned).__name__
        raise TypeError(f"the reward function returned {what} for a group of {count}")
    return [as_score(one) for one in returned]


def _is_record(returned: Sequence[Any]) -> bool:
    """Return True for a tuple such as `(rewards, reasons)`, which holds more than the rewards."""
    return isinstance(returned, tuple) and any(isinstance(one, (str, list, tuple)) for one in returned)


def _several(returned: Sequence[Any]) -> str:
    """Return a description of several values, for an error.

    >>> _several([1.0, 0.0])
    '2 rewards'
    >>> _several((1.0, "the answer is right"))
    "a tuple (float, str), not a reward: return a dict with 'score' and the other values,"
    """
    if not isinstance(returned, tuple) or all(isinstance(one, (bool, int, float)) for one in returned):
        return f"{len(returned)} rewards"
    kinds = ", ".join(type(one).__name__ for one in returned[:4])
    return f"a tuple ({kinds}), not a reward: return a dict with 'score' and the other values,"


def _listed(column: Any) -> list[Any]:
    column = column.tolist() if hasattr(column, "tolist") else column
    return list(column) if isinstance(column, (list, tuple)) else []


def _is_number(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, float)) or hasattr(value, "tolist")


def _from_object(returned: Any) -> Score:
    """Return the score of an object with a reward, such as rllm's RewardOutput."""
    found: dict[str, Any] = {"reward": returned.reward}
    if isinstance(getattr(returned, "is_correct", None), bool):
        found["accuracy"] = float(returned.is_correct)
    metadata = getattr(returned, "metadata", None)
    return _from_mapping({**(metadata if isinstance(metadata, Mapping) else {}), **found})


def _from_mapping(returned: Mapping[str, Any]) -> Score:
    key = next((key for key in REWARD_KEYS if key in returned), None)
    if key is None:
        raise TypeError(
            f"the reward function returned a dict without {', '.join(map(repr, REWARD_KEYS))}: "
            f"{sorted(map(str, returned))}"
        )
    reward = _single(returned[key])
    extra = {**returned, **(returned.get("extra_logs") or {})}
    metrics = {}
    for name, value in extra.items():
        if name not in (key, *_BESIDE):
            # Other values may have any type: strings, lists, None.
            with suppress(TypeError):
                number = _single(value)
                if number is not None:
                    metrics[str(name)] = number
    if reward is None:
        return Score.unscored(Status.SKIPPED, "the reward function returned None")
    return Score(reward, metrics=metrics)


def _single(value: Any) -> float | None:
    """Return the number in a scalar, a list of one or a tensor of one."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        if len(value) != 1:
            raise TypeError(f"the reward function returned {_several(value)} for one rollout")
        return _single(value[0])
    if value is None:
        return None
    if hasattr(type(value), "__float__"):
        # An int, a bool, a Fraction, a Decimal.
        return float(value)
    raise TypeError(f"the reward function returned {type(value).__name__}, which is not a reward")
