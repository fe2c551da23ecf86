"""Score rollouts outside of a server, by the engine and the settings that a server would have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType

from rule_rm.engine import Engine
from rule_rm.messages.groups import bundled, scattered
from rule_rm.messages.prepare import prepared
from rule_rm.registry import RewardFunction
from rule_rm.settings import Settings
from rule_rm.types import Rollout, Score

_BATCH = 512
"""Rollouts that are handed to the engine at once."""
_PATIENCE = 3600.0
"""Seconds for one batch: nobody waits with a timeout of their own, so none runs out."""


class SingleScorer:
    """The reward of the settings, for single rollouts: none shares a group with another."""

    def __init__(self, settings: Settings, engine: Engine | None = None) -> None:
        """Start an engine, if none is given that has the reward with these settings, and stays the caller's.

        Raises ConfigurationError if it can't be started.
        """
        self.settings = replace(settings, request_timeout=max(settings.request_timeout, _PATIENCE))
        self._engine = engine or Engine(self.settings)
        self._is_own = engine is None

    @property
    def function(self) -> RewardFunction:
        """The reward function of the settings."""
        return self._engine.rewards[self.settings.reward_type]

    @property
    def engine(self) -> Engine:
        """The engine that scores."""
        return self._engine

    def score(self, rollouts: Sequence[Rollout], reward_type: str | None = None) -> list[Score]:
        """Return the scores of the rollouts in their order, by the settings' reward or another one."""
        scores: list[Score] = []
        for begin in range(0, len(rollouts), _BATCH):
            asked = [prepared(one, self.settings) for one in rollouts[begin : begin + _BATCH]]
            scores += self._batch(asked, reward_type or self.settings.reward_type)
        return scores

    def _batch(self, rollouts: Sequence[Rollout], reward_type: str) -> list[Score]:
        function = self._engine.rewards.get(reward_type)
        if function is None or not function.groups:
            return self._engine.score(rollouts, reward_type)
        alone = [(place,) for place in range(len(rollouts))]
        return scattered(self._engine.score(bundled(rollouts, alone), reward_type), alone)

    def __enter__(self) -> SingleScorer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_own:
            self._engine.close()
