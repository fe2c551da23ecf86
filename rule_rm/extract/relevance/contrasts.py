"""Take the value that a contrast denies out of a text: "not 41 but 42" says 42."""

from __future__ import annotations

import re

from rule_rm.extract.question.asked import asking_sentence
from rule_rm.extract.words.patterns import deferred
from rule_rm.extract.words.verbs import base

_VALUE = (
    r"(?:\\boxed\s*\{[^{}\n]{0,60}\}|\$[^$\n]{1,60}\$|\\\([^()\n]{1,60}\\\)|\*\*[^*\n]{1,40}\*\*"
    r"|[-−]?\\?[$€£]?\d[\d,./]*%?(?![\d.,]*\d)|\([A-Z]\)|[A-Z]\b)"
)
_BUT = r"(?:but(?:\s+rather)?|sondern|sino|mais|bensì|ma|mas(?:\s+sim)?|maar|lecz|а)"
_CONTRAST = deferred(
    rf"(?:(?<!\w)(?:no|nein|non|não|нет|ні|nee|nej|nei|nie)\s*,\s*)?(?:(?P<verb>\b\w{{2,8}})n['’]t|(?<!\w)(?:ne\s+|n['’](?P<french>\w+)\s+)?(?:not|nicht|no|pas|non|não|niet|nie|не))"
    rf"\s+{_VALUE}(?:\s+[^\W\d_]+)?\s*,?\s+{_BUT}\s+(?=(?:[^\W\d_]+\s+)?{_VALUE})",
    re.IGNORECASE,
)
"""A denied value up to the one that is meant, and a "no" before it: "No, not 41 but "."""
_MARKS = (" but ", " sondern ", " sino ", " mais ", " bensì ", " ma ", " mas ", " maar ", " lecz ", " а ")
_SENTENCE = re.compile(r"[.!?]\s|\n")
"""The end of a sentence: `. `."""
_NEGATION = re.compile(r"\b(?:not|never|no|none|left|remain\w*|un\w{3,})\b|n['’]t\b")
"""A negation, or a word for what nothing was done to: "left"."""
_DENIED_DEED = re.compile(r"(?:\bnot|n['’]t)\s+(?:be\s+|been\s+)?(?P<deed>[^\W\d_]{4,})", re.IGNORECASE)
"""A denied verb: "not be sold"."""
_END, _NEAR_END = 1_000, 400
_DENIAL = re.compile(
    r"(?:\s+not|n['’]t)\s+(?P<behind>[^\W\d_]{2,})(?!\s+(?:true|the\s+answer|correct|right)\b)", re.IGNORECASE
)
"""A negation with the word behind it: " not used"."""

_UNDONE = re.compile(r"\bun(?P<done>[^\W\d_]{3,})\b", re.IGNORECASE)
"""A word with a negation in it: "unsold"."""


def without_contrasts(text: str) -> str:
    r"""Return a text without the values that contrasts near its end deny.

    >>> without_contrasts("It is not 41 but 42.")
    'It is 42.'
    >>> without_contrasts(r"Ce n'est pas 41, mais \boxed{42}.")
    'Ce est \\boxed{42}.'
    """
    end = text[-_END:]
    if not any(mark in end for mark in _MARKS):
        return text
    return text[:-_END] + _CONTRAST.sub(_kept, end) if len(text) > _END else _CONTRAST.sub(_kept, end)


def without_asked_denials(text: str, prompt: str) -> str:
    """Return a text whose end has none of the denials of the question: "not used" for "that are not used".

    >>> without_asked_denials("42 will not be used.", "How many will not be used?")
    '42 will be used.'
    """
    asked = {base(found["behind"]) for found in _DENIAL.finditer(prompt)}
    undone = {found["done"].lower() for found in _UNDONE.finditer(prompt)}
    if not asked | undone:
        return text
    end = text[-_NEAR_END:]
    return text[: len(text) - len(end)] + _DENIAL.sub(lambda found: _as_asked(found, asked, undone), end)


def _as_asked(found: re.Match[str], asked: set[str], undone: set[str]) -> str:
    behind = found["behind"].lower()
    if behind in undone:
        return f" un{behind}"
    return f" {found['behind']}" if base(behind) in asked else found.group()


def drops_denial(text: str, prompt: str) -> bool:
    """Return True if the last sentence has the word that a question denies, without a denial.

    >>> asked = "How many will not be sold?"
    >>> drops_denial("42 will be sold.", asked), drops_denial("42 will not be sold.", asked)
    (True, False)
    """
    asked = [found["deed"].lower() for found in _DENIED_DEED.finditer(asking_sentence(prompt))]
    if not asked:
        return False
    last = _SENTENCE.split(text.rstrip(" .!\n"))[-1].lower()
    return _NEGATION.search(last) is None and any(f" {word} " in f" {last} " for word in asked)


def _kept(found: re.Match[str]) -> str:
    verb = found["verb"] or found["french"]
    return f"{verb} " if verb else ""
