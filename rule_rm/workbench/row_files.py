"""Read rows from files: JSONL, JSON, CSV, Parquet, shards, datasets, logs, standard input; one row at a time.

A reader yields pairs of place and row, and `Unreadable` for a row that can't be read. JSONL, CSV and Parquet
are streamed; JSON is read whole. Numbers that are NaN, pandas' missing value, become None.
"""

from __future__ import annotations

import codecs
import gzip
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import IO, Any

from rule_rm.errors import DatasetError
from rule_rm.golden.rows import Unreadable, csv_rows
from rule_rm.integrations.rows import plain
from rule_rm.workbench.inspect_logs import inspect_rows, plain_sample
from rule_rm.workbench.nested_rows import unfolded
from rule_rm.workbench.trainer_logs import slime_rows

Rows = Iterator[tuple[str, Any]]
STDIN = "-"
HUB = "hf:"
"""The beginning of a Hugging Face dataset's name: `hf:openai/gsm8k:test`."""
OWN_RESULTS = ".scored."
"""A part of the names of files that `score` writes: in a directory of shards they are not input."""
_PARQUET_ROWS = 256
"""Rows of Parquet that are in memory at a time."""
_DIGITS = re.compile(r"(\d+)")
"""The numbers in a name of a shard, to sort by: `10` in `step_10.jsonl`."""


def rows_of(sources: Sequence[str]) -> Rows:
    """Yield the rows of all sources in turn; shards of a directory are in the order of their numbers.

    Raises DatasetError if a source can't be read at all.
    """
    return chain.from_iterable(map(_rows, sources))


def number_of_rows(sources: Sequence[str]) -> int | None:
    """Return the number of rows, if it is cheap to find out: of JSONL and Parquet; else None."""
    counts = [_count(Path(source)) for source in sources]
    return None if None in counts else sum(count for count in counts if count is not None)


def _count(path: Path) -> int | None:
    if not path.is_file() or path.suffix.lower() not in (".jsonl", ".ndjson", ".parquet"):
        return None
    with path.open("rb") as stream:
        if path.suffix.lower() != ".parquet":
            return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        return None
    try:
        return int(parquet.read_metadata(path).num_rows)
    except ArrowException:
        # The reader names the fault.
        return None


def _rows(source: str) -> Rows:
    if source == STDIN:
        return _plain(_jsonl(STDIN, sys.stdin.buffer))
    if source.startswith(HUB):
        return _hub(source)
    if not source.strip():
        raise DatasetError("the name of the file is empty")
    path = Path(source)
    try:
        # A name may be too long, or have a null character.
        is_there, is_directory = path.exists(), path.is_dir()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise DatasetError(f"{source[:80]!r}: can't be read: {reason}") from None
    if not is_there:
        raise DatasetError(f"{path}: can't be read: No such file or directory")
    return _directory(path) if is_directory else _file(path)


def _file(path: Path) -> Rows:
    name = path.name.lower()
    packed = name.endswith(".gz")
    suffix = Path(name.removesuffix(".gz")).suffix
    reader = READERS.get(suffix)
    if reader is None or (packed and suffix not in STREAMED):
        known = ", ".join(READERS)
        raise DatasetError(
            f"{path}: its name must end in one of {known}, or in .gz after {' or '.join(STREAMED)}"
        )
    try:
        with gzip.open(path) if packed else path.open("rb") as stream:
            yield from _plain(reader(str(path), stream))  # type: ignore[arg-type]
    except (OSError, EOFError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise DatasetError(f"{path}: can't be read: {reason}") from error


def _plain(rows: Rows) -> Rows:
    """Yield the rows in plain values; a row that holds several rollouts as a row for each."""
    for place, row in rows:
        for inner, one in unfolded(place, row):
            yield inner, one if isinstance(one, Unreadable) else plain(one)


def _directory(path: Path) -> Rows:
    if (path / "state.json").exists() or (path / "dataset_dict.json").exists():
        return _saved_dataset(path)
    shards = [
        shard
        for shard in sorted(path.rglob("*"), key=_natural)
        if shard.is_file()
        and OWN_RESULTS not in shard.name
        and Path(shard.name.lower().removesuffix(".gz")).suffix in READERS
        and shard.name not in NO_SHARDS
    ]
    if not shards:
        raise DatasetError(f"{path}: has no file that ends in one of {', '.join(READERS)}")
    return chain.from_iterable(map(_file, shards))


def _natural(path: Path) -> list[Any]:
    """Return the key by which 2.jsonl comes before 10.jsonl."""
    return [int(part) if part.isdigit() else part for part in _DIGITS.split(str(path))]


def _jsonl(name: str, stream: IO[bytes]) -> Rows:
    for number, line in enumerate(stream, start=1):
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        if line.strip():
            yield f"{name}:{number}", _parsed(line)


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return Unreadable(f"is not UTF-8 at byte {error.start}")
    except json.JSONDecodeError as error:
        return Unreadable(f"is not JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        return Unreadable("is nested too deeply")
    except ValueError:
        # Python's own limit on reading an int.
        return Unreadable("has a number with more than 4,300 digits")


def _json(name: str, stream: IO[bytes]) -> Rows:
    whole = stream.read().removeprefix(codecs.BOM_UTF8)
    if not whole.strip():
        return
    content = _parsed(whole)
    if isinstance(content, Unreadable):
        hint = "; if each line is a row, name the file .jsonl" if "Extra data" in content.why else ""
        raise DatasetError(f"{name}: {content.why}{hint}")
    rows = content
    if isinstance(content, dict) and _is_table(content):
        rows = [dict(zip(content["columns"], row, strict=False)) for row in content["data"]]
    elif isinstance(content, dict) and _is_inspect_log(content):
        rows = [plain_sample(row) if isinstance(row, dict) else row for row in content["samples"]]
    elif isinstance(content, dict):
        lists = [part for part in content.values() if isinstance(part, list) and part]
        of_rows = [part for part in lists if isinstance(part[0], dict)]
        rows = of_rows[0] if len(of_rows) == 1 else content.get("samples", [content])
    if not isinstance(rows, list):
        raise DatasetError(f"{name}: is not a list of rows")
    for number, row in enumerate(rows, start=1):
        yield f"{name} (item {number})", row


def _is_table(content: dict[str, Any]) -> bool:
    """Return True for a table of wandb, or of pandas split into columns and data."""
    columns, data = content.get("columns"), content.get("data")
    return (
        isinstance(columns, list)
        and isinstance(data, list)
        and all(isinstance(name, str) for name in columns)
        and all(isinstance(row, list) and len(row) == len(columns) for row in data)
    )


def _is_inspect_log(content: dict[str, Any]) -> bool:
    return isinstance(content.get("eval"), dict) and isinstance(content.get("samples"), list)


def _csv(name: str, stream: IO[bytes]) -> Rows:
    return csv_rows(name, _lines(name, stream))


def _lines(name: str, stream: IO[bytes]) -> Iterator[str]:
    for number, line in enumerate(stream, start=1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise DatasetError(f"{name}:{number}: is not UTF-8; save it as UTF-8") from error


def _parquet(name: str, stream: IO[bytes]) -> Rows:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise DatasetError(f"{name}: reading Parquet needs pyarrow: pip install pyarrow") from None
    number = 0
    try:
        for batch in parquet.ParquetFile(stream).iter_batches(batch_size=_PARQUET_ROWS):
            for row in batch.to_pylist():
                number += 1
                yield f"{name}: row {number}", row
    except ArrowException as error:
        raise DatasetError(f"{name}: is not Parquet, or is cut off after row {number}: {error}") from error


def _saved_dataset(path: Path) -> Rows:
    """Yield the rows of a directory that Hugging Face `datasets` saved."""
    try:
        from pyarrow import ArrowException, ipc
    except ImportError:
        raise DatasetError(f"{path}: reading a saved dataset needs pyarrow: pip install pyarrow") from None
    number = 0
    try:
        for state in sorted(path.rglob("state.json")):
            for part in json.loads(state.read_text("utf-8"))["_data_files"]:
                with ipc.open_stream(state.parent / part["filename"]) as stream:
                    for batch in stream:
                        for row in batch.to_pylist():
                            number += 1
                            yield f"{path}: row {number}", plain(row)
    except (ArrowException, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path}: is not a dataset saved by datasets: {error}") from error


def _hub(source: str) -> Rows:
    """Yield the rows of `hf:NAME[:SPLIT[:CONFIGURATION]]`, streamed."""
    try:
        from datasets import load_dataset  # type: ignore[attr-defined, unused-ignore]
    except ImportError:
        raise DatasetError(
            f"{source}: reading it needs Hugging Face's datasets: pip install datasets"
        ) from None
    name, split, configuration = ([*source.removeprefix(HUB).split(":"), "", ""])[:3]
    try:
        rows: Iterable[Any] = load_dataset(
            name, configuration or None, split=split or "train", streaming=True
        )
        for number, row in enumerate(rows, start=1):
            yield f"{source}: row {number}", plain(row)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{source}: {error}") from error


Reader = Callable[[str, IO[bytes]], Rows]
READERS: dict[str, Reader] = {
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".json": _json,
    ".csv": _csv,
    ".tsv": _csv,
    ".parquet": _parquet,
    ".eval": inspect_rows,
    ".pt": slime_rows,
}
"""The reader of each kind of file, by the end of its name."""
STREAMED = (".jsonl", ".ndjson", ".json", ".csv", ".tsv")
"""The kinds that may be packed by gzip."""
NO_SHARDS = frozenset({"metadata.json", "config.json", "dataset_info.json"})
"""Files that trainers write next to rollouts; verifiers writes metadata.json."""
