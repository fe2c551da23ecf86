"""List the reward types that can be chosen, with their options."""

from __future__ import annotations

import argparse

from rule_rm import registry, rewards
from rule_rm.cli._settings import add_settings, chosen_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the reward files, whose types are listed too."""
    add_settings(parser, names=("reward_file",))


def run(arguments: argparse.Namespace) -> int:
    """Print each reward type with its summary and, below, its options with their defaults."""
    rewards.load()
    for path in chosen_settings(arguments).reward_file:
        registry.load(path if "/" in path else f"./{path}")
    functions = registry.registered()
    width = max(map(len, functions))
    for name, function in functions.items():
        print(f"{name:{width}}  {function.summary}".rstrip())
        for option, default in function.defaults.items():
            print(f"{'':{width}}  --reward-option {option}={default}")
    return 0
