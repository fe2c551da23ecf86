"""Show this machine's equipment for rewards: Python, extras, processors, sandbox, compilers, judge."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from rule_rm.cli._settings import add_settings, chosen_settings
from rule_rm.workbench.machine import facts

FAULT = 1
_SETTINGS = ("workers", "sandbox", "judge_url")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the settings that ask something of the machine."""
    add_settings(parser, names=_SETTINGS)
    parser.add_argument("--json", action="store_true", help="print the facts as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each fact; the exit status is 1 if the settings need something that is not there."""
    found = list(facts(chosen_settings(arguments)))
    if arguments.json:
        print(json.dumps([asdict(fact) for fact in found], indent=2))
    else:
        width = max(len(fact.name) for fact in found)
        for fact in found:
            print(f"{fact.state:8} {fact.name:{width}}  {fact.text}")
    return FAULT if any(fact.state == "fault" for fact in found) else 0
