"""Scored requests, made up."""

from __future__ import annotations

from typing import Any

from rule_rm import Rollout, Score
from rule_rm.journal import Scored, Sender
from rule_rm.journal.parcels import NOBODY


def scored(
    *rewards: float | Score,
    reward_type: str = "math",
    prompt: str = "2+2?",
    response: str = "4",
    ground_truth: Any = "4",
    source: str | None = "sums",
    answer: str | None = None,
    extra_info: Any = None,
    time: float = 1_000_000.0,
    step: Any = None,
    sender: Sender = NOBODY,
) -> Scored:
    """Return a request with a response for each reward."""
    rollout = Rollout(prompt, response, ground_truth, source, extra_info or {})
    scores = [
        reward if isinstance(reward, Score) else Score(reward, answer=answer, metrics={"accuracy": reward})
        for reward in rewards
    ]
    stages = {"golden": 0.05, "score": 0.2}
    return Scored(reward_type, [rollout] * len(scores), scores, (), 0.25, stages, time, step, sender=sender)
