"""LLaMA-Factory's PPO with `reward_model_type: api`: texts that hold prompt and response, for their scores.

Its client reads `scores` and does not look at the status. It sends no golden answers: the dataset has them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.messages.chat_templates import split_query
from rule_rm.messages.fields import responses
from rule_rm.protocols._fields import ANY, NUMBERS, TEXTS
from rule_rm.protocols._reply import reward_of
from rule_rm.settings import AUTO
from rule_rm.types import Rollout, Score

NAME = "LLaMA-Factory"
KEYS = ("model", "messages")
FIELDS = {"model": ANY, "messages": TEXTS}
SUMMARY = "model and messages, each a text with prompt and response"
REPLY = {"scores": NUMBERS}


def parse_request(payload: Mapping[str, Any], *, chat_template: str = AUTO) -> list[Rollout]:
    """Return the rollouts of `{"model": str, "messages": [str]}`."""
    return [
        Rollout(*split_query(text, None, chat_template), text=text) for text in responses(payload, "messages")
    ]


def build_response(
    payload: Mapping[str, Any], scores: Sequence[Score], *, metrics: Sequence[str], unscored_reward: float
) -> dict[str, Any]:
    """Return `{"scores": [float]}`, with the model's name as it came."""
    return {
        "model": payload.get("model"),
        "scores": [reward_of(score, unscored_reward) for score in scores],
    }
