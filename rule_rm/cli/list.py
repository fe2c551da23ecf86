"""List the reward types that can be chosen, with their options."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping

from rule_rm import registry, rewards
from rule_rm.cli._settings import add_settings, chosen_settings
from rule_rm.errors import ConfigurationError
from rule_rm.registry import RewardFunction
from rule_rm.registry.options import missing
from rule_rm.settings.reading import did_you_mean


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words to look for, and the reward files, whose types are listed too."""
    parser.add_argument(
        "words", nargs="*", metavar="WORD", help="list rewards with all of these in name or summary"
    )
    parser.add_argument("--json", action="store_true", help="print the rewards as JSON")
    add_settings(parser, names=("reward_file",))


def run(arguments: argparse.Namespace) -> int:
    """Print each reward type with its summary and, below, its options with their defaults.

    Raises ConfigurationError if no reward has the words.
    """
    rewards.load()
    for path in chosen_settings(arguments).reward_file:
        registry.load(path if "/" in path else f"./{path}")
    every = registry.registered()
    words = [word.casefold() for word in arguments.words]
    found = {name: one for name, one in every.items() if all(word in _text(name, one) for word in words)}
    if not found:
        near = did_you_mean(arguments.words[0], every)
        raise ConfigurationError(
            f"no reward has {' and '.join(arguments.words)} in its name or summary{near}"
        )
    if arguments.json:
        print(json.dumps({name: _as_json(one) for name, one in found.items()}, indent=2, ensure_ascii=False))
        return 0
    _print(found)
    return 0


def _text(name: str, function: RewardFunction) -> str:
    return f"{name} {function.summary}".casefold()


def _print(functions: Mapping[str, RewardFunction]) -> None:
    width = max(map(len, functions))
    for name, function in functions.items():
        print(f"{name:{width}}  {function.summary}".rstrip())
        for extra in missing(function.extras):
            print(f"{'':{width}}  not installed: pip install 'rule-rm[{extra}]'")
        for option, default in function.defaults.items():
            print(f"{'':{width}}  --reward-option {option}={default}")


def _as_json(function: RewardFunction) -> dict[str, object]:
    return {
        "summary": function.summary,
        "options": {
            name: {"type": type(default).__name__, "default": default}
            for name, default in function.defaults.items()
        },
        "metrics": list(function.metrics),
        "needs": list(function.needs),
        "not_installed": missing(function.extras),
        "takes_groups": bool(function.groups),
        "source": function.source,
        "version": function.version,
    }
