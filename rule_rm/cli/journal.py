"""Write the rollouts that servers kept to one file: JSON lines or Parquet."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to do, the journal, and the file to write."""
    parser.add_argument("action", choices=["export"], help="export: write every rollout, with its texts")
    parser.add_argument("journal", type=Path, help="the directory of --journal, or one of its files")
    parser.add_argument("target", type=Path, help="the file to write: NAME.jsonl or NAME.parquet")


def run(arguments: argparse.Namespace) -> int:
    """Export, and print how many rollouts there were."""
    from rule_rm.journal.export import export
    from rule_rm.journal.reader import Reader

    count = export(Reader(arguments.journal), arguments.target)
    print(f"{count} rollouts in {arguments.target}")
    return 0
