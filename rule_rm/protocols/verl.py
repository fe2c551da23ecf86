"""verl with the `reward_model.reward_api` extension: one sample a request, each with its ground truth.

Its client turns every failure into a silent 0.0 and retries nothing, so a reply always has its number. It
takes the extra keys from the first sample and looks for them in all others: they never change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.messages.chat_templates import split_query
from rule_rm.messages.fields import (
    Messages,
    completion,
    ground_truth,
    messages,
    optional_response,
    optional_text,
    response,
    table,
)
from rule_rm.messages.said import written
from rule_rm.protocols._fields import (
    ANY,
    NUMBER,
    OPTIONAL_MESSAGES,
    OPTIONAL_OBJECT,
    OPTIONAL_SAID,
    OPTIONAL_TEXT,
)
from rule_rm.protocols._reply import accuracy_name, figures, reward_of
from rule_rm.settings import AUTO
from rule_rm.types import Rollout, Score

NAME = "verl reward_api"
KEYS = ("ground_truth", "response_str or solution_str")
FIELDS = {
    "ground_truth": ANY,
    "response_str": OPTIONAL_SAID,
    "solution_str": OPTIONAL_TEXT,
    "prompt_str": OPTIONAL_TEXT,
    "data_source": OPTIONAL_TEXT,
    "extra_info": OPTIONAL_OBJECT,
    "messages": OPTIONAL_MESSAGES,
}
SUMMARY = (
    "ground_truth, response_str or solution_str (prompt and response) and, if wanted, prompt_str, "
    "data_source, extra_info, messages"
)
REPLY = {"score": NUMBER}

RESERVED = frozenset({"score", "reward"})
"""Names that verl gives figures of its own."""


def parse_request(payload: Mapping[str, Any], *, chat_template: str = AUTO) -> list[Rollout]:
    """Return the one rollout; `response_str`, which may be a list of one, goes before `solution_str`.

    `messages`, the conversation behind the prompt, goes beyond the extension's own keys.
    """
    prompt = optional_text(payload, "prompt_str")
    whole = optional_response(payload, "solution_str")
    said: Messages | None = None
    if payload.get("response_str") is not None:
        given = payload["response_str"]
        one = given[0] if isinstance(given, list) and len(given) == 1 and isinstance(given[0], str) else given
        answer, said = written(completion(one, "response_str"), chat_template)
    else:
        prompt, answer = split_query(response(payload, "solution_str"), prompt, chat_template)
    return [
        Rollout(
            prompt or "",
            answer,
            ground_truth(payload, "ground_truth"),
            optional_text(payload, "data_source"),
            table(payload, "extra_info"),
            text=whole,
            messages=messages(payload, "messages"),
            completion=said,
        )
    ]


def build_response(
    payload: Mapping[str, Any], scores: Sequence[Score], *, metrics: Sequence[str], unscored_reward: float
) -> dict[str, Any]:
    """Return `score`, the metrics, and the failures as 0 or 1."""
    (score,) = scores
    found = figures(score, metrics, RESERVED)
    name = accuracy_name(metrics)
    if name is not None and name in found:
        # verl's filter of groups and its validation look for the accuracy under this name.
        found.setdefault("acc", found[name])
    return {"score": reward_of(score, unscored_reward), **found}
