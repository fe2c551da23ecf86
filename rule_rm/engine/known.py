"""The engine of a front process: it knows what needs no worker, and leaves the rest to the main process."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rule_rm.engine.batch import Batch
from rule_rm.engine.deciding import Deciding
from rule_rm.engine.engine import Engine
from rule_rm.engine.served import load_rewards
from rule_rm.engine.verdict_table import TwoCaches, VerdictTable
from rule_rm.errors import InternalError
from rule_rm.registry.mixture import describe
from rule_rm.registry.options import missing
from rule_rm.settings import Settings
from rule_rm.types import Rollout, Score

REMEMBERED = 16_384
"""Verdicts that a front process remembers itself."""


class ElsewhereError(InternalError):
    """A request that the main process has to answer."""


class KnownVerdicts(Engine):
    """An engine without workers, judges and models: it scores plain cases, and what the table has.

    It decides by the code of `Engine`. It never gives a reply that only the main process can give: one about
    unscored rollouts, which are counted and warned of there, or one whose components are not declared.
    """

    def __init__(self, settings: Settings, table: VerdictTable) -> None:
        """Load the reward functions. Raises ConfigurationError if one can't be loaded."""
        self._settings = settings
        self._functions = load_rewards(settings, describe(settings))
        self._cache = TwoCaches(REMEMBERED, table)
        self._deciding = Deciding(self._cache, settings.rollout_timeout)
        self.table = None
        self.rewards = {
            name: function
            for name, function in self._functions.items()
            if "/" not in name
            and not function.is_resident
            and not function.groups
            and not missing(function.extras)
        }

    def begin(
        self,
        rollouts: Sequence[Rollout],
        reward_type: str | None,
        until: float,
        names: Callable[[int], str] | None = None,
    ) -> Batch:
        """Return the complete batch of the rollouts. Raises ElsewhereError if one is not known here."""
        function = self._function(reward_type)
        scores: list[Score | None] = []
        for rollout in rollouts:
            decided = self._deciding.decide(function, rollout)
            if not isinstance(decided, Score) or decided.reward is None:
                raise ElsewhereError
            if not decided.metrics.keys() <= set(function.metrics):
                raise ElsewhereError
            scores.append(decided)
        return Batch(scores, missing=0)
