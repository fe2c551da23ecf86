"""Regular expressions from lists of phrases, in which `_` is a space."""

from __future__ import annotations

import re

_SIGNS = re.compile("[\u0900-\u0903\u093a-\u094f\u0951-\u0957]")
"""A vowel sign of Hindi, such as ु, which a regular expression does not take for a letter."""

HAS_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
"""A Chinese, Japanese, Korean or Thai letter, such as 是."""


def letters(text: str) -> str:
    """Return a text without the vowel signs of Hindi, so that its words consist of letters."""
    return _SIGNS.sub("", text)


def phrases(text: str) -> str:
    """Return a pattern for any of the phrases of a text, the longest first."""
    found = sorted(dict.fromkeys(letters(text).split()), key=len, reverse=True)
    return "|".join(phrase.replace("_", r"\s+") for phrase in found)


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


def run_of(name: str, phrase: str, *, least: int = 0) -> str:
    """Return a pattern for any number of phrases in a row, at least 0 or 1, in a group with this name.

    A phrase that has matched is not matched again in another way. Otherwise a phrase that two lists contain,
    repeated n times, could be matched in 2^n ways. A lookahead and a backreference act as the atomic group
    that Python 3.10 lacks.
    """
    return rf"(?:(?=(?P<{name}>{phrase}))(?P={name}))" + ("+" if least else "*")
