"""`math_verifier`: a format gate, then the final answer as mathematics.

The gate comes first and zeroes the whole reward. A policy that is paid for a right answer in a wrong format
never learns the format.
"""

from __future__ import annotations

from dataclasses import replace

from rule_rm.extract import final_answer, tagged_answer
from rule_rm.math import grade
from rule_rm.math.grade import Work, missing_ground_truth
from rule_rm.math.symbolic import warm_up
from rule_rm.registry import register
from rule_rm.types import Rollout, Score, Status

_WRONG_FORMAT = Score(
    0.0,
    Status.WRONG_FORMAT,
    explanation="the response is not <think>…</think><answer>…</answer>, each tag exactly once",
    metrics={"accuracy": 0.0, "format": 0.0},
)


def decide(
    work: Work, *, accuracy_weight: float = 1.0, format_weight: float = 0.5, pay_empty: bool = False
) -> Score:
    """Return the weighted sum for a response of the right format."""
    return _weighted(grade.decide(work), accuracy_weight, format_weight, pay_empty)


@register(
    "math_verifier",
    summary="accuracy + 0.5 · format; a wrong format zeroes the accuracy",
    metrics=("accuracy", "format"),
    decide=decide,
    warm_up=warm_up,
)
def math_verifier(
    rollout: Rollout,
    *,
    accuracy_weight: float = 1.0,
    format_weight: float = 0.5,
    allow_space: bool = True,
    value_alone: bool = False,
    pay_empty: bool = False,
) -> Score | Work:
    r"""Return the weighted sum of accuracy and format, for `<think>…</think><answer>…</answer>` responses.

    Each tag must occur exactly once, in order, with nothing outside but white space (not even that without
    `allow_space`). Otherwise both are 0, for any answer. The accuracy is 1 if the final answer in the answer
    tag equals the ground truth as mathematics and is worked out (see `math_equal`). An unreadable ground
    truth is unscored.

    A format around no final answer earns nothing either: a policy would learn to write the tags alone.
    `pay_empty` pays it.

    >>> math_verifier(Rollout("", r"<think>…</think><answer>\boxed{7}</answer>", ground_truth="7")).reward
    1.5
    >>> math_verifier(Rollout("", r"\boxed{7}", ground_truth="7")).reward
    0.0
    """
    if (missing := missing_ground_truth(rollout)) is not None:
        return missing
    if tagged_answer(rollout.response, allow_space=allow_space) is None:
        return _WRONG_FORMAT
    prepared = grade.prepare(rollout, final_answer(rollout.response, rollout.prompt), value_alone=value_alone)
    if isinstance(prepared, Work):
        return prepared
    return _weighted(prepared, accuracy_weight, format_weight, pay_empty)


def _weighted(score: Score, accuracy_weight: float, format_weight: float, pay_empty: bool) -> Score:
    if score.reward is None:
        return score
    if score.status is Status.NO_ANSWER and not pay_empty:
        return replace(score, reward=0.0, metrics={**score.metrics, "format": 0.0})
    reward = accuracy_weight * score.reward + format_weight
    return replace(score, reward=reward, metrics={**score.metrics, "format": 1.0})
