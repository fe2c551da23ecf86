"""Write the rollouts that servers kept to one file: JSON lines or Parquet."""

from __future__ import annotations

import argparse
import json
import math
import sys
from datetime import datetime
from pathlib import Path

DAMAGED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to do, the journal, and the file to write."""
    parser.add_argument("action", choices=["export"], help="export: write every rollout, with its texts")
    parser.add_argument("journal", type=Path, help="the directory of --journal, or one of its files")
    parser.add_argument("target", type=Path, help="the file to write: NAME.jsonl or NAME.parquet")
    parser.add_argument(
        "--since", type=_moment, default=-math.inf, metavar="TIME", help="the first day or time: 2026-05-31"
    )
    parser.add_argument(
        "--until",
        type=_moment,
        default=math.inf,
        metavar="TIME",
        help="the end: 2026-06-01T12:00",
    )
    parser.add_argument("--json", action="store_true", help="print the file and the number as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Export, and print how many rollouts there were; the exit status is 1 if a file could not be read."""
    from rule_rm.journal.export import export
    from rule_rm.journal.reader import Reader

    reader = Reader(arguments.journal)
    count = export(reader, arguments.target, arguments.since, arguments.until)
    faults = reader.faults()
    for fault in faults:
        print(f"rule-rm: {fault}", file=sys.stderr)
    if arguments.json:
        print(json.dumps({"file": str(arguments.target), "rollouts": count, "faults": faults}))
    else:
        print(f"{count} {'rollout' if count == 1 else 'rollouts'} in {arguments.target}")
    return DAMAGED if faults else 0


def _moment(text: str) -> float:
    """Return a day or a time in ISO 8601 as seconds since the epoch; the time zone here without another."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} must be a day or a time, such as 2026-05-31 or 2026-05-31T18:00"
        ) from None
