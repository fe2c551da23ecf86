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
from rule_rm.messages.fields import (
    check_length,
    conversations,
    data_sources,
    ground_truths,
    responses,
    tables,
    texts,
    unlabelled,
)
from rule_rm.messages.groups import with_names
from rule_rm.protocols._fields import (
    ANYS,
    CONVERSATIONS,
    NUMBERS,
    OBJECT,
    OBJECTS,
    OPTIONAL_TEXTS,
    SOURCES,
    TEXTS,
)
from rule_rm.protocols._reply import figures, reward_of, share_of
from rule_rm.settings import AUTO
from rule_rm.types import Rollout, Score

NAME = "OpenRLHF, lmm-r1"
KEYS = ("query",)
FIELDS = {
    "query": TEXTS,
    "prompts": OPTIONAL_TEXTS,
    "labels": ANYS,
    "data_sources": SOURCES,
    "extra_infos": OBJECTS,
    "messages": CONVERSATIONS,
}
SUMMARY = "query and, if wanted, prompts, labels, data_sources, extra_infos, messages"
REPLY = {"rewards": NUMBERS, "scores": NUMBERS, "extra_logs": OBJECT}

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
    """Return the rollouts of `{"query": [str], "prompts": [str], "labels": [any]}`.

    `prompts` and `labels` may be missing. Beyond OpenRLHF's own keys, there may be `data_sources`,
    `extra_infos` and `messages`. A label may be an object with a `data_source` beside the golden answer.
    """
    queries = responses(payload, "query")
    prompts: Sequence[str | None] = [None] * len(queries)
    if payload.get("prompts") is not None:
        prompts = texts(payload, "prompts")
        check_length(prompts, "prompts", len(queries))
    labels = [unlabelled(label) for label in ground_truths(payload, "labels", len(queries))]
    sources = data_sources(payload, "data_sources", len(queries))
    infos = with_names(payload, tables(payload, "extra_infos", len(queries)))
    messages = conversations(payload, "messages", len(queries))
    return [
        Rollout(*split_query(query, prompt, chat_template), answer, source or named, info, query, before)
        for query, prompt, (answer, named), source, info, before in zip(
            queries, prompts, labels, sources, infos, messages, strict=True
        )
    ]


def build_response(
    payload: Mapping[str, Any], scores: Sequence[Score], *, metrics: Sequence[str], unscored_reward: float
) -> dict[str, Any]:
    """Return `rewards`, `scores` and `extra_logs`: the metrics, and the failures as 0 or 1.

    OpenRLHF filters prompts by the mean of `scores`, which lie in 0 to 1: the accuracy where there is one.
    """
    rewards = [reward_of(score, unscored_reward) for score in scores]
    rows = [figures(score, metrics, RESERVED) for score in scores]
    names = figures(_NOTHING, metrics, RESERVED)
    extra_logs = {name: [row[name] for row in rows] for name in names}
    scores_sent = [share_of(score, metrics, unscored_reward) for score in scores]
    return {"rewards": rewards, "scores": scores_sent, "extra_logs": extra_logs}
