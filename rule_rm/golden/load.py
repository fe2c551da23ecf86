"""Read golden datasets: JSON, JSONL, CSV, Parquet, or a directory saved by Hugging Face `datasets`.

A faulty dataset is refused when the service starts. The error lists up to ten faults, each with its line.
Otherwise a question without an answer would only show as unscored rollouts, and one of two contradicting
answers would always be wrong. Answers are kept unchanged. A number with a fraction or an exponent is kept as
its text in the file, so that 0.10 stays 0.10.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rule_rm.errors import DatasetError
from rule_rm.golden.columns import MISSING, Keys, cell, question_text
from rule_rm.golden.rows import READERS, Reader, Unreadable, read_directory, show
from rule_rm.golden.text import canonical
from rule_rm.settings.reading import did_you_mean

logger = logging.getLogger(__name__)

_MOST_TOLD = 10


def read_answers(path: Path, question_key: str, answer_key: str) -> dict[str, Any]:
    """Return the answers by question, in the order of the file.

    Questions that differ only in white space are the same; if their answers are the same too, they are
    merged. Raises DatasetError if the answers differ, or if a row has no question or no answer.
    """
    answers: dict[str, Any] = {}
    first: dict[str, tuple[str, Any]] = {}
    faults: dict[str, list[str]] = {}
    repeated = 0
    try:
        for place, row in reader_of(path)(path, Keys(question_key, answer_key)):
            fault = fault_of(row, question_key, answer_key)
            if fault is None:
                question, answer = question_text(cell(row, question_key)) or "", cell(row, answer_key)
                # A number within an object; one in a column is read as its text.
                answer = str(answer) if isinstance(answer, float) else answer
                key = canonical(question)
                repeated += key in first
                first_place, first_answer = first.setdefault(key, (place, answer))
                fault = _contradiction(answer, first_place, first_answer)
                answers[question] = first_answer
            if fault is not None:
                faults.setdefault(fault, []).append(place)
    except OSError as error:
        raise DatasetError(f"{path}: can't be read: {error.strerror or error}") from error
    if faults:
        raise DatasetError(_report(faults))
    if not answers:
        raise DatasetError(f"{path}: has no items; give it rows with {question_key!r} and {answer_key!r}")
    logger.info("%s: %d golden questions, %d repeated ones merged", path, len(first), repeated)
    return answers


def _report(faults: Mapping[str, Sequence[str]]) -> str:
    """Return a line for each fault with the first row that has it, and how many more rows do."""
    lines = [
        f"{first}: {fault}" + (f" (and {len(others)} more rows like it)" if others else "")
        for fault, (first, *others) in faults.items()
    ]
    more = sum(len(places) for places in [*faults.values()][_MOST_TOLD:])
    return "\n".join(lines[:_MOST_TOLD] + ([f"and {more} more"] if more else []))


def reader_of(path: Path) -> Reader:
    """Return the reader of a file's format. Raises DatasetError if there is none."""
    if path.is_dir():
        return read_directory
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise DatasetError(
            f"{path}: a golden dataset is a directory saved by datasets, or a file that ends in "
            f"{', '.join(READERS)}"
        )
    return reader


def fault_of(row: Any, question_key: str, answer_key: str) -> str | None:
    """Return the fault of a row with its remedy; None if it has none."""
    if isinstance(row, Unreadable):
        return row.why
    if not isinstance(row, dict):
        return f"is {show(row)}, not an object with {question_key!r} and {answer_key!r}"
    for key, option in ((question_key, "--question-key"), (answer_key, "--answer-key")):
        if cell(row, key, MISSING) is MISSING:
            keys = ", ".join(map(repr, row))
            near = did_you_mean(key, row)
            return f"has no {key!r}, its keys are {keys}{near}; add it, or name another by {option}"
    question, answer = cell(row, question_key), cell(row, answer_key)
    for key, value in ((question_key, question), (answer_key, answer)):
        if value is None:
            return f"{key!r} is missing (null or NaN); write it, or remove the item"
    text = question_text(question)
    if text is None:
        return f"{question_key!r} must be a string or chat messages, not {show(question)}"
    if not canonical(text):
        return f"{question_key!r} is empty; write the question, or remove the item"
    if not isinstance(answer, (str, int, float, list, dict)):
        return f"{answer_key!r} must be a string, a number, a list or an object, not {show(answer)}"
    # An empty list is an answer: no tool is to be called. A reward that needs more says so.
    if answer == {} or (isinstance(answer, str) and not answer.strip()):
        return f"{answer_key!r} is empty; write the answer, or remove the item"
    return _broken_text(question_key, text) or _broken_text(answer_key, str(answer))


def _broken_text(key: str, text: str) -> str | None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return f"{key!r} holds half a character at {error.start}, {text[error.start]!r}; write the whole one"
    return None


def _contradiction(answer: Any, first_place: str, first_answer: Any) -> str | None:
    if answer == first_answer or str(answer).strip() == str(first_answer).strip():
        return None
    return (
        f"the answer is {show(answer)}, but {show(first_answer)} for the same question at {first_place}; "
        "keep one of them"
    )
