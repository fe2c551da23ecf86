"""Write the rollouts of journals to one file: JSON lines, or Parquet."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.journal.reader import Reader
from rule_rm.journal.store import COLUMNS

ENDINGS = (".jsonl", ".parquet")
NAMES = ("server", "id", *COLUMNS, "prompt", "ground_truth", "response")
_PART = 2_000
"""Rollouts that are in memory at a time."""
_INTEGERS = ("id", "request", "member", "step", "question", "length")
_NUMBERS = ("time", "reward", "similarity", "seconds")


def export(reader: Reader, target: Path, since: float = -math.inf, until: float = math.inf) -> int:
    """Write the rollouts to a file, whose ending says in which format; return how many there were.

    They are those from the time `since` on and before `until`, in seconds since the epoch.
    Files that can't be read are left out, from their fault on; `reader.faults()` names them.
    Raises ConfigurationError for another ending, if no journal can be read, or without pyarrow for Parquet.
    """
    if target.suffix not in ENDINGS:
        raise ConfigurationError(f"{target} must end in {' or '.join(ENDINGS)}")
    if not reader.files():
        raise ConfigurationError(f"there is no journal in {reader.path}")
    write = _write_lines if target.suffix == ".jsonl" else _write_parquet
    # A file of this name is whole, or not there.
    part = target.with_name(f".{target.name}.part")
    try:
        count = write(reader.every(since, until), part)
        if not count and (faults := reader.faults()):
            raise ConfigurationError("; ".join(faults))
        part.replace(target)
    except OSError as error:
        raise ConfigurationError(f"{target} can't be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
    return count


def _write_lines(rollouts: Iterable[Mapping[str, Any]], target: Path) -> int:
    count = 0
    with target.open("w", encoding="utf-8") as lines:
        for rollout in rollouts:
            lines.write(json.dumps(_record(rollout), ensure_ascii=False) + "\n")
            count += 1
    return count


def _write_parquet(rollouts: Iterator[Mapping[str, Any]], target: Path) -> int:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ConfigurationError("Parquet needs pyarrow: pip install 'rule-rm[parquet]'") from None
    kinds = {name: pyarrow.string() for name in NAMES}
    kinds |= {name: pyarrow.int64() for name in _INTEGERS} | {name: pyarrow.float64() for name in _NUMBERS}
    schema = pyarrow.schema(list(kinds.items()))
    count = 0
    with pyarrow.parquet.ParquetWriter(target, schema) as parquet:
        while part := [_record(rollout) for rollout in islice(rollouts, _PART)]:
            # Components have other names in each reward, so they stay JSON in one column.
            columns = [
                {
                    **record,
                    "components": json.dumps(record["components"]),
                    "stages": json.dumps(record["stages"]),
                }
                for record in part
            ]
            parquet.write_table(pyarrow.Table.from_pylist(columns, schema))
            count += len(part)
    return count


def _record(rollout: Mapping[str, Any]) -> dict[str, Any]:
    return {"server": rollout["place"].file} | {name: rollout[name] for name in NAMES[1:]}
