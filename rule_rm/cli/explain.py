"""Explain a verdict of the rewards for mathematics: what was extracted, how it was read, what decided."""

from __future__ import annotations

import argparse

from rule_rm.math.explain import explain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The golden answer, the response and, as some verdicts hang on it, the question."""
    parser.add_argument("--golden", required=True, help="the golden answer")
    parser.add_argument("--response", required=True, help="what the policy wrote")
    parser.add_argument("--prompt", default="", help="the question")


def run(arguments: argparse.Namespace) -> int:
    """Print the steps, one a line."""
    print(explain(arguments.golden, arguments.response, arguments.prompt))
    return 0
