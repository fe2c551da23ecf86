"""align-anything: prompts and responses, a whole micro-batch in one request.

Its trainer cuts both out of decoded text, so markers of the chat template may be left at their ends. The
golden answers are optional and its own client sends none: then they are found from the prompts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.messages.fields import (
    check_length,
    completions,
    conversations,
    data_sources,
    ground_truths,
    tables,
    texts,
)
from rule_rm.messages.groups import with_names
from rule_rm.messages.said import written
from rule_rm.protocols._fields import ANYS, CONVERSATIONS, NUMBERS, OBJECTS, SAIDS, SOURCES, TEXTS
from rule_rm.protocols._reply import reward_of
from rule_rm.settings import AUTO
from rule_rm.types import Rollout, Score

NAME = "align-anything"
KEYS = ("prompts", "responses")
FIELDS = {
    "prompts": TEXTS,
    "responses": SAIDS,
    "golden_responses": ANYS,
    "data_sources": SOURCES,
    "extra_infos": OBJECTS,
    "messages": CONVERSATIONS,
}
SUMMARY = "prompts, responses and, if wanted, golden_responses, data_sources, extra_infos, messages"
REPLY = {"rewards": NUMBERS}


def parse_request(payload: Mapping[str, Any], *, chat_template: str = AUTO) -> list[Rollout]:
    """Return the rollouts of `{"prompts": [str], "responses": [str], "golden_responses": [any or null]}`.

    `data_sources`, `extra_infos` and `messages` (the conversations behind the prompts) go beyond
    align-anything's own keys, for reward functions that use them. A response may be a list of messages.
    """
    prompts = texts(payload, "prompts")
    responses = [written(given, chat_template) for given in completions(payload, "responses")]
    check_length(responses, "responses", len(prompts))
    golden = ground_truths(payload, "golden_responses", len(prompts))
    sources = data_sources(payload, "data_sources", len(prompts))
    infos = with_names(payload, tables(payload, "extra_infos", len(prompts)))
    messages = conversations(payload, "messages", len(prompts))
    return [
        Rollout(prompt, response, ground_truth, source, info, messages=before, completion=completion)
        for prompt, (response, completion), ground_truth, source, info, before in zip(
            prompts, responses, golden, sources, infos, messages, strict=True
        )
    ]


def build_response(
    payload: Mapping[str, Any], scores: Sequence[Score], *, metrics: Sequence[str], unscored_reward: float
) -> dict[str, Any]:
    """Return `{"rewards": [float]}`; the client makes a tensor of it, so there are no ints and no nulls."""
    return {"rewards": [reward_of(score, unscored_reward) for score in scores]}
