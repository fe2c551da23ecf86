"""Explain a verdict of the rewards for mathematics: the extracted answer, its reading, the deciding layer."""

from __future__ import annotations

import argparse

from rule_rm.math.explain import explain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the golden answer, the response and, as some verdicts depend on it, the question."""
    parser.add_argument("--golden", required=True, help="the golden answer")
    parser.add_argument("--response", required=True, help="what the policy wrote")
    parser.add_argument("--prompt", default="", help="the question")


def run(arguments: argparse.Namespace) -> int:
    """Print the steps, one a line."""
    print(explain(arguments.golden, arguments.response, arguments.prompt))
    return 0
