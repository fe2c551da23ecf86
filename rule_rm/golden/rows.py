"""Read the rows of a dataset file with the place of each; there is one reader for each format.

A reader yields pairs of place and row. The place has the form that errors show: FILE:LINE, with the number of
the item in JSON, which may be one line. Formats without lines have FILE: row NUMBER. A row that can't be read
is yielded as `Unreadable`, so that one error reports all of them. Raises DatasetError if the file can't be
read at all.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from rule_rm.errors import DatasetError
from rule_rm.golden.columns import MISSING, Keys, cell, top
from rule_rm.settings.reading import did_you_mean
from rule_rm.structured.strict import decoder

Rows = Iterator[tuple[str, Any]]
Reader = Callable[[Path, Keys], Rows]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that can't be read."""

    why: str


@dataclass(frozen=True, slots=True)
class _Element:
    """An element of a JSON array or object; `key` is None in an array."""

    key: str | None
    value: Any
    begin: int
    line: int


_DECODER = decoder()
_TOP_DECODER = decoder(repeated_keys=True)
"""For a whole file: an object of answers by question may have a question twice, which is found out later."""
_LITERAL_DECODER = decoder(repeated_keys=True, parse_float=str)
_GAP = re.compile(r"[ \t\r\n,:]*")
"""The characters between two values of JSON: `, `, `: `."""
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def _read_text(path: Path) -> str:
    data = path.read_bytes()
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            raise DatasetError(f"{path}:1: is {encoding}; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DatasetError(f"{path}:{line}: is not UTF-8; save it as UTF-8") from None
    if not text.strip():
        raise DatasetError(f"{path}:1: is empty")
    return text


def _read_json(path: Path, keys: Keys) -> Rows:
    """Read a list of items, an object that holds one such list, answers by question, or a single item."""
    text = _read_text(path)
    try:
        whole = _TOP_DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise DatasetError(_explain(path, error)) from None
    begin = _after_gap(text, 0)
    if isinstance(whole, list):
        yield from _items(path, text, begin, keys.answer)
    elif not isinstance(whole, dict):
        raise DatasetError(f"{path}:1: holds {show(whole)}, not a list of items")
    elif _has(whole, keys.question) and _has(whole, keys.answer):
        yield f"{path}:1", _with_literal(whole, keys.answer, text, begin)
    else:
        lists = [element for element in _elements(text, begin) if _is_list_of_items(element.value)]
        if len(lists) == 1:
            yield from _items(path, text, lists[0].begin, keys.answer)
        elif lists:
            names = ", ".join(repr(element.key) for element in lists)
            raise DatasetError(f"{path}:1: holds {len(lists)} lists of items ({names}); keep one of them")
        elif any(isinstance(value, (list, dict)) for value in whole.values()):
            raise DatasetError(f"{path}:1: is neither a list of items nor an object of answers by question")
        else:
            for element in _elements(text, begin):
                answer = _literal(element.value, text, element.begin)
                yield f"{path}:{element.line}", {keys.question: element.key, keys.answer: answer}


def _has(row: dict[str, Any], key: str) -> bool:
    return cell(row, key, MISSING) is not MISSING


def _is_list_of_items(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _items(path: Path, text: str, begin: int, answer_key: str) -> Rows:
    for number, element in enumerate(_elements(text, begin), start=1):
        place = f"{path}:{element.line} (item {number})"
        yield place, _with_literal(element.value, answer_key, text, element.begin)


def _elements(text: str, begin: int) -> Iterator[_Element]:
    """Yield the elements of the array or object that begins at a place of a text, which must be JSON."""
    position, line = begin, text.count("\n", 0, begin) + 1
    here = _after_gap(text, begin + 1)
    while text[here] not in "]}":
        line, position = line + text.count("\n", position, here), here
        key = None
        if text[begin] == "{":
            key, here = _DECODER.raw_decode(text, here)
            here = _after_gap(text, here)
        value, end = _DECODER.raw_decode(text, here)
        yield _Element(key, value, here, line)
        here = _after_gap(text, end)


def _after_gap(text: str, position: int) -> int:
    match = _GAP.match(text, position)
    return match.end() if match else position


def _with_literal(item: Any, answer_key: str, text: str, begin: int) -> Any:
    """Return the item; an answer with a fraction or an exponent becomes its text in the file."""
    if isinstance(item, dict) and isinstance(item.get(answer_key), float):
        return item | {answer_key: _LITERAL_DECODER.raw_decode(text, begin)[0][answer_key]}
    return item


def _literal(value: Any, text: str, begin: int) -> Any:
    return _LITERAL_DECODER.raw_decode(text, begin)[0] if isinstance(value, float) else value


def _explain(path: Path, error: Exception) -> str:
    if not isinstance(error, json.JSONDecodeError):
        return (
            f"{path}:1: is not JSON: {error}"
            if isinstance(error, ValueError)
            else f"{path}:1: nests too deeply"
        )
    hint = "; if each line is an item, name the file .jsonl" if error.msg == "Extra data" else ""
    return f"{path}:{error.lineno}: is not JSON: {error.msg} at column {error.colno}{hint}"


def _read_jsonl(path: Path, keys: Keys) -> Rows:
    # Not splitlines(), which would also split at separators that may occur within a JSON string.
    for number, line in enumerate(_read_text(path).split("\n"), start=1):
        if line.strip():
            try:
                row = _with_literal(_DECODER.decode(line), keys.answer, line, _after_gap(line, 0))
            except json.JSONDecodeError as error:
                row = Unreadable(f"is not JSON: {error.msg} at column {error.colno}")
            except (ValueError, RecursionError) as error:
                row = Unreadable(f"is not JSON: {error}")
            yield f"{path}:{number}", row


def csv_rows(
    name: str, lines: Iterable[str], check: Callable[[str, list[str]], None] = lambda place, header: None
) -> Rows:
    """Yield the rows of CSV; `check` gets the place and the cells of the header before any of them.

    The header's cells are separated by commas, semicolons or tabs: by the one that separates most of them.
    """
    # A response may be longer than csv's default limit on a cell.
    csv.field_size_limit(sys.maxsize)
    lines = iter(lines)
    first = next(lines, "")
    header: list[str] = []
    line = 1
    try:
        separator = _separator(first)
        reader = csv.reader(chain([first], lines), strict=True, delimiter=separator)
        for cells in reader:
            if not header:
                check(f"{name}:{line}", cells)
                header = cells
            elif len(cells) == len(header):
                yield f"{name}:{line}", dict(zip(header, cells, strict=True))
            elif cells:
                quoted = _SEPARATORS[separator]
                why = f"has {len(cells)} cells, the header {len(header)}; quote what holds {quoted}"
                yield f"{name}:{line}", Unreadable(why)
            line = reader.line_num + 1
    except csv.Error as error:
        yield f"{name}:{line}", Unreadable(f"is not CSV: {error}")


_SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}


def _separator(header: str) -> str:
    """Return the character that separates the cells of a header.

    >>> [_separator(header) for header in ("question,answer", "question;answer", "a, b;answer", "question")]
    [',', ';', ',', ',']
    """
    return max(_SEPARATORS, key=lambda one: len(next(csv.reader([header], delimiter=one), [])))


def _read_csv(path: Path, keys: Keys) -> Rows:
    lines = io.StringIO(_read_text(path), newline="")
    return csv_rows(str(path), lines, lambda place, header: _check_columns(place, header, keys))


def _read_parquet(path: Path, keys: Keys) -> Rows:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise DatasetError(f"{path}: reading Parquet needs pyarrow: pip install pyarrow") from None
    try:
        names = parquet.read_schema(path).names
        _check_columns(str(path), names, keys)
        yield from _arrow_rows(path, parquet.read_table(path, columns=_wanted(names, keys)))
    except ArrowException as error:
        raise DatasetError(f"{path}: is not Parquet: {error}") from error


def _read_directory(path: Path, keys: Keys) -> Rows:
    """Read the Arrow streams that `datasets` saves, as `state.json` names them. It needs no `datasets`."""
    try:
        from pyarrow import ArrowException, Table, concat_tables, ipc
    except ImportError:
        raise DatasetError(f"{path}: reading a saved dataset needs pyarrow: pip install pyarrow") from None
    splits = sorted(state.parent.name for state in path.glob("*/state.json"))
    if (path / "dataset_dict.json").exists() and len(splits) != 1:
        raise DatasetError(f"{path}: holds the splits {', '.join(splits)}; give the directory of one of them")
    directory = path / splits[0] if splits else path
    if not (directory / "state.json").exists():
        raise DatasetError(f"{path}: is not a dataset saved by datasets, as it has no state.json")
    try:
        state = json.loads((directory / "state.json").read_text("utf-8"))
        tables: list[Table] = []
        for part in state["_data_files"]:
            with ipc.open_stream(directory / part["filename"]) as stream:
                tables.append(stream.read_all())
        table = concat_tables(tables)
    except (ArrowException, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{directory}: is not a dataset saved by datasets: {error}") from error
    _check_columns(str(directory), table.column_names, keys)
    yield from _arrow_rows(directory, table.select(_wanted(table.column_names, keys)))


def _arrow_rows(path: Path, table: Any) -> Rows:
    number = 0
    for batch in table.to_batches(max_chunksize=1000):
        for row in batch.to_pylist():
            number += 1
            yield f"{path}: row {number}", {key: _plain(value) for key, value in row.items()}


def _wanted(names: list[str], keys: Keys) -> list[str]:
    """Return the columns to read: all, or those of the question and the answer."""
    return (
        names if keys.is_whole else [*dict.fromkeys(top(key, names) for key in (keys.question, keys.answer))]
    )


def _plain(value: Any) -> Any:
    """Return numbers with a fraction as strings, as in JSON; None for NaN, pandas' missing value."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, float) and math.isnan(value):
        return None
    return str(value) if isinstance(value, (float, Decimal)) else value


def _check_columns(place: str, names: list[str], keys: Keys) -> None:
    for key, option in ((keys.question, "--question-key"), (keys.answer, "--answer-key")):
        if names.count(top(key, names)) != 1:
            what = "more than one column" if key in names else "no column"
            raise DatasetError(
                f"{place}: has {what} {key!r}, the columns are {', '.join(map(repr, names))}"
                f"{did_you_mean(key, names) if key not in names else ''}; name another by {option}"
            )


def show(value: Any) -> str:
    """Return a value for an error message, cut if it is long."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


READERS: dict[str, Reader] = {
    ".json": _read_json,
    ".jsonl": _read_jsonl,
    ".ndjson": _read_jsonl,
    ".csv": _read_csv,
    ".parquet": _read_parquet,
}
read_directory: Reader = _read_directory
