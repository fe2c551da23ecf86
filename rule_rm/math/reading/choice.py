"""The letter of a multiple-choice answer, with or without the choice's text behind it: "B", "(B) 12"."""

from __future__ import annotations

import re
from typing import NamedTuple

_MARKUP = re.compile(
    r"\\(?:text|textbf|textrm|mathrm|mathbf|mbox|bf|rm|quad|qquad)(?![a-zA-Z])|\\[ ,;:!]|[{}$*~]"
)
r"""Type and spaces around a letter: `\text`, `{`, `$`."""
_CHOICE = re.compile(
    r"\s*(?:(?:so |the |correct |right |final |my )*(?:option|choice|answer)(?:\s+(?:is|would be))?\s*:?\s*"
    r"|(?:故|因此|所以)?(?:本题)?(?:应)?(?:选项?|答案)(?:是|为|：|:)?\s*)?"
    r"(?:\((?P<a>[A-J])\)|(?P<b>[A-J])(?=\s*(?:[).:]|\Z)))\s*[).:]?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
"""A chosen letter with the words before it and the rest after it: `The answer is (B) 42`."""
_OTHER = re.compile(r"\b(?:or|and|not|nor|either|neither|except)\b", re.IGNORECASE)
"""A word that takes a choice back, or adds one to it: `or`, `not`."""
_LETTER = re.compile(r"(?<![a-zA-Z\\])[A-J](?![a-zA-Z])")
"""The letter of a choice: the `C` of `not C`."""


class Choice(NamedTuple):
    """A chosen letter, and the text behind it."""

    letter: str
    rest: str


def chosen(text: str) -> Choice | None:
    r"""Return the capital letter that a text chooses; None if it chooses none.

    >>> chosen(r"\textbf{(B)}\ 12"), chosen("Option C"), chosen("A or B"), chosen("x")
    (Choice(letter='B', rest='12'), Choice(letter='C', rest=''), None, None)
    """
    if text == text.lower():
        return None
    found = _CHOICE.fullmatch(_MARKUP.sub(" ", text).strip())
    if found is None:
        return None
    letter = found["a"] or found["b"]
    return Choice(letter, found["rest"].strip().rstrip(".")) if letter.isupper() else None


def is_other(rest: str) -> bool:
    """Return True if the text behind a letter names another one or denies it."""
    return _OTHER.search(rest) is not None or _LETTER.search(rest) is not None
