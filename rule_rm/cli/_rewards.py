"""The options of the workbench that choose a reward, or a file with a single reward."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace

from rule_rm import registry, rewards
from rule_rm.cli._settings import add_settings, chosen_settings
from rule_rm.errors import ConfigurationError
from rule_rm.settings import Settings

_NAMES = (
    *("reward_type", "reward_weights", "reward_config", "reward_option", "reward_file"),
    *("dataset", "question_key", "answer_key", "think_prefilled", "chat_template"),
    *("workers", "rollout_timeout", "worker_memory_mb", "sandbox", "allow_weak_sandbox"),
    *("judge_url", "judge_model", "judge_template", "judge_api_key_env"),
)


def add_reward_settings(parser: argparse.ArgumentParser) -> None:
    """Add the settings that decide a reward, and the short names of two of them."""
    add_settings(parser, names=_NAMES)
    group = parser.add_argument_group("Short names")
    group.add_argument(
        "--file",
        nargs="+",
        dest="reward_file",
        action="extend",
        default=argparse.SUPPRESS,
        metavar="FILE",
        help="--reward-file; its reward is chosen if it has but one",
    )
    group.add_argument(
        "--mixture", dest="reward_config", default=argparse.SUPPRESS, metavar="FILE", help="--reward-config"
    )


def chosen_reward(arguments: argparse.Namespace) -> Settings:
    """Return the settings; naming a file with a single reward chooses that reward.

    Raises ConfigurationError if a file has several and none of them is named.
    """
    settings = chosen_settings(arguments)
    if not settings.reward_file or hasattr(arguments, "reward_type") or settings.reward_config is not None:
        return settings
    rewards.load()
    before = set(registry.registered())
    for path in settings.reward_file:
        registry.load(path if "/" in path else f"./{path}")
    own = [name for name in registry.registered() if name not in before]
    if len(own) == 1:
        return replace(settings, reward_type=own[0])
    if not own:
        return settings
    names = ", ".join(own)
    raise ConfigurationError(
        f"{', '.join(settings.reward_file)} has {len(own)} rewards; name one by --reward-type: {names}"
    )


def golden_value(text: str | None) -> object:
    """Return a golden answer: the value of a JSON list or object, else the text."""
    if text is not None and text.lstrip().startswith(("{", "[")):
        try:
            value: object = json.loads(text)
        except ValueError:
            return text
        return value
    return text
