"""`length_target`: reward a response for coming close to the requested length.

The reward does not depend on whether the answer is right, so add it to a reward that does.
"""

from __future__ import annotations

from rule_rm.extract.response.lengths import UNITS, length, unknown_length
from rule_rm.registry import register
from rule_rm.registry.options import above, one_of
from rule_rm.types import Rollout, Score, Status

_MODES = ("exact", "at_most")
TARGET = "target_length"
"""The key of `extra_info` with the length that a prompt asks for."""


def _check(*, target: int, alpha: float, unit: str, mode: str) -> None:
    one_of("mode", mode, _MODES)
    one_of("unit", unit, UNITS)
    above("target", target, 0)
    above("alpha", alpha, 0)


@register(
    "length_target",
    summary="0 at the requested length, less by 0.0003 for each token more or fewer, at least -1",
    metrics=("length", "target"),
    linear=True,
    check=_check,
)
def length_target(
    rollout: Rollout, *, target: int = 1_024, alpha: float = 0.0003, unit: str = "tokens", mode: str = "exact"
) -> Score:
    r"""Return max(−1, −alpha · |target − L|); with `mode=at_most`, alpha · (target − L) + 0.5 within 0 and 1.

    These are the length terms of LCPO-Exact and LCPO-Max (L1, arXiv 2503.04697), with its alpha. The bound at
    −1 is ours, so that one endless response does not outweigh a batch. `extra_info["target_length"]` goes
    before the option. L is measured as for `soft_overlong`; without a count of tokens the rollout is
    unscored.

    >>> rollout = Rollout("", "one two three", extra_info={"target_length": 5})
    >>> length_target(rollout, unit="words", alpha=0.1).reward
    -0.2
    """
    _check(target=target, alpha=alpha, unit=unit, mode=mode)
    wanted = rollout.extra_info.get(TARGET, target)
    if not isinstance(wanted, (int, float)) or isinstance(wanted, bool) or not 0 < wanted < float("inf"):
        return Score.unscored(
            Status.BAD_GROUND_TRUTH, f"extra_info[{TARGET!r}] is not a length: {wanted!r:.80}"
        )
    given = length(rollout, unit)
    if given is None:
        return unknown_length()
    if mode == "exact":
        reward = max(-1.0, 0.0 - alpha * abs(wanted - given))
    else:
        reward = min(1.0, max(0.0, alpha * (wanted - given) + 0.5))
    metrics = {"length": float(given), "target": float(wanted)}
    return Score(reward, explanation=f"{given} of {wanted:g} {unit}", metrics=metrics)
