"""`kimi_length`: reward a response by its length among the responses to the same prompt."""

from __future__ import annotations

from collections.abc import Sequence

from rule_rm.extract import final_answer
from rule_rm.extract.response.lengths import UNITS, length, unknown_length
from rule_rm.math import grade
from rule_rm.math.grade import missing_ground_truth
from rule_rm.math.symbolic import warm_up
from rule_rm.messages.groups import without_group
from rule_rm.registry import register
from rule_rm.registry.options import one_of
from rule_rm.types import Rollout, Score


def _check(*, unit: str) -> None:
    one_of("unit", unit, UNITS)


@register(
    "kimi_length",
    summary="0.5 for the shortest right answer of a group to -0.5 for the longest; at most 0 for a wrong one",
    metrics=("accuracy", "length"),
    warm_up=warm_up,
    check=_check,
    timeout_reward=-0.5,
)
def kimi_length(rollouts: Sequence[Rollout], *, unit: str = "tokens") -> list[Score]:
    r"""Return 0.5 - (length - shortest) / (longest - shortest) for a right answer, at most 0 for a wrong one.

    From Kimi k1.5 (arXiv 2501.12599): the lengths are those of the group, and `math_equal` decides what is
    right. Where all are equally long, everyone gets 0. It goes beside a reward for the accuracy in a mixture.
    A response alone is unscored, as it has no group. Tokens are counted as for `soft_overlong`.

    >>> texts = [r"\boxed{42}", r"It is \boxed{42}", r"No: \boxed{41}"]
    >>> group = [Rollout("6*7?", text, "42") for text in texts]
    >>> [score.reward for score in kimi_length(group, unit="words")]
    [0.5, -0.5, 0.0]
    """
    _check(unit=unit)
    if len(rollouts) < 2:
        return [missing_ground_truth(rollout) or without_group() for rollout in rollouts]
    graded = [_graded(rollout) for rollout in rollouts]
    lengths = [length(rollout, unit) for rollout in rollouts]
    known = [count for count in lengths if count is not None]
    if len(known) < len(rollouts):
        return [unknown_length() for _ in rollouts]
    shortest, spread = min(known), max(known) - min(known)
    return [
        _score(score, count, 0.5 - (count - shortest) / spread if spread else 0.0)
        for score, count in zip(graded, known, strict=True)
    ]


def _graded(rollout: Rollout) -> Score:
    if (missing := missing_ground_truth(rollout)) is not None:
        return missing
    prepared = grade.prepare(rollout, final_answer(rollout.response, rollout.prompt))
    return grade.decide(prepared) if isinstance(prepared, grade.Work) else prepared


def _score(graded: Score, count: int, share: float) -> Score:
    if graded.reward is None:
        return graded
    reward = share if graded.reward == 1.0 else min(0.0, share)
    metrics = {**graded.metrics, "length": float(count)}
    return Score(reward, graded.status, graded.answer, graded.explanation, metrics)
