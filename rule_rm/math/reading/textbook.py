r"""Golden answers as textbooks print them: "There are 12 ways, so …", "2\sqrt2, or about 2.83"."""

from __future__ import annotations

import re
from functools import lru_cache

_CONCLUSION = re.compile(r"(?:[,;.]\s+(?:so|hence|thus|therefore)|\.\s+(?:So|Hence|Thus|Therefore)),?\s+")
"""The words before what a sentence comes to: `, so `."""
_ROUNDED = re.compile(
    r"(?P<exact>[^,;()=≈]*[\\/][^,;=≈]*?)\$?\s*"
    r"(?:,?\s+or\s+(?:about|approximately|roughly)\s+|,\s*(?:about|approximately|roughly)\s+"
    r"|\s\(\s*(?:or\s+)?(?:(?:about|approximately|roughly|\\approx|≈)\s*)?)"
    r"\$?(?:\\approx\s*)?(?P<decimal>-?\d*\.\d+)\$?\s*\)?\s*\.?"
)
r"""A number and its decimal: `2\sqrt2, or about 2.83`, `\frac13 (0.33)`."""
_COMMAND = re.compile(r"\\[a-zA-Z]+")
r"""A command: `\sqrt`."""
_VERDICT = re.compile(r"\s*(yes|no|true|false)\s*[.;,:—–]\s+(.+)", re.IGNORECASE | re.DOTALL)
"""A yes or a no and what follows: `False; the matrix is singular.`"""
_OTHER_VERDICT = re.compile(r"\b(?:yes|no|true|false|unless|except|but|only|if)\b", re.IGNORECASE)
"""A word that restricts a yes or a no, or says another: `Yes, but not always`."""
_FEWEST_WORDS = 3
"""Words of a reason: "matrix is singular"."""


@lru_cache(maxsize=4096)
def as_meant(golden: str) -> str:
    r"""Return what a golden answer in a textbook's dress says; others as they are.

    >>> as_meant("There are 12 ways, so the chance is $1/3$."), as_meant("False; the matrix is singular.")
    ('the chance is $1/3$.', 'False')
    >>> as_meant(r"$2\sqrt2$, or about 2.83"), as_meant("x = 2, so y = 3")
    ('$2\\sqrt2 \\approx 2.83$', 'x = 2, so y = 3')
    """
    if " " not in golden:
        return golden
    if (found := _VERDICT.fullmatch(golden)) is not None and _is_reason(found[2]):
        return found[1]
    if "." in golden and (found := _ROUNDED.fullmatch(golden)) is not None:
        exact, decimal = found.groups()
        if not any(letter.isalpha() for letter in _COMMAND.sub("", exact)):
            return rf"${exact.lstrip('$')} \approx {decimal}$"
    before, *after = _CONCLUSION.split(golden)
    is_concluded = after and "=" not in before and any(mark.isdigit() or mark == "$" for mark in after[-1])
    return after[-1] if is_concluded else golden


def _is_reason(text: str) -> bool:
    """Return True for words alone, which the answer can do without."""
    is_prose = not any(mark.isdigit() or mark in "$=\\<>" for mark in text)
    return is_prose and len(text.split()) >= _FEWEST_WORDS and not _OTHER_VERDICT.search(text)
