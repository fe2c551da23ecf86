"""Score a rollout with other options than those of the service, by an engine that is made for it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rule_rm.engine import Engine
from rule_rm.errors import ConfigurationError, OverloadedError
from rule_rm.registry.options import by_reward
from rule_rm.service import Service, score_alone
from rule_rm.types import Rollout, Score

PATIENCE = 20.0
"""Seconds for which a trial waits for another: each has a worker process of its own."""


class Trials:
    """Scores rollouts once more, for people who look at them. Nothing is counted or recorded."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._running = threading.Lock()

    def names(self) -> list[str]:
        """Return the reward types that can be tried."""
        return list(self._service.engine.rewards)

    def options(self, reward_type: str) -> Mapping[str, Any]:
        """Return the options that may be changed, with their values now; none of a judge or a model."""
        function = self._service.engine.rewards.get(reward_type)
        if function is None or function.is_resident:
            return {}
        return {**function.defaults, **function.options}

    def score(self, rollout: Rollout, reward_type: str, options: Sequence[str] = ()) -> Score:
        """Return the score with these options, each `NAME=VALUE`, in place of those of the service.

        A part of a mixture has its options as `REWARD.NAME=VALUE`. Raises ConfigurationError if one is
        invalid, UnknownRewardError, or OverloadedError.
        """
        if not options:
            return self._service.score_again(rollout, reward_type)
        service, before = self._service, self._service.engine
        settings = service.settings
        if (function := before.rewards.get(reward_type)) is not None:
            # A reader of the page must not choose where prompts are sent, nor which variable holds the key.
            _check_here(reward_type, function.is_resident)
            if reward_type != settings.reward_type:
                settings = replace(settings, reward_type=reward_type, reward_config=None, reward_weights=())
            settings = replace(
                settings, reward_option=tuple(options), judge_url=(), workers=1, server_processes=1
            )
            for name in by_reward(settings):
                _check_here(name, name in before.rewards and before.rewards[name].is_resident)
        if not self._running.acquire(timeout=PATIENCE):
            raise OverloadedError("another rollout is scored with options of its own; try again", PATIENCE)
        try:
            with Engine(settings, before) as engine:
                return score_alone(engine, rollout, reward_type, settings.request_timeout)
        finally:
            self._running.release()


def _check_here(reward_type: str, is_resident: bool) -> None:
    if is_resident:
        raise ConfigurationError(
            f"{reward_type} asks a judge or a model, whose options are set when the server starts"
        )
