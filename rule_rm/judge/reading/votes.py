"""Several votes on one question: an odd number of separate calls, and no more than it takes to decide.

The rule: of k votes, more than half must agree. A vote that was lost, or gave no verdict, agrees with no
other, so two failures of three leave the rollout unscored. On a scale the median counts, if more than half of
the votes gave a number. Votes don't stop an attack that works on the judge; they reduce chance.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rule_rm.errors import JudgeError
from rule_rm.judge.reading.menu import JudgeVerdict, NoVerdictError

Vote = JudgeVerdict | NoVerdictError | JudgeError


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of all votes."""

    verdict: JudgeVerdict
    agreement: float
    """The share of the verdicts that are equal to this one."""
    votes: int
    """The number of votes with a verdict."""


def poll(cast: Callable[[Sequence[int]], Sequence[Vote]], k: int, *, is_ordinal: bool) -> Outcome:
    """Return the outcome of k votes; `cast(numbers)` casts those of these numbers, counted from 0.

    As many are cast at once as decide if they agree; further ones only if they don't. Raises JudgeError
    or NoVerdictError, whichever was the cause, if too few agree.
    """
    needed = k // 2 + 1
    votes: list[Vote] = []
    while len(votes) < k:
        most = max(_counts(votes).values(), default=0)
        if most >= needed:
            break
        first = len(votes)
        votes += cast(range(first, min(first + needed - most, k)))
    return _outcome(votes, needed, is_ordinal)


def _verdicts(votes: Sequence[Vote]) -> list[JudgeVerdict]:
    return [vote for vote in votes if isinstance(vote, JudgeVerdict)]


def _counts(votes: Sequence[Vote]) -> Counter[float]:
    return Counter(verdict.value for verdict in _verdicts(votes))


def _outcome(votes: Sequence[Vote], needed: int, is_ordinal: bool) -> Outcome:
    verdicts = _verdicts(votes)
    counts = _counts(votes)
    value, count = counts.most_common(1)[0] if counts else (0.0, 0)
    if count < needed and is_ordinal and len(verdicts) >= needed:
        value = statistics.median_low(verdict.value for verdict in verdicts)
    elif count < needed:
        raise why(votes, verdicts, needed)
    chosen = next(verdict for verdict in verdicts if verdict.value == value)
    return Outcome(chosen, counts[value] / len(verdicts), len(verdicts))


def why(votes: Sequence[Vote], verdicts: Sequence[JudgeVerdict], needed: int) -> NoVerdictError | JudgeError:
    """Return the cause of no outcome: a lost vote, else one without a verdict, else that they differ."""
    failures = [vote for vote in votes if not isinstance(vote, JudgeVerdict)]
    failures.sort(key=lambda vote: isinstance(vote, NoVerdictError))
    if failures:
        return failures[0]
    said = ", ".join(verdict.said for verdict in verdicts)
    return NoVerdictError(f"are the votes, of which {needed} would have to agree", said)
