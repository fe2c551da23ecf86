"""OpenRLHF and lmm-r1: queries, which are prompt and response in one text with special tokens kept.

Today's OpenRLHF sends one sample a request, older ones and lmm-r1 a batch, the oldest without labels or
even prompts. Every value of the reply is a list with one float for each sample: that is what their own
server answers, the older clients join these lists, and today's makes `torch.tensor([value])` of them. The
keys must be the same in every reply, or the trainer can't put samples together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.chat import split_query
from rule_rm.payload import check_length, ground_truths, texts
from rule_rm.types import Rollout, Score, Status

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
        "unscored",
        "timeout",
    }
)
"""Names that the trainer keeps for figures of its own, and those of the counters here."""


def parse_request(payload: Mapping[str, Any]) -> list[Rollout]:
    """The rollouts of `{"query": [str], "prompts": [str], "labels": [any]}`; the last two may be missing."""
    queries = texts(payload, "query")
    prompts: Sequence[str | None] = [None] * len(queries)
    if payload.get("prompts") is not None:
        prompts = texts(payload, "prompts")
        check_length(prompts, "prompts", len(queries))
    labels = ground_truths(payload, "labels", len(queries))
    return [
        Rollout(*split_query(query, prompt), ground_truth)
        for query, prompt, ground_truth in zip(queries, prompts, labels, strict=True)
    ]


def build_response(
    scores: Sequence[Score], *, metrics: Sequence[str], unscored_reward: float
) -> dict[str, Any]:
    """`rewards`, `scores` (the same) and `extra_logs`: the metrics and, as 0 or 1, what went wrong.

    Where a score lacks a metric, as unscored ones do, it is 0: JSON has no word for not a number.
    """
    rewards = [float(unscored_reward if score.reward is None else score.reward) for score in scores]
    extra_logs = {
        _log_name(name): [float(score.metrics.get(name, 0.0)) for score in scores] for name in metrics
    }
    extra_logs["unscored"] = [float(score.reward is None) for score in scores]
    extra_logs["timeout"] = [float(score.status is Status.TIMEOUT) for score in scores]
    return {"rewards": rewards, "scores": rewards, "extra_logs": extra_logs}


def _log_name(metric: str) -> str:
    return f"metric_{metric}" if metric in RESERVED else metric
