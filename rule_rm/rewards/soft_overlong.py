"""`soft_overlong`: penalise a response more and more as it comes close to the greatest length."""

from __future__ import annotations

from rule_rm.errors import ConfigurationError
from rule_rm.extract.response.lengths import UNITS, length, unknown_length
from rule_rm.registry import register
from rule_rm.registry.options import above, one_of
from rule_rm.types import Rollout, Score

_LOWEST = {"dapo": -1.0, "trl": -1.0, "open-r1": -1.0, "verl": None, "ms-swift": None}
"""The lowest reward of each project; None means that there is none."""


def _check(*, max_length: int, cache_length: int, unit: str, preset: str, penalty_factor: float) -> None:
    one_of("preset", preset, _LOWEST)
    one_of("unit", unit, UNITS)
    above("cache_length", cache_length, 0)
    above("penalty_factor", penalty_factor, 0)
    if cache_length > max_length:
        raise ConfigurationError(
            f"reward option cache_length must be at most max_length ({max_length}), not {cache_length}"
        )


@register(
    "soft_overlong",
    summary="0 up to max_length - cache_length, from there down to -1 at max_length",
    metrics=("length", "overlong"),
    linear=True,
    check=_check,
)
def soft_overlong(
    rollout: Rollout,
    *,
    max_length: int = 20_480,
    cache_length: int = 4_096,
    unit: str = "tokens",
    preset: str = "dapo",
    penalty_factor: float = 1.0,
) -> Score:
    r"""Return penalty_factor · max(−1, min(0, (max_length − cache_length − L) / cache_length)), L the length.

    This is equation 13 of DAPO (arXiv 2503.14476), whose lengths are the defaults. "trl" and "open-r1"
    (`get_soft_overlong_punishment`) are the same. "verl" (`overlong_buffer`) and "ms-swift" (`SoftOverlong`)
    have no lower bound. `penalty_factor` is verl's.

    With `unit=tokens`, L is the trainer's count: `extra_info["response_length"]`, `["completion_tokens"]`, or
    the number of `["completion_ids"]` or `["response_token_ids"]`. Without any of them the rollout is
    unscored. The other units are "words" and "characters". The metric `overlong` is 1 if the reward is below
    0.

    >>> rollout = Rollout("", "", extra_info={"response_length": 90})
    >>> soft_overlong(rollout, max_length=100, cache_length=20).reward
    -0.5
    """
    _check(
        max_length=max_length,
        cache_length=cache_length,
        unit=unit,
        preset=preset,
        penalty_factor=penalty_factor,
    )
    given = length(rollout, unit)
    if given is None:
        return unknown_length()
    reward = min(0.0, (max_length - cache_length - given) / cache_length)
    if (lowest := _LOWEST[preset]) is not None:
        reward = max(lowest, reward)
    metrics = {"length": float(given), "overlong": float(reward < 0)}
    return Score(penalty_factor * reward, explanation=f"{given} {unit}", metrics=metrics)
