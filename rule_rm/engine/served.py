"""The reward functions that a service has: those of the package, of reward files, and the mixture."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from rule_rm import registry, rewards
from rule_rm.errors import ConfigurationError
from rule_rm.registry import RewardFunction
from rule_rm.registry.mixture import add as add_mixture
from rule_rm.registry.options import by_reward, set_options, with_files
from rule_rm.settings import Settings

logger = logging.getLogger(__name__)


def load_rewards(settings: Settings, mixture: Mapping[str, Any] | None) -> Mapping[str, RewardFunction]:
    """Return all reward functions with the options and the mixture of the settings.

    Raises ConfigurationError if one can't be loaded, and UnknownRewardError for an unknown reward type.
    """
    rewards.load()
    for path in settings.reward_file:
        registry.load(path if "/" in path else f"./{path}")
    for reason in registry.unfit().values():
        logger.info("%s", reason)
    defaults = settings.as_options()
    functions = {
        name: function.with_defaults(defaults) if function.is_resident else function
        for name, function in registry.registered().items()
    }
    for function in functions.values():
        if function.source == "__main__":
            raise ConfigurationError(
                f"reward type {function.name!r} is defined in an interactive session, where workers can't "
                "find it. Put it into a reward file"
            )
    chosen = set_options(by_reward(settings), functions)
    functions = add_mixture(mixture, {name: with_files(function) for name, function in chosen.items()})
    if settings.reward_type not in functions:
        raise registry.unknown(settings.reward_type, functions)
    return functions
