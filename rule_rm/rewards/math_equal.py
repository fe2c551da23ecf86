"""`math_equal`: is the final answer right as mathematics? Nothing is asked of the format."""

from __future__ import annotations

from rule_rm.extract import final_answer
from rule_rm.math.grade import Work, decide, missing_ground_truth, prepare
from rule_rm.math.symbolic import warm_up
from rule_rm.registry import register
from rule_rm.types import Rollout, Score


@register(
    "math_equal",
    summary="1 if the final answer equals the golden answer as mathematics, else 0",
    metrics=("accuracy",),
    decide=decide,
    warm_up=warm_up,
)
def math_equal(rollout: Rollout, *, value_alone: bool = False) -> Score | Work:
    r"""Return 1.0 if the last boxed answer equals the ground truth as mathematics, else 0.0.

    Without a box the answer tag counts, else the last anchored expression. An answer must be worked out:
    `3+4` is no answer to "What is 3+4?". With `value_alone` its value suffices. An unreadable response
    earns 0.0; an unreadable ground truth is unscored.

    >>> math_equal(Rollout("1/2+1/4?", r"\boxed{\frac{6}{8}}", ground_truth="0.75")).reward
    1.0
    >>> rollout = Rollout("3+4?", r"\boxed{4+3}", ground_truth="7")
    >>> math_equal(rollout).reward, math_equal(rollout, value_alone=True).reward
    (0.0, 1.0)
    """
    if (missing := missing_ground_truth(rollout)) is not None:
        return missing
    return prepare(rollout, final_answer(rollout.response, rollout.prompt), value_alone=value_alone)
