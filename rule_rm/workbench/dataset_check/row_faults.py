r"""Rows that can't be read, and texts that were broken on their way into the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rule_rm.golden.columns import cell
from rule_rm.golden.load import fault_of
from rule_rm.settings import Settings
from rule_rm.workbench.dataset_check.findings import Finding, Numbered, RawRow
from rule_rm.workbench.rows import data_row

_ESCAPE = re.compile(r"[\x07\x08\x0b\x0c](?=[a-z])|[\t\r](?=[a-z]+[{\\\s])|[\x00-\x06\x0e-\x1f]")
r"""A control character that was a LaTeX command: `\x0crac{1}{2}`, from an unescaped `\frac`."""
_NAMES = {"\x07": r"\a", "\x08": r"\b", "\x0b": r"\v", "\x0c": r"\f", "\t": r"\t", "\r": r"\r"}
_COMMANDS = re.compile(r"[\t\r](?:ext|imes|an|heta|au|o|riangle|op|ight|angle|ho|e)\b")
r"""A tab or carriage return with the rest of a LaTeX command: a tab and `imes`."""
_MOJIBAKE = re.compile(r"�|Ã[\x80-\xbf©¨§¶¼¢]|â€[™œ\x9d“”¦]|Â[°·£±²³]")
"""UTF-8 that was read as Latin-1, such as `â€™`, or a character that was lost."""
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|nbsp|#\d{2,5}|#x[0-9a-fA-F]{2,4});")
"""An entity of HTML: `&lt;`."""
_MISSING = frozenset({"nan", "null", "n/a", "todo", "tbd", "<na>", "?", "???"})
"""Texts that other programs write for a missing value. A slope may be undefined."""
_PYTHON_NONE = "None"
"""Python's. In lower case it is a word, and may be an answer."""


def faults(raw: RawRow, index: int, settings: Settings) -> Iterator[Finding]:
    """Yield the fault of a row that can't be read; nothing if it can be."""
    fault = fault_of(raw.columns, settings.question_key, settings.answer_key)
    if fault is not None:
        yield Finding(index, "unreadable_row", fault)


def doubts(numbered: Numbered, settings: Settings) -> Iterator[Finding]:
    """Yield the findings on the texts of a readable row."""
    row = numbered.row
    answer = cell(row.columns, settings.answer_key)
    for name, text in ((settings.question_key, row.prompt), (settings.answer_key, answer)):
        if not isinstance(text, str):
            continue
        for kind, message in _broken(text):
            yield Finding(numbered.index, kind, f"{name!r} {message}")
    if isinstance(answer, str) and _is_missing(answer):
        yield Finding(
            numbered.index,
            "placeholder",
            f"the answer is the text {answer.strip()!r}, which is written for a missing value",
        )
    if isinstance(answer, list) and answer and all(isinstance(one, str) for one in answer):
        for place, one in enumerate(answer):
            if not one.strip() or _is_missing(one):
                yield Finding(
                    numbered.index,
                    "placeholder",
                    f"answer {place + 1} of {len(answer)} is {one!r}; remove it",
                )


def _is_missing(text: str) -> bool:
    return text.strip().casefold() in _MISSING or text.strip() == _PYTHON_NONE


def _broken(text: str) -> Iterator[tuple[str, str]]:
    found = _COMMANDS.search(text) or _control(text)
    if found is not None:
        shown = _NAMES.get(found.group()[0], repr(found.group()[0]))
        yield (
            "broken_escape",
            f"has a control character {shown!r} at {found.start()}; escape the backslash as \\\\ in JSON",
        )
    if (lost := _MOJIBAKE.search(text)) is not None:
        yield "broken_text", f"has {lost.group()!r} at {lost.start()}; the file was read in a wrong encoding"
    if (entity := _ENTITY.search(text)) is not None:
        yield "entity", f"has the HTML entity {entity.group()!r} at {entity.start()}; write the character"


def _control(text: str) -> re.Match[str] | None:
    found = _ESCAPE.search(text)
    return found if found is not None and found.group() not in "\t\r" else None


def readable(raw: RawRow, index: int, settings: Settings) -> Numbered:
    """Return a row that has no fault, with its parts."""
    columns: dict[str, Any] = raw.columns
    return Numbered(index, data_row(raw.place, columns, settings))
