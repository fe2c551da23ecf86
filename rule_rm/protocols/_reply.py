"""Write the parts of a reply that all wire formats share: floats only, and the same keys in every reply.

A trainer joins the replies to many requests. It takes the keys of the first, looks for them in all others,
and makes tensors of the numbers. A figure that a score lacks is therefore 0, never left out.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from rule_rm.types import Score, Status

COUNTERS = ("unscored", "timeout")
"""Figures of every reply, 0 or 1 for each rollout: its kinds of failure."""
_ACCURACY = "accuracy"


def reward_of(score: Score, unscored_reward: float) -> float:
    """Return the reward, or the number that takes its place in an unscored rollout."""
    return float(unscored_reward if score.reward is None else score.reward)


def accuracy_name(metrics: Sequence[str]) -> str | None:
    """Return the accuracy metric, also of a mixture with one such part; None if there is none.

    >>> accuracy_name(["math_verifier", "math_verifier_accuracy", "f1"])
    'math_verifier_accuracy'
    """
    if _ACCURACY in metrics:
        return _ACCURACY
    found = [metric for metric in metrics if metric.endswith(f"_{_ACCURACY}")]
    return found[0] if len(found) == 1 else None


def share_of(score: Score, metrics: Sequence[str], unscored_reward: float) -> float:
    """Return how right a response is, from 0 to 1: its accuracy where there is one, else its reward."""
    name = accuracy_name(metrics)
    if score.reward is None or name is None:
        return min(max(reward_of(score, unscored_reward), 0.0), 1.0)
    return min(max(_finite(score.metrics.get(name, 0.0)), 0.0), 1.0)


def figures(score: Score, metrics: Sequence[str], taken: Collection[str] = ()) -> dict[str, float]:
    """Return the metrics and the counters of a score; a metric whose name is `taken` is called `metric_…`.

    >>> figures(Score(1.5, metrics={"score": 1.0}), ["score", "rare"], taken={"score"})
    {'metric_score': 1.0, 'rare': 0.0, 'unscored': 0.0, 'timeout': 0.0}
    """
    taken = {*taken, *COUNTERS}
    named = {
        f"metric_{metric}" if metric in taken else metric: _finite(score.metrics.get(metric, 0.0))
        for metric in metrics
    }
    failures = (score.reward is None, score.status is Status.TIMEOUT)
    return named | {name: float(failed) for name, failed in zip(COUNTERS, failures, strict=True)}


def _finite(value: float) -> float:
    """Return the number, 0 if it has no form in JSON."""
    return float(value) if math.isfinite(value) else 0.0
