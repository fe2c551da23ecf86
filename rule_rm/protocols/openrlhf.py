"""OpenRLHF and lmm-r1: queries, which are prompt and response in one text with special tokens kept.

Today's OpenRLHF sends one sample a request. Older ones and lmm-r1 send a batch, the oldest without labels or
even prompts. Every value of the reply is a list with one float for each sample, as their own server sends it.
The older clients join these lists, and today's makes `torch.tensor([value])` of them. Every reply must have
the same keys, or the trainer can't join samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.messages.chat_templates import split_query
from rule_rm.messages.fields import check_length, ground_truths, responses, texts
from rule_rm.protocols._reply import figures, reward_of
from rule_rm.settings import AUTO
from rule_rm.types import Rollout, Score

NAME = "OpenRLHF, lmm-r1"
KEYS = ("query",)
SUMMARY = "query and, if wanted, prompts and labels"

RESERVED = frozenset(
    {
        "reward",
        "score",
        "kl",
        "return",
        "logprobs_diff",
        "group_reward_std",
        "response_clip_ratio",
        "response_length",
        "total_length",
        "truncated",
    }
)
"""Names that the trainer keeps for figures of its own."""
_NOTHING = Score(0.0)


def parse_request(payload: Mapping[str, Any], *, chat_template: str = AUTO) -> list[Rollout]:
    """Return the rollouts of `{"query": [str], "prompts": [str], "labels": [any]}`; two are optional."""
    queries = responses(payload, "query")
    prompts: Sequence[str | None] = [None] * len(queries)
    if payload.get("prompts") is not None:
        prompts = texts(payload, "prompts")
        check_length(prompts, "prompts", len(queries))
    labels = ground_truths(payload, "labels", len(queries))
    return [
        Rollout(*split_query(query, prompt, chat_template), ground_truth, text=query)
        for query, prompt, ground_truth in zip(queries, prompts, labels, strict=True)
    ]


def build_response(
    payload: Mapping[str, Any], scores: Sequence[Score], *, metrics: Sequence[str], unscored_reward: float
) -> dict[str, Any]:
    """`rewards`, `scores` (the same) and `extra_logs`: the metrics and, as 0 or 1, what went wrong."""
    rewards = [reward_of(score, unscored_reward) for score in scores]
    rows = [figures(score, metrics, RESERVED) for score in scores]
    names = figures(_NOTHING, metrics, RESERVED)
    extra_logs = {name: [row[name] for row in rows] for name in names}
    return {"rewards": rewards, "scores": rewards, "extra_logs": extra_logs}
