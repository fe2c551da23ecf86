"""Explain one score of any reward or mixture: from arguments, or from a row of a file of rollouts."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from rule_rm.cli._rewards import add_reward_settings, chosen_reward, golden_value
from rule_rm.cli._scoring import adopt_configuration
from rule_rm.errors import ConfigurationError
from rule_rm.workbench.columns import given_columns
from rule_rm.workbench.explanation import explain
from rule_rm.workbench.rollout_rows import RolloutReader, RolloutRow
from rule_rm.workbench.row_files import rows_of

# The place of a rollout, as results name it: `a.jsonl:3`, `a.parquet: row 3`, `a.json (item 3)#2`.
_PLACE = re.compile(r"(.+?)(?::\d+|: row \d+| \(item \d+\))(?:#\d+)?\Z")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the rollout, by its parts or by its place in a file, and the reward."""
    parser.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="a file of rollouts, or of results of `rule-rm score`; or the place of one: FILE:LINE",
    )
    parser.add_argument(
        "--row", type=int, default=1, metavar="N", help="the rollout in the file, from 1 (default 1)"
    )
    parser.add_argument(
        "--columns", nargs="+", default=[], metavar="PART=COLUMN", help="the columns, as for `rule-rm score`"
    )
    parser.add_argument("--golden", help="the golden answer; JSON for a list or an object", metavar="TEXT")
    parser.add_argument("--response", help="the policy's response", metavar="TEXT")
    parser.add_argument("--prompt", default="", help="the question", metavar="TEXT")
    parser.add_argument("--data-source", help="the data source, for the routes of a mixture", metavar="NAME")
    parser.add_argument("--url", help="a running server to ask, instead of scoring here")
    parser.add_argument("--json", action="store_true", help="print the steps as JSON")
    add_reward_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the steps of the score, one a line; return the exit status."""
    row = _rollout(arguments)
    if arguments.file is not None:
        adopt_configuration(arguments, source_of(arguments.file))
    steps = explain(row, chosen_reward(arguments), arguments.url)
    if arguments.json:
        print(json.dumps(dict(steps), indent=2, ensure_ascii=False))
        return 0
    for name, text in steps:
        first, *more = text.split("\n")
        print(f"{name:9} {first}")
        for line in more:
            print(f"{'':9} {line}")
    return 0


def _rollout(arguments: argparse.Namespace) -> RolloutRow:
    if arguments.file is not None:
        source = source_of(arguments.file)
        if source != arguments.file:
            return _at(source, arguments)
        return _numbered(source, arguments)
    if arguments.response is None:
        raise ConfigurationError(
            "there is nothing to explain; give --response with --golden, or a FILE with --row"
        )
    return RolloutRow(
        "the arguments",
        arguments.prompt,
        arguments.response,
        golden_value(arguments.golden),
        arguments.data_source,
    )


def _numbered(source: str, arguments: argparse.Namespace) -> RolloutRow:
    """Return the rollout of `--row`; bad rows don't count. Raises ConfigurationError if there is none."""
    if arguments.row < 1:
        raise ConfigurationError(f"{source} has no rollout {arguments.row}; they are counted from 1")
    reader = RolloutReader(given_columns(arguments.columns), skip_bad_rows=True)
    found = 0
    for found, rollout in enumerate(reader.read(rows_of([source])), start=1):
        if found == arguments.row:
            return rollout
    bad = f", and {reader.bad} bad rows: {reader.named[0]}" if reader.bad else ""
    raise ConfigurationError(f"{source} has no rollout {arguments.row}; it has {found}{bad}")


def source_of(given: str) -> str:
    """Return the file of an argument that may be a place in one."""
    place = _PLACE.match(given)
    return given if place is None or Path(given).exists() else place[1]


def _at(source: str, arguments: argparse.Namespace) -> RolloutRow:
    """Return the rollout at a place. Raises ConfigurationError if there is none."""
    reader = RolloutReader(given_columns(arguments.columns), skip_bad_rows=True)
    for rollout in reader.read(rows_of([source])):
        if rollout.place == arguments.file:
            return rollout
    raise ConfigurationError(f"{source} has no rollout at {arguments.file}")
