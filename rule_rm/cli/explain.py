"""Explain a verdict of the rewards for mathematics: the extracted answer, its reading, the deciding layer."""

from __future__ import annotations

import argparse

from rule_rm import registry, rewards
from rule_rm.math.explain import explain
from rule_rm.types import Rollout

REWARDS = ("math_equal", "math_verifier")
"""The rewards whose verdict is explained; only the second looks at the format."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the golden answer, the response and, as some verdicts depend on it, the question."""
    parser.add_argument("--golden", required=True, help="the golden answer", metavar="TEXT")
    parser.add_argument("--response", required=True, help="the policy's response", metavar="TEXT")
    parser.add_argument("--prompt", default="", help="the question", metavar="TEXT")


def run(arguments: argparse.Namespace) -> int:
    """Print the steps, one a line, and the reward of each reward type; return the exit status."""
    print(explain(arguments.golden, arguments.response, arguments.prompt))
    rewards.load()
    for name in REWARDS:
        score = registry.get(name)(Rollout(arguments.prompt, arguments.response, arguments.golden))
        reward = "unscored" if score.reward is None else f"{score.reward:g}"
        why = f": {score.explanation}" if score.explanation else ""
        print(f"{'reward':9} {reward} by {name} ({score.status.value}{why})")
    return 0
