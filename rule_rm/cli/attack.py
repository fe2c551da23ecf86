"""Attack a reward before a run: hacks that it must not pay, and right answers that it must.

Without a dataset, built-in rows that fit the reward type are used. A search that sees no golden answer then
looks for the policy that earns most. Its earnings above a constant answer are the reward's exploitability.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping

from rule_rm.cli._rewards import add_reward_settings, chosen_reward
from rule_rm.errors import ConfigurationError
from rule_rm.workbench.attack.blind import BUDGET
from rule_rm.workbench.attack.families import Family, load
from rule_rm.workbench.attack.trial import ROWS, Plan, attack

FOUND = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the reward, the dataset, the families, the search and the thresholds."""
    add_reward_settings(parser)
    group = parser.add_argument_group("Attack")
    group.add_argument("--rows", type=int, default=ROWS, metavar="N", help=f"rows to attack (default {ROWS})")
    group.add_argument("--family", nargs="+", default=(), metavar="NAME", help="the families; default: all")
    group.add_argument(
        "--family-file", nargs="+", default=(), metavar="FILE", help="Python files that register families"
    )
    group.add_argument("--list-families", action="store_true", help="list the families, and end")
    group.add_argument("--right-key", metavar="KEY", help="the column of a right response to each row")
    group.add_argument(
        "--budget",
        type=int,
        default=BUDGET,
        metavar="N",
        help=f"responses that the search may score; 0 for no search (default {BUDGET})",
    )
    group.add_argument("--seed", type=int, default=0, metavar="N", help="the seed of the search and the rows")
    for name, default, what in (
        ("paid", 0.0, "of a family of hacks that may be paid"),
        ("missed", 0.0, "of right answers in other words that may be missed"),
        ("exploitability", 0.02, "by which a policy without answers may be above a constant"),
        ("constant", 0.05, "of rows that may pay one response beyond equal golden answers"),
    ):
        group.add_argument(
            f"--max-{name}",
            type=float,
            default=default,
            metavar="SHARE",
            help=f"the share {what}; beyond it the exit status is 1 (default {default:g})",
        )
    group.add_argument("--json", action="store_true", help="print the result as JSON, with all examples")


def _check(arguments: argparse.Namespace) -> None:
    """Raise ConfigurationError for a number that no attack could have."""
    for name, least in (
        ("rows", 1),
        ("budget", 0),
        ("max_paid", 0),
        ("max_missed", 0),
        ("max_exploitability", 0),
        ("max_constant", 0),
    ):
        given = getattr(arguments, name)
        # Nothing is beyond NaN, so it would allow everything.
        if not given >= least:
            raise ConfigurationError(f"--{name.replace('_', '-')} {given:g}: must be at least {least}")


def run(arguments: argparse.Namespace) -> int:
    """Print the attack's findings; the exit status is 1 if a threshold is exceeded."""
    if arguments.list_families:
        _list_families(load(tuple(arguments.family_file)), arguments.json)
        return 0
    plan = Plan(
        arguments.rows,
        tuple(arguments.family),
        tuple(arguments.family_file),
        arguments.right_key,
        arguments.budget,
        arguments.seed,
    )
    _check(arguments)
    report = attack(chosen_reward(arguments), plan, _told)
    failures = report.failures(
        arguments.max_paid, arguments.max_missed, arguments.max_exploitability, arguments.max_constant
    )
    if arguments.json:
        print(json.dumps({**report.as_json(), "failures": failures}, indent=2))
        return FOUND if failures else 0
    for line in report.lines():
        print(line)
    print()
    print("\n".join(f"FOUND: {line}" for line in failures) or "Nothing found.")
    return FOUND if failures else 0


def _list_families(families: Mapping[str, Family], as_json: bool) -> None:
    listed = [
        {"name": name, "kind": "invariance" if one.is_invariance else "hack", "summary": one.summary}
        for name, one in families.items()
    ]
    if as_json:
        print(json.dumps(listed, indent=2, ensure_ascii=False))
        return
    for one in listed:
        print(f"{one['name']:20} {one['kind']:10} {one['summary']}")


def _told(line: str) -> None:
    """Show a step on a terminal, in one line that is written over."""
    if sys.stderr.isatty():
        print(f"\r\033[K{line}\r", end="", file=sys.stderr, flush=True)
