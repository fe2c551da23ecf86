"""The file of results: a line of JSON for each rollout, in order, only ever appended to.

A run that was killed leaves whole lines and perhaps a torn one. The next run takes the torn line off, checks
that the lines before it are about the same rollouts, and goes on. Parquet is written from the lines at the
end, as it can't be appended to. `NAME.run.json` next to the results describes the reward that scored them.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.version import __version__
from rule_rm.workbench.rollout_rows import RolloutRow, packed, unpacked
from rule_rm.workbench.row_files import OWN_RESULTS, rows_of
from rule_rm.workbench.scoring import Detail, Identity

Result = dict[str, Any]
STDOUT = "-"
ENDINGS = (".jsonl", ".ndjson", ".parquet")
_PARQUET_ROWS = 1000
"""Rows of a row group of Parquet, which are in memory together."""


def result_of(number: int, row: RolloutRow, detail: Detail, identity: Identity) -> Result:
    """Return the line of a rollout: its score, its reward type, and the rollout itself."""
    return {
        "row": number,
        "place": row.place,
        "reward": detail["reward"],
        "status": detail["status"],
        "answer": detail.get("answer"),
        "explanation": detail.get("explanation"),
        "metrics": detail.get("metrics") or {},
        "seconds": detail.get("seconds"),
        "golden": (detail.get("golden") or {}).get("tier"),
        "reward_type": identity.reward_type,
        "version": identity.version,
        "configuration": identity.digest,
        "data_source": row.data_source,
        "group": row.group,
        "prompt": row.prompt,
        "response": row.response,
        "ground_truth": row.ground_truth,
        "extra_info": dict(row.extra_info),
        "digest": row.digest,
        "recorded": dict(row.recorded),
    }


class ResultsFile:
    """The results of one run, new or begun before. Only one process writes to it at a time."""

    def __init__(self, path: Path, identity: Identity, *, overwrite: bool = False) -> None:
        """Open the file. Raises ConfigurationError if it is in use, or was begun with another reward."""
        self.path = path
        self.is_parquet = path.suffix.lower() == ".parquet"
        self._lines = path.with_name(path.name + ".partial.jsonl") if self.is_parquet else path
        self._identity = identity
        if self.is_parquet and path.exists() and not overwrite:
            raise ConfigurationError(f"{path} is there already; add --overwrite, or name another --output")
        try:
            self._stream = self._lines.open("a+b")
        except OSError as error:
            raise ConfigurationError(f"--output {path}: {error.strerror}") from None
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._stream.close()
            raise ConfigurationError(f"--output {path}: another process writes to it") from None
        if overwrite:
            self._stream.truncate(0)
        else:
            self._cut_torn_line()

    def _cut_torn_line(self) -> None:
        """Remove the incomplete line at the end."""
        end = size = self._stream.seek(0, os.SEEK_END)
        while end:
            start = max(end - (1 << 16), 0)
            self._stream.seek(start)
            found = self._stream.read(end - start).rfind(b"\n")
            if found >= 0:
                end = start + found + 1
                break
            end = start
        if end != size:
            self._stream.truncate(end)

    def done(self) -> Iterator[Result]:
        """Yield the results that are there already.

        Raises ConfigurationError if one is not a result, or if another reward or configuration gave it.
        """
        with self._lines.open("rb") as stream:
            for number, line in enumerate(stream):
                yield self._checked(number, line)

    def _checked(self, number: int, line: bytes) -> Result:
        try:
            result = json.loads(line)
            is_ours = result["row"] == number
        except (ValueError, KeyError, TypeError):
            is_ours = False
        if not is_ours:
            raise ConfigurationError(
                f"{self._lines}:{number + 1} is not the result of row {number}; name another --output, or "
                "write it anew by --overwrite"
            )
        identity = self._identity
        wanted = {
            "reward_type": identity.reward_type,
            "version": identity.version,
            "configuration": identity.digest,
        }
        for name, value in wanted.items():
            if result.get(name) != value:
                raise ConfigurationError(
                    f"{self._lines} was begun with the {name.replace('_', ' ')} {result.get(name)}, which is "
                    f"{value} now; name another --output, or score all rows anew by --overwrite"
                )
        return dict(result)

    def append(self, results: Iterable[Result]) -> None:
        """Add results."""
        lines = b"".join(json.dumps(result).encode() + b"\n" for result in results)
        self._stream.write(lines)
        self._stream.flush()

    def finish(self, about: Mapping[str, Any]) -> None:
        """Write the description of the reward and, if requested, the results as Parquet."""
        record = self.path.with_name(self.path.name + ".run.json")
        _replace(record, json.dumps({"rule_rm": __version__, **about}, indent=2, default=str).encode())
        if self.is_parquet:
            temporary = self.path.with_name(f"{self.path.name}.{os.getpid()}.tmp")
            write_parquet(temporary, self.done(), about)
            temporary.replace(self.path)
            self._lines.unlink()

    def close(self) -> None:
        """Close the file, and let others write to it."""
        self._stream.close()


class StandardOutput:
    """Results as lines on the standard output; nothing can go on later."""

    path = None

    def done(self) -> Iterator[Result]:
        """Yield nothing."""
        return iter(())

    def append(self, results: Iterable[Result]) -> None:
        """Write results."""
        for result in results:
            sys.stdout.write(json.dumps(result) + "\n")
        sys.stdout.flush()

    def finish(self, about: Mapping[str, Any]) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)


def write_parquet(path: Path, results: Iterable[Result], about: Mapping[str, Any]) -> None:
    """Write results as Parquet, in parts. Raises ConfigurationError if pyarrow is not installed."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ConfigurationError(f"{path}: writing Parquet needs pyarrow: pip install pyarrow") from None
    text, number = pyarrow.string(), pyarrow.float64()
    empty = result_of(0, RolloutRow("", "", ""), {"reward": None, "status": ""}, Identity("", None, {}))
    names = [*packed(empty)]
    kinds = {"row": pyarrow.int64(), "reward": number, "seconds": number}
    schema = pyarrow.schema(
        [(name, kinds.get(name, text)) for name in names],
        metadata={b"rule_rm": json.dumps(about, default=str).encode()},
    )
    with parquet.ParquetWriter(path, schema) as writer:
        for part in _parts(results, _PARQUET_ROWS):
            writer.write_table(pyarrow.Table.from_pylist(part, schema=schema))


def _parts(results: Iterable[Result], size: int) -> Iterator[list[Result]]:
    part: list[Result] = []
    for result in results:
        part.append(packed(result))
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def read_results(path: str | Path) -> Iterator[Result]:
    """Yield the results in a file of either format. Raises ConfigurationError if it has something else."""
    for place, row in rows_of([str(path)]):
        if not isinstance(row, dict) or "status" not in row or "reward" not in row or "row" not in row:
            raise ConfigurationError(f"{place}: is not a result of rule-rm score")
        yield unpacked(row)


def check_output(name: str, sources: Sequence[str], compared: str | None = None) -> None:
    """Raise ConfigurationError if results of this name would replace their input, or have another format."""
    if name == STDOUT:
        return
    path = Path(name)
    if path.suffix.lower() not in ENDINGS:
        raise ConfigurationError(
            f"--output {name}: results are JSON lines or Parquet; its name must end in {' or '.join(ENDINGS)}"
        )
    if not path.absolute().parent.is_dir():
        raise ConfigurationError(
            f"--output {name}: there is no directory {str(path.parent)!r}; make it first"
        )
    inputs = {Path(source).resolve(): source for source in [*sources, *([compared] if compared else [])]}
    if path.resolve() in inputs:
        raise ConfigurationError(f"--output {name}: is input of this command; name another --output")
    for source in inputs:
        if source in path.resolve().parents and OWN_RESULTS not in path.name:
            raise ConfigurationError(
                f"--output {name}: would be input of the next run, as it is in {inputs[source]}; name one "
                f"elsewhere, or with {OWN_RESULTS!r} in it"
            )


def open_output(name: str, identity: Identity, *, overwrite: bool) -> ResultsFile | StandardOutput:
    """Return the results file of this name; `-` is the standard output."""
    return StandardOutput() if name == STDOUT else ResultsFile(Path(name), identity, overwrite=overwrite)
