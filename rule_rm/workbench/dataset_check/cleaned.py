"""A copy of a dataset without the rows that have faults, and a list of these with the reasons."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.workbench.dataset_check.examination import Examination, unreadable

SUFFIXES = (".jsonl", ".json", ".csv", ".parquet")


def check_place(path: Path, dataset: str | None) -> None:
    """Raise ConfigurationError if a cleaned copy of the dataset can't be written there."""
    if path.suffix not in SUFFIXES:
        raise ConfigurationError(f"--fix {path}: the name must end in {', '.join(SUFFIXES)}")
    if not path.parent.is_dir():
        raise ConfigurationError(f"--fix {path}: there is no directory {str(path.parent)!r}; make it first")
    for one in (path, _dropped(path)):
        if dataset is not None and one.exists() and one.samefile(dataset):
            raise ConfigurationError(f"--fix {path}: {one} is the dataset itself; name another file")


def _dropped(path: Path) -> Path:
    """Return the path of the rows that are left out of a cleaned copy."""
    return path.with_name(f"{path.stem}.dropped.jsonl")


def write_cleaned(examination: Examination, path: Path) -> tuple[int, Path]:
    """Write the sound rows; return their number, and the file of those dropped with the reasons.

    Raises ConfigurationError if the file can't be written.
    """
    reasons: dict[int, list[dict[str, str]]] = {}
    for finding in examination.findings:
        if finding.is_dropped:
            reasons.setdefault(finding.index, []).append({"kind": finding.kind, "message": finding.message})
    kept = [raw.columns for index, raw in enumerate(examination.rows) if index not in reasons]
    try:
        write = _write_parquet if path.suffix == ".parquet" else _write
        write(path, kept)
        dropped = _dropped(path)
        lines = [
            {
                "place": examination.rows[index].place,
                "reasons": why,
                "row": None if unreadable(examination.rows[index]) else examination.rows[index].columns,
            }
            for index, why in sorted(reasons.items())
        ]
        _write(dropped, lines)
    except OSError as error:
        raise ConfigurationError(f"--fix {path}: can't be written: {error.strerror or error}") from error
    return len(kept), dropped


def _write_parquet(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write the rows as a table. Raises ConfigurationError if pyarrow is missing, or a column mixes types."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ConfigurationError(f"--fix {path} needs a package: pip install 'rule-rm[parquet]'") from None
    try:
        # pyarrow takes the columns of the first row for those of all.
        names = list(dict.fromkeys(name for row in rows for name in row))
        table = pyarrow.table({name: [row.get(name) for row in rows] for name in names})
        parquet.write_table(table, path)
    except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError) as error:
        raise ConfigurationError(f"--fix {path}: {error}; name a .jsonl file") from None


def _write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    if path.suffix == ".csv":
        names = list(dict.fromkeys(name for row in rows for name in row))
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, names)
            writer.writeheader()
            writer.writerows(rows)
        return
    texts = [json.dumps(row, ensure_ascii=False, default=str) for row in rows]
    text = (
        "[\n" + ",\n".join(texts) + "\n]\n"
        if path.suffix == ".json"
        else "".join(f"{one}\n" for one in texts)
    )
    path.write_text(text, encoding="utf-8")
