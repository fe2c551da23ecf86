"""`diversity`: reward a response for words that the other responses to the prompt lack."""

from __future__ import annotations

from collections.abc import Sequence

from rule_rm.extract import spoken
from rule_rm.messages.groups import without_group
from rule_rm.registry import register
from rule_rm.registry.options import above
from rule_rm.types import Rollout, Score, Status

LONGEST = 20_000
"""Characters of a response that are compared: the end, where its answer is."""


def _check(*, size: int) -> None:
    above("size", size, 0)


@register(
    "diversity",
    summary="the share of a response's word sequences that no other response to the prompt has, on average",
    metrics=("overlap",),
    check=_check,
)
def diversity(rollouts: Sequence[Rollout], *, size: int = 3) -> list[Score]:
    """Return 1 minus the mean Jaccard index of a response's word n-grams with those of each other one.

    It compares what follows the thinking, in sequences of `size` words. A response that says nothing earns 0,
    and does not count among the others. It pays for being different and not for being right, so it goes
    beside another reward, behind a gate. A response alone is unscored, as it has no group.

    >>> group = [Rollout("", text) for text in ("a b c d", "a b c d", "x y z")]
    >>> [score.reward for score in diversity(group)]
    [0.5, 0.5, 1.0]
    """
    _check(size=size)
    if len(rollouts) < 2:
        return [without_group() for _ in rollouts]
    grams = [_grams(rollout.response, size) for rollout in rollouts]
    return [_score(own, [other for other in grams if other is not own]) for own in grams]


def _grams(response: str, size: int) -> frozenset[tuple[str, ...]]:
    words = (spoken(response, LONGEST) or "").lower().split()
    return frozenset(
        tuple(words[start : start + size]) for start in range(max(len(words) - size, 0) + 1) if words
    )


def _score(own: frozenset[tuple[str, ...]], others: Sequence[frozenset[tuple[str, ...]]]) -> Score:
    if not own:
        return Score(0.0, Status.NO_ANSWER, None, "nothing follows the thinking", {"overlap": 1.0})
    alike = [len(own & other) / len(own | other) for other in others if other]
    overlap = sum(alike) / len(alike) if alike else 0.0
    return Score(1.0 - overlap, metrics={"overlap": overlap})
