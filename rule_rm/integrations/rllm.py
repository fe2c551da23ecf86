"""rllm and torchforge: the functions that they take, with the server's reward.

SingleTurnEnvironment.from_dict({**row, "reward_fn": rule_rm.integrations.rllm.reward})
rewards=[rule_rm.integrations.rllm.torchforge_reward]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from rule_rm.integrations.answering import answering
from rule_rm.integrations.rows import plain, response_of, sample

PROMPT_COLUMNS = ("question", "problem", "prompt")


class RewardOutput(NamedTuple):
    """A reward with the names that rllm asks for."""

    reward: float
    metadata: dict[str, float]
    is_correct: bool | None


def reward(task_info: Mapping[str, Any], action: Any) -> RewardOutput:
    """Return the reward of an action, its metrics, and whether it is correct where a metric says so."""
    row = plain(dict(task_info))
    prompt = next((row[name] for name in PROMPT_COLUMNS if isinstance(row.get(name), str)), "")
    said = getattr(action, "action", action)
    reply = answering()(sample(prompt, response_of(said), row))
    accuracy = reply.get("accuracy", reply.get("acc"))
    return RewardOutput(reply.pop("score"), reply, None if accuracy is None else accuracy >= 1.0)


def torchforge_reward(prompt: str, response: str, target: str) -> float:
    """Return the reward of a response, for torchforge."""
    return float(answering()(sample(prompt, response_of(response), {}, target))["score"])
