"""The letter of a multiple-choice answer, with or without what stands behind it: "B", "(B) 12"."""

from __future__ import annotations

import re

_MARKUP = re.compile(
    r"\\(?:text|textbf|textrm|mathrm|mathbf|mbox|bf|rm|quad|qquad)(?![a-zA-Z])|\\[ ,;:!]|[{}$*]"
)
_CHOICE = re.compile(
    r"\s*(?:(?:so |the |correct |right |final |my )*(?:option|choice|answer)(?:\s+(?:is|would be))?\s*:?\s*)?"
    r"(?:\((?P<a>[A-J])\)|(?P<b>[A-J])(?=\s*(?:[).:]|\Z)))\s*[).:]?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_LETTER = re.compile(r"(?<![a-zA-Z\\])[A-J](?![a-zA-Z])")
_OTHER = re.compile(r"\b(?:or|and|not|nor|either|neither|except)\b", re.IGNORECASE)


def chosen(text: str) -> str | None:
    r"""The capital letter that a text chooses; None if it chooses none, or more than one.

    >>> chosen(r"\textbf{(B)}\ 12"), chosen("Option C"), chosen("A or B"), chosen("x")
    ('B', 'C', None, None)
    """
    found = _CHOICE.fullmatch(_MARKUP.sub(" ", text).strip())
    if found is None or _LETTER.search(found["rest"]) or _OTHER.search(found["rest"]):
        return None
    letter = found["a"] or found["b"]
    return letter if letter.isupper() else None
