"""`group_rank`: the place of a response among the responses to its prompt, by another reward."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import fmean, pstdev
from typing import Any

from rule_rm import registry
from rule_rm.errors import ConfigurationError, UnknownRewardError
from rule_rm.messages.groups import without_group
from rule_rm.registry import register
from rule_rm.registry.conventions import of_group
from rule_rm.registry.options import one_of
from rule_rm.registry.resident import Ask, Resident
from rule_rm.types import Rollout, Score

THREADS = 64
"""Members that are scored at a time, of all groups together."""


def _z_scores(rewards: Sequence[float]) -> list[float]:
    """Return the distances from the mean in standard deviations; 0 where all are equal."""
    mean, spread = fmean(rewards), pstdev(rewards)
    return [(reward - mean) / spread if spread else 0.0 for reward in rewards]


def _ranks(rewards: Sequence[float]) -> list[float]:
    """Return the share of the others that each one beats; a tie is half of a win."""
    others = max(len(rewards) - 1, 1)
    return [
        (sum(other < one for other in rewards) + (sum(other == one for other in rewards) - 1) / 2) / others
        for one in rewards
    ]


def _best(rewards: Sequence[float]) -> list[float]:
    """Return 1 for the best ones; 0 for the others, and for all where all are equal."""
    most = max(rewards)
    return [float(reward == most > min(rewards)) for reward in rewards]


HOW = {"z_score": _z_scores, "rank": _ranks, "best": _best}


@register(
    "group_rank",
    summary="the place of a response in its group by another reward: z-score, rank or best of",
    metrics=("base",),
    groups=True,
)
class GroupRank(Resident):
    """The reward of `rule` compared with those of the other responses to the prompt.

    `how` is `z_score` (in standard deviations), `rank` (the share of the others that it beats) or `best` (1
    for the best, else 0). Where all are equal everyone gets the same: 0, 0.5 or 0. Members that `rule` leaves
    unscored stay so, and the others are compared without them. A response alone is unscored. `base` is the
    reward of `rule`.
    """

    def __init__(self, *, rule: str = "math_equal", how: str = "z_score") -> None:
        """Find the rule. Raises ConfigurationError if there is no such rule, or it sees groups itself."""
        one_of("how", how, HOW)
        try:
            function = registry.get(rule)
        except UnknownRewardError as error:
            raise ConfigurationError(f"group_rank: {error}") from None
        if function.groups:
            raise ConfigurationError(
                f"group_rank: {rule} compares a group itself; name a rule for one response"
            )
        self._rule = rule
        self._how = HOW[how]
        self.parts = (rule,)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="group-rank")

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        """Return the score of a group."""
        members = rollout.group or (rollout,)
        if len(members) < 2:
            return of_group([without_group()])
        bases = [*self._pool.map(partial(ask.score, self._rule), members)]
        known = [base.reward for base in bases if base.reward is not None]
        ranked = iter(self._how(known) if known else ())
        return of_group([base if base.reward is None else _placed(base, next(ranked)) for base in bases])

    def state(self) -> dict[str, Any]:
        """Return the rule."""
        return {"rule": self._rule}

    def close(self) -> None:
        """Score no more members."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _placed(base: Score, reward: float) -> Score:
    return Score(reward, base.status, base.answer, base.explanation, {"base": base.reward or 0.0})
