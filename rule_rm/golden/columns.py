"""Find the question and the answer in a row: by a column, or by a path into nested columns.

verl writes the answer as `reward_model.ground_truth`, and the prompt as a list of chat messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MISSING = object()
"""The value of a column that a row does not have."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of the columns that are read."""

    question: str
    answer: str
    is_whole: bool = False
    """True: all columns of each row are wanted, and a row may lack these two."""


def cell(row: Mapping[str, Any], key: str, missing: Any = None) -> Any:
    """Return the value of a column, or of a path into objects; `missing` if there is none.

    >>> cell({"reward_model": {"ground_truth": "42"}}, "reward_model.ground_truth")
    '42'
    """
    if key in row:
        return row[key]
    head, dot, rest = key.partition(".")
    inner = row.get(head)
    return cell(inner, rest, missing) if dot and isinstance(inner, Mapping) else missing


def top(key: str, names: Iterable[str]) -> str:
    """Return the column that holds a key: the key itself, or the first part of its path."""
    return key if key in names else key.partition(".")[0]


def question_text(value: Any) -> str | None:
    """Return a question as text: a string, or the last user message of a chat; None for any other value.

    >>> question_text([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "1+1?"}])
    '1+1?'
    """
    if isinstance(value, str):
        return value
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, Mapping) for one in value):
        return None
    asked = [one.get("content") for one in value if one.get("role") == "user"]
    return _content(asked[-1]) if asked else None


def _content(content: Any) -> str | None:
    """Return the text of a message, whose content may be a list of parts."""
    if isinstance(content, (list, tuple)):
        texts = [part.get("text") for part in content if isinstance(part, Mapping)]
        return "".join(text for text in texts if isinstance(text, str)) or None
    return content if isinstance(content, str) else None
