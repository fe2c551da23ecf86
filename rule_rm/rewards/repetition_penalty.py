"""`repetition_penalty`: a policy that found one paying sentence should not write it ten times."""

from __future__ import annotations

from rule_rm.registry import register
from rule_rm.types import Rollout, Score


def condense(rollout: Rollout, *, ngram_size: int = 3, max_penalty: float = -1.0) -> Score:
    """The score itself: it takes linear time."""
    words = rollout.response.lower().split()
    total = len(words) - ngram_size + 1
    if total <= 0 or ngram_size < 1:
        return Score(0.0)
    unique = len(set(zip(*(words[start:] for start in range(ngram_size)), strict=False)))
    return Score((1 - unique / total) * max_penalty)


@register(
    "repetition_penalty",
    summary="the share of repeated word n-grams, times -1",
    condense=condense,
)
def repetition_penalty(rollout: Rollout, *, ngram_size: int = 3, max_penalty: float = -1.0) -> Score:
    """(1 - unique / total n-grams) * max_penalty over the response's words in lower case; 0.0 if few.

    >>> repetition_penalty(Rollout("", "so so so so so")).reward.__round__(3)
    -0.667
    """
    return condense(rollout, ngram_size=ngram_size, max_penalty=max_penalty)
