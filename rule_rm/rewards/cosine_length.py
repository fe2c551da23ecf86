"""`cosine_length`: reward a right answer more the shorter it is, and a wrong answer less.

A policy that is still wrong may think for longer, and a policy that is right learns to be brief.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

from rule_rm.extract import final_answer
from rule_rm.extract.response.lengths import UNITS, length, unknown_length
from rule_rm.math import grade
from rule_rm.math.grade import missing_ground_truth
from rule_rm.math.symbolic import warm_up
from rule_rm.registry import register
from rule_rm.registry.options import above, one_of
from rule_rm.types import Rollout, Score

_PRESETS = ("clamped", "open-r1", "ms-swift")
_IN_TOKENS = "tokens"


def _check(*, preset: str, max_length: int, unit: str, **_: float) -> None:
    one_of("preset", preset, _PRESETS)
    one_of("unit", unit, UNITS)
    above("max_length", max_length, 0)


def _lowest(*, wrong_short: float, wrong_long: float, **_others: object) -> float:
    return min(wrong_short, wrong_long)


class Work(NamedTuple):
    """An answer to compare, with its reward if it is right and its reward if it is wrong."""

    answer: grade.Work
    length: int
    right: float
    wrong: float


def decide(work: Work) -> Score:
    """Return the score of the answer, at the length of its response."""
    return _scaled(grade.decide(work.answer), work.length, work.right, work.wrong)


@register(
    "cosine_length",
    summary="1 to 0.5 for a right answer, -0.5 to 0 for a wrong one, along a cosine of the length",
    metrics=("accuracy", "length"),
    decide=decide,
    warm_up=warm_up,
    check=_check,
    lowest=_lowest,
)
def cosine_length(
    rollout: Rollout,
    *,
    max_length: int = 1_000,
    correct_short: float = 1.0,
    correct_long: float = 0.5,
    wrong_short: float = -0.5,
    wrong_long: float = 0.0,
    unit: str = _IN_TOKENS,
    preset: str = "clamped",
) -> Score | Work:
    r"""Return long + ½ (short − long) (1 + cos(π · L / max_length)), with the bounds for its verdict.

    From "Demystifying Long Chain-of-Thought Reasoning" (arXiv 2502.03373). `math_equal` decides whether the
    answer is right. The bounds are the rewards at length 0 and at `max_length`; the defaults are ms-swift's.
    L is clamped to `max_length`, since an answer of twice that length would earn as much as the shortest one.
    The presets "open-r1" (`cosine_scaled_reward`) and "ms-swift" (`CosineReward`) do not clamp it. open-r1
    measures in `unit=characters`, ms-swift in tokens. Tokens are counted as for `soft_overlong`.

    >>> rollout = Rollout("6*7?", r"\boxed{42}", "42", extra_info={"response_length": 500})
    >>> cosine_length(rollout).reward, cosine_length(rollout, max_length=500).reward
    (0.75, 0.5)
    >>> cosine_length(rollout, max_length=250, preset="ms-swift").reward
    1.0
    """
    _check(preset=preset, max_length=max_length, unit=unit)
    if (missing := missing_ground_truth(rollout)) is not None:
        return missing
    given = length(rollout, unit)
    if given is None:
        return unknown_length()
    progress = given / max_length if preset != "clamped" else min(1.0, given / max_length)
    right = _along(correct_short, correct_long, progress)
    wrong = _along(wrong_short, wrong_long, progress)
    prepared = grade.prepare(rollout, final_answer(rollout.response, rollout.prompt))
    if isinstance(prepared, grade.Work):
        return Work(prepared, given, right, wrong)
    return _scaled(prepared, given, right, wrong)


def _along(short: float, long: float, progress: float) -> float:
    """Return the reward at a point of the cosine between the shortest and the longest response."""
    return long + 0.5 * (short - long) * (1.0 + math.cos(math.pi * progress))


def _scaled(score: Score, given: int, right: float, wrong: float) -> Score:
    if score.reward is None:
        return score
    reward = right if score.reward == 1.0 else wrong
    return replace(score, reward=reward, metrics={**score.metrics, "length": float(given)})
