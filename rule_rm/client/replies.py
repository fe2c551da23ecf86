"""Check the service's reply: a number for every rollout, or a ValueError with the reason.

A wrong number of rewards, a NaN or a page of HTML must never become a tensor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from rule_rm.http.replies import excerpt

FLOAT32_MAX = 3.4028234663852886e38
"""The largest float32, which rewards become: a larger number would be infinite there."""


class Golden(TypedDict):
    """The source of the golden answer: the tier of the lookup, and the similarity of the prompts (0 to 1)."""

    tier: str
    similarity: float


class Detail(TypedDict):
    """How one rollout was scored, in the words of the service. The reward None means unscored."""

    reward: float | None
    status: str
    answer: str | None
    explanation: str | None
    metrics: dict[str, float]
    golden: Golden
    versions: dict[str, str]
    """The versions of the reward and of the golden data."""
    question: str | None
    """The question to a judge; None if none was asked, or without the judge's option `explain`."""
    reply: str | None
    """The judge's reply."""
    seconds: float | None
    """Seconds of the scoring; None if it was decided at once."""


def read_rewards(reply: Any, size: int) -> list[float]:
    """Return the rewards of a decoded reply to `size` rollouts.

    >>> read_rewards({"rewards": [1, 0.5]}, 2)
    [1.0, 0.5]
    >>> read_rewards({"rewards": [1, None]}, 2)
    Traceback (most recent call last):
    ValueError: None at rewards[1], which is not a reward
    """
    rewards = _column(reply, "rewards", size)
    for index, reward in enumerate(rewards):
        _check_reward(reward, f"rewards[{index}]")
    return [float(reward) for reward in rewards]


def read_details(reply: Any, size: int) -> list[Detail]:
    """Return the details of a decoded reply to `size` rollouts unchanged; reward and status are checked."""
    details: list[Detail] = _column(reply, "details", size)
    for index, detail in enumerate(details):
        if not isinstance(detail, dict) or not isinstance(detail.get("status"), str):
            raise ValueError(f"details[{index}] without a status")
        if "reward" not in detail:
            raise ValueError(f"details[{index}] without a reward")
        if detail["reward"] is not None:
            _check_reward(detail["reward"], f"details[{index}].reward")
    return details


def _column(reply: Any, name: str, size: int) -> list[Any]:
    column = reply.get(name) if isinstance(reply, dict) else None
    if not isinstance(column, list):
        raise ValueError(f"without a list of {name}")
    if len(column) != size:
        raise ValueError(f"{len(column)} {name} for {size} rollouts")
    return column


def _check_reward(value: Any, place: str) -> None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    # The comparison is false for NaN as well.
    if not is_number or not abs(value) <= FLOAT32_MAX:
        shown = type(value).__name__ if isinstance(value, (list, dict)) else excerpt(repr(value), 40)
        raise ValueError(f"{shown} at {place}, which is not a reward")


def error_message(reply: Any, start: int) -> str | None:
    """Return the service's error message, its index counted in the batch whose part begins at `start`.

    >>> error_message({"error": {"message": "not a string", "field": "responses", "index": 3}}, start=256)
    'not a string (responses[259])'
    >>> error_message({"error": {"message": "labels[3] is no text", "field": "labels", "index": 3}}, 256)
    'labels[259] is no text'
    """
    error = reply.get("error") if isinstance(reply, dict) else None
    if isinstance(error, str):
        return excerpt(error)
    if not isinstance(error, Mapping) or not isinstance(error.get("message"), str):
        return None
    message, field, index = error["message"], error.get("field"), error.get("index")
    place = theirs = field if isinstance(field, str) else ""
    if isinstance(index, int):
        place, theirs = f"{place}[{start + index}]", f"{theirs}[{index}]"
    if theirs and theirs in message:
        # The error has one index: the server counts within its part.
        return excerpt(message.replace(theirs, place))
    return excerpt(message) + (f" ({excerpt(place)})" if place else "")
