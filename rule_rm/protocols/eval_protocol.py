"""Eval Protocol, formerly reward-kit: `POST /evaluate` with a conversation that ends with the response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.errors import PayloadError
from rule_rm.messages.fields import check_messages, completion, content_of, ground_truth, table
from rule_rm.messages.said import written
from rule_rm.protocols._fields import ANY, NUMBER, OPTIONAL_OBJECT, TURNS
from rule_rm.protocols._reply import figures, reward_of
from rule_rm.settings import AUTO
from rule_rm.types import Rollout, Score

NAME = "Eval Protocol"
PATH = "/evaluate"
KEYS = ("messages",)
FIELDS = {"messages": TURNS, "ground_truth": ANY, "kwargs": OPTIONAL_OBJECT}
SUMMARY = "messages, the last ones the assistant's, and, if wanted, ground_truth and kwargs"
REPLY = {"score": NUMBER}

_POLICY_ROLES = ("assistant", "tool", "function")


def parse_request(payload: Mapping[str, Any], *, chat_template: str = AUTO) -> list[Rollout]:
    """Return the one rollout of `{"messages": [...], "ground_truth": any, "kwargs": {}}`."""
    given = payload.get("messages")
    if not isinstance(given, list) or not all(isinstance(message, dict) for message in given):
        raise PayloadError("messages must be a list of messages", "messages")
    end = len(given)
    while end and given[end - 1].get("role") in _POLICY_ROLES:
        end -= 1
    if end == len(given):
        raise PayloadError("messages must end with the assistant's, which is the response", "messages")
    check_messages(given[:end], "messages")
    answer, said = written(completion(given[end:], "messages"), chat_template)
    info = table(payload, "kwargs")
    source = info.get("data_source")
    return [
        Rollout(
            "\n\n".join(content for message in given[:end] if (content := content_of(message))),
            answer,
            ground_truth(payload, "ground_truth"),
            source if isinstance(source, str) else None,
            info,
            messages=tuple(given[:end]) or None,
            completion=said,
        )
    ]


def build_response(
    payload: Mapping[str, Any], scores: Sequence[Score], *, metrics: Sequence[str], unscored_reward: float
) -> dict[str, Any]:
    """Return an EvaluateResult; a rollout that is not scored has no valid score."""
    (score,) = scores
    is_valid = score.reward is not None
    reason = score.explanation or score.status.value
    return {
        "score": reward_of(score, unscored_reward),
        "is_score_valid": is_valid,
        "reason": reason,
        "metrics": {
            name: {"score": value, "is_score_valid": is_valid, "reason": reason}
            for name, value in figures(score, metrics).items()
        },
        "step_outputs": None,
        "error": None if is_valid else reason,
    }
