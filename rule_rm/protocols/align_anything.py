"""align-anything: prompts and responses, a whole micro-batch in one request.

Its trainer cuts both out of decoded text, so markers of the chat template may be left at their ends. The
golden answers are optional and its own client sends none: then they are found from the prompts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.chat import strip_markers
from rule_rm.payload import check_length, ground_truths, texts
from rule_rm.types import Rollout, Score

NAME = "align-anything"
KEYS = ("prompts", "responses")
SUMMARY = "prompts, responses and, if wanted, golden_responses"


def parse_request(payload: Mapping[str, Any]) -> list[Rollout]:
    """The rollouts of `{"prompts": [str], "responses": [str], "golden_responses": [any or null]}`."""
    prompts = texts(payload, "prompts")
    responses = texts(payload, "responses")
    check_length(responses, "responses", len(prompts))
    golden = ground_truths(payload, "golden_responses", len(prompts))
    return [
        Rollout(prompt, strip_markers(response), ground_truth)
        for prompt, response, ground_truth in zip(prompts, responses, golden, strict=True)
    ]


def build_response(
    scores: Sequence[Score], *, metrics: Sequence[str], unscored_reward: float
) -> dict[str, Any]:
    """`{"rewards": [float]}`; the client makes a tensor of it, so there are no ints and no nulls."""
    return {"rewards": [float(unscored_reward if score.reward is None else score.reward) for score in scores]}
