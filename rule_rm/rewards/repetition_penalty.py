"""`repetition_penalty`: a policy that found one paying sentence should not write it ten times."""

from __future__ import annotations

from rule_rm.registry import register
from rule_rm.registry.option_checks import above
from rule_rm.types import Rollout


def _check(*, ngram_size: int, max_penalty: float) -> None:
    above("ngram_size", ngram_size, 0)


@register(
    "repetition_penalty",
    summary="the share of repeated word n-grams, times -1",
    linear=True,
    check=_check,
)
def repetition_penalty(rollout: Rollout, *, ngram_size: int = 3, max_penalty: float = -1.0) -> float:
    """(1 - unique / total n-grams) * max_penalty over the response's words in lower case; 0.0 if few.

    >>> repetition_penalty(Rollout("", "so so so so so")).__round__(3)
    -0.667
    """
    words = rollout.response.lower().split()
    total = len(words) - ngram_size + 1
    if total <= 0:
        return 0.0
    unique = len(set(zip(*(words[start:] for start in range(ngram_size)), strict=False)))
    return (1 - unique / total) * max_penalty
