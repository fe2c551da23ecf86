"""Split a text into sentences and words, as the instructions count them."""

from __future__ import annotations

import re
import string
from collections.abc import Callable

Instruction = Callable[..., bool]
"""Takes the response and the instruction's arguments; returns True if the response follows it."""

_WORD = re.compile(r"\w")
"""A letter, a digit or an underscore: `a`."""
_SENTENCE_END = re.compile(r"(?<![.!?])[.!?]+[\"'”’)\]]*(?=\s|\Z)|[。！？]+")
"""The end of a sentence with its closing quotes: `?"` of `"Why?" he asked`."""
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|[A-Z])\.\Z")
"""An abbreviation at the end of a text: `Dr.`, `e.g.`, the initial `J.`."""
_UNMARKED = str.maketrans("", "", string.punctuation)
_EDGES = string.punctuation + " "


def sentences(text: str) -> list[str]:
    """Return the sentences, each up to a mark that is not an abbreviation's; text after the last mark is one.

    >>> sentences("Dr. No came. He left!")
    ['Dr. No came.', 'He left!']
    """
    found: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if end[0] == "." and _ABBREVIATION.search(text, max(start, end.end() - 8), end.end()):
            continue
        if _WORD.search(text, start, end.start()):
            found.append(text[start : end.end()].strip())
        start = end.end()
    if _WORD.search(text, start):
        found.append(text[start:].strip())
    return found


def unmarked(text: str) -> str:
    """Return the text without ASCII punctuation."""
    return text.translate(_UNMARKED)


def words(text: str) -> list[str]:
    """Return the words in lower case, without ASCII punctuation."""
    return unmarked(text.lower()).split()


def trimmed(word: str) -> str:
    """Return the word without ASCII punctuation at its ends."""
    return word.strip(_EDGES)
