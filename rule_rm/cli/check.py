"""Check a golden dataset before a run, for any reward: each fault costs every rollout of its question.

Reports rows that can't be read, golden answers that the reward can't read or doesn't pay, and conflicts. It
also reports repeated questions, rows that no route takes, and tests that accept broken programs.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rule_rm.cli._rewards import add_reward_settings, chosen_reward
from rule_rm.errors import ConfigurationError
from rule_rm.math.golden_check import SLOW
from rule_rm.workbench.dataset_check.cleaned import check_place, write_cleaned
from rule_rm.workbench.dataset_check.examination import Examination, examine
from rule_rm.workbench.dataset_check.findings import Finding

FOUND = 1
_WEAK = "weak"
"""A hint that does not change the exit status: some broken programs are right."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the reward, the dataset, the time after which a row is slow, and the forms of the result."""
    add_reward_settings(parser)
    group = parser.add_argument_group("Check")
    group.add_argument(
        "--slow",
        type=float,
        default=SLOW,
        metavar="SECONDS",
        help=f"report rows that take longer than this (default {SLOW:g})",
    )
    group.add_argument(
        "--fix",
        metavar="OUT",
        help="write the sound rows to OUT (.jsonl, .json, .csv, .parquet), the others next to it",
    )
    group.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each finding; the exit status is 1 if there is any."""
    settings = chosen_reward(arguments)
    if arguments.fix:
        # A large dataset takes hours to examine.
        check_place(Path(arguments.fix), settings.dataset)
    found = examine(settings, arguments.slow)
    if not found.rows:
        raise ConfigurationError(f"{settings.dataset}: has no rows to check")
    for sentence in found.notes:
        print(f"note: {sentence}", file=sys.stderr)
    kept = write_cleaned(found, Path(arguments.fix)) if arguments.fix else None
    if arguments.json:
        print(json.dumps(_as_json(found, arguments.fix, kept), indent=2, ensure_ascii=False, default=str))
    else:
        for finding in found.findings:
            print(_line(found, finding))
        print(f"{_counted(len(found.rows), 'golden answer')}, {_counted(len(found.findings), 'finding')}")
        if kept is not None:
            print(f"{kept[0]} rows are in {arguments.fix}, the others with the reasons in {kept[1]}")
    return FOUND if any(finding.kind != _WEAK for finding in found.findings) else 0


def _line(found: Examination, finding: Finding) -> str:
    """Return one line: the kind, the place, the message, and the row's answer and question."""
    start = f"{finding.kind}: {found.rows[finding.index].place}: {finding.message}"
    numbered = found.readable.get(finding.index)
    if numbered is None:
        return start
    return f"{start}: {_cut(numbered.row.ground_truth)} is the answer to {_cut(numbered.row.prompt)}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _cut(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _as_json(found: Examination, out: str | None, kept: tuple[int, Path] | None) -> dict[str, object]:
    return {
        "rows": len(found.rows),
        "notes": list(found.notes),
        "findings": [
            {
                "place": found.rows[finding.index].place,
                "row": finding.index + 1,
                "kind": finding.kind,
                "message": finding.message,
                "is_fault": finding.is_fault,
            }
            for finding in found.findings
        ],
        "fixed": None if kept is None else {"file": out, "rows": kept[0], "dropped": str(kept[1])},
    }
