"""Rows of a dataset for the commands that work on one: prompts, ground truths, and all other columns."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rule_rm.errors import DatasetError
from rule_rm.golden.columns import Keys, cell, question_text
from rule_rm.golden.load import reader_of
from rule_rm.settings import Settings

_EXTRA = ("extra_info", "reward_model", "metadata", "info")
"""Columns with an object of further values, as trainers name them."""


@dataclass(frozen=True, slots=True)
class DataRow:
    """One readable row."""

    place: str
    prompt: str
    ground_truth: Any
    data_source: str | None
    extra_info: Mapping[str, Any]
    columns: Mapping[str, Any]


def read_rows(settings: Settings) -> Iterator[tuple[str, Any]]:
    """Yield the place and all columns of each row; a row that can't be read is `Unreadable`.

    Raises DatasetError if the file can't be read at all.
    """
    path = Path(settings.dataset or "")
    keys = Keys(settings.question_key, settings.answer_key, is_whole=True)
    try:
        yield from reader_of(path)(path, keys)
    except OSError as error:
        raise DatasetError(f"{path}: can't be read: {error.strerror or error}") from error


def data_row(place: str, columns: Mapping[str, Any], settings: Settings) -> DataRow:
    """Return a row with its parts, by the keys of the settings."""
    extra = {key: value for key, value in columns.items() if key not in _EXTRA}
    for name in reversed(_EXTRA):
        if isinstance(columns.get(name), Mapping):
            extra |= columns[name]
    source = columns.get("data_source")
    return DataRow(
        place,
        question_text(cell(columns, settings.question_key)) or "",
        cell(columns, settings.answer_key),
        source if isinstance(source, str) else None,
        extra,
        columns,
    )


def sampled(rows: Sequence[DataRow], most: int, seed: int) -> list[DataRow]:
    """Return at most this number of rows, chosen by the seed, in their order."""
    if len(rows) <= most:
        return list(rows)
    rng = random.Random(seed)  # noqa: S311 - equal seeds must choose equal rows
    return [rows[place] for place in sorted(rng.sample(range(len(rows)), most))]
