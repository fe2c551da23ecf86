"""`cosine_length`: a right answer is worth more the shorter it is, a wrong one less.

So a policy that is not yet right is let think longer, and one that is learns to be brief.
"""

from __future__ import annotations

import math
from dataclasses import replace

from rule_rm.extract import final_answer
from rule_rm.extract.lengths import UNITS, length, unknown_length
from rule_rm.math.grade import condensed, grade, missing_ground_truth
from rule_rm.math.symbolic import warm_up
from rule_rm.registry import register
from rule_rm.registry.option_checks import above, one_of
from rule_rm.types import Rollout, Score

_PRESETS = ("clamped", "open-r1", "ms-swift")
_IN_TOKENS = "tokens"


def _check(*, preset: str, max_length: int, unit: str, **_: float) -> None:
    one_of("preset", preset, _PRESETS)
    one_of("unit", unit, UNITS)
    above("max_length", max_length, 0)


def _lowest(*, wrong_short: float, wrong_long: float, **_others: object) -> float:
    return min(wrong_short, wrong_long)


def condense(
    rollout: Rollout,
    *,
    max_length: int = 1_000,
    correct_short: float = 1.0,
    correct_long: float = 0.5,
    wrong_short: float = -0.5,
    wrong_long: float = 0.0,
    unit: str = _IN_TOKENS,
    preset: str = "clamped",
) -> Rollout | Score:
    """The score of a plain case; else the bare answer and the number of tokens, if these are the unit."""
    if (missing := missing_ground_truth(rollout)) is not None:
        return missing
    given = length(rollout, unit)
    if given is None:
        return unknown_length()
    found = condensed(rollout, final_answer(rollout.response, rollout.prompt), r"\boxed{{}}")
    if isinstance(found, Rollout):
        return replace(found, extra_info={"response_length": given}) if unit == _IN_TOKENS else rollout
    progress = given / max_length if preset != "clamped" else min(1.0, given / max_length)
    return _scaled(found, given, progress, (correct_short, correct_long), (wrong_short, wrong_long))


@register(
    "cosine_length",
    summary="1 to 0.5 for a right answer, -0.5 to 0 for a wrong one, along a cosine of the length",
    metrics=("accuracy", "length"),
    condense=condense,
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
) -> Score:
    r"""long + ½ (short − long) (1 + cos(π · L / max_length)), of the bounds for right or for wrong answers.

    From "Demystifying Long Chain-of-Thought Reasoning" (arXiv 2502.03373). Whether the answer is right is
    said by `math_equal`; the bounds are what an answer of length 0 and one of `max_length` earn, by default
    ms-swift's. L is no more than `max_length`: without that clamp, which "open-r1" (`cosine_scaled_reward`)
    and "ms-swift" (`CosineReward`) lack, an answer twice too long earns what the shortest does. open-r1
    measures in `unit=characters`, ms-swift in tokens, which are counted as for `soft_overlong`.

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
    score = grade(rollout, final_answer(rollout.response, rollout.prompt))
    progress = given / max_length if preset != "clamped" else min(1.0, given / max_length)
    return _scaled(score, given, progress, (correct_short, correct_long), (wrong_short, wrong_long))


def _scaled(
    score: Score, given: int, progress: float, correct: tuple[float, float], wrong: tuple[float, float]
) -> Score:
    if score.reward is None:
        return score
    short, long = correct if score.reward == 1.0 else wrong
    reward = long + 0.5 * (short - long) * (1.0 + math.cos(math.pi * progress))
    return replace(score, reward=reward, metrics={**score.metrics, "length": float(given)})
