"""Find whether a response holds to a value that it names: denials, corrections, hedges in usual languages.

The words are those of `denials`. A value is denied in its own clause before it ("it is not 42"), or by a
statement after it ("42 is wrong").
"""

from __future__ import annotations

import re

from rule_rm.extract.response.visible import PICTURES
from rule_rm.extract.words import denials
from rule_rm.extract.words.patterns import deferred

_UNREAL = re.compile(
    rf"\b(?:{denials.WOULD})\b.*\b(?:{denials.IF}|but|unless)\b|\b(?:{denials.IF})\b.*\b(?:{denials.WOULD})\b",
    re.IGNORECASE | re.DOTALL,
)
"""A sentence about an unreal case, such as "it would be 42 if eggs were free"."""
_BEFORE = deferred(
    rf"{denials.NOT}|{denials.WRONG}|{denials.INSTEAD}|{denials.REPORTED}"
    rf"|(?:{denials.BEYOND})(?:\s+(?:about|the|a|an|value))*[\s$\\({{\[*]*\Z",
    re.IGNORECASE,
)
"""A denial of the value after it, such as "not", or "more than" right before it."""
_COUNTED = deferred(rf".*\b(?:{denials.COUNTED})\b.*?(?:{denials.WRONG})", re.IGNORECASE | re.DOTALL)
"""A clause that counts wrong things: "the number of wrong codes"."""
_CLAUSE = re.compile(
    rf"[.!?;:—–]\s|\n|[。！？；：，,、]|\s-\s|\b(?:{denials.CONJUNCTIONS})\b|{denials.CJK_CONJUNCTIONS}",
    re.IGNORECASE,
)
"""The end of a clause, such as a comma or "so"."""
_AFTER = deferred(
    rf"{denials.WRONG}|(?:{denials.NOT})\s*(?:\w+\s+){{0,3}}?(?:{denials.JUDGED})|{denials.NOT_SO}",
    re.IGNORECASE,
)
"""A denial of the value before it, such as "is wrong", "can't be right"."""
NOT_WRONG = deferred(rf"(?:{denials.NOT})\s*(?:\w+\s+)?(?:{denials.WRONG})", re.IGNORECASE)
"""A negation of a denial, such as "does not contradict"."""
_CUE = deferred(
    r"(?:^|[.!?;:\n。！？；।]|\*\*|[-—–,(\[])\s*[*_]*(?:(?:but|so)\s+|(?:oh|ah)\s*,?\s*)?"
    rf"(?:{denials.CORRECTIONS})",
    re.IGNORECASE,
)
"""The beginning of a correction, such as "Wait," or "更正"."""
OR = deferred(
    rf"[\s$\\)\].,;*(\[✓✔✅☑{PICTURES}]*(?:(?:\b(?:{denials.ALTERNATIVES})\b|{denials.CJK_ALTERNATIVES})[\s$,*(\\]*)+",
    re.IGNORECASE,
)
"""A word between two alternatives, such as "or", "oder", "或"."""
ENDS_IN_OR = deferred(
    rf"(?:\b(?:{denials.ALTERNATIVES})\b|{denials.CJK_ALTERNATIVES})[\s$,*(\\]*\Z", re.IGNORECASE
)
"""Such a word at the end of a text: "42 or ", which most texts before an answer lack."""
HEDGED = re.compile(rf"\b(?:{denials.HEDGES})\b|也许|可能|或", re.IGNORECASE)
"""Words that leave it open which value is meant, such as "maybe"."""
CONDITIONAL = re.compile(rf"\b(?:{denials.CONDITIONS})\b|如果|若|否则", re.IGNORECASE)
"""Words that make a value depend on something, such as "if"."""
_SENTENCE_END = re.compile(r"[.!?](?=[\s$*)]|$)|[。！？]|\n")
"""The end of a sentence: `.` of `It is 4. So`."""
_ABOUT_IT = re.compile(
    rf"[\s*_(]*(?:(?:but|however|though|no|wait|hmm+|oh|sorry)\W+)*(?:{denials.PRONOUNS})", re.IGNORECASE
)
"""The beginning of a sentence about the last statement, such as "But that"."""


def denied_before(text: str, start: int, begin: int = 0) -> bool:
    """Return True if the clause that leads to a value denies it, puts it in another's mouth or bounds it.

    The clause begins at `begin` or later.

    >>> text = "It can't be 41, so it is 42 and not 43"
    >>> denied_before(text, text.index("42")), denied_before(text, text.index("43"))
    (False, True)
    """
    clause = clause_before(text, start, begin)
    counted = _COUNTED.match(clause)
    return _BEFORE.search(clause, counted.end() if counted else 0) is not None


def clause_before(text: str, start: int, begin: int = 0) -> str:
    """Return the part of a clause before a place."""
    before = text[max(begin, start - 160) : start]
    end = 0
    for boundary in _CLAUSE.finditer(before):
        # "and not 42": the word that joins the clauses may be followed by the value at once.
        if before[boundary.end() :].strip(" $\\([{*") or boundary.group().strip().lower() not in (
            "and",
            "but",
        ):
            end = boundary.end()
    return before[end:]


def contrasted(text: str, start: int) -> bool:
    """Return True for the 42 of "43, not 42": the value that it denies comes right before it.

    >>> contrasted("It is 43, not 42", 14), contrasted("It is not 42", 10)
    (True, False)
    """
    return (
        re.search(
            rf"[,;，(]\s*(?:and\s+|but\s+)?(?:{denials.NOT}|{denials.INSTEAD})[\s$\\(]*\Z",
            text[:start],
            re.IGNORECASE,
        )
        is not None
    )


def denied_after(text: str, end: int) -> bool:
    """Return True if a statement after a value denies it, in its sentence or in the next.

    >>> denied_after("42 is wrong.", 2), denied_after("42, not 43.", 2)
    (True, False)
    """
    rest = text[end : end + 300]
    first = _SENTENCE_END.search(rest)
    here = rest[: first.start()] if first else rest
    here = NOT_WRONG.sub(" ", here)
    if re.match(r"[\s$*)\\]*[?？]", rest) or _AFTER.search(here):
        return True
    following = rest[first.end() :] if first else ""
    next_end = _SENTENCE_END.search(following)
    following = following[: next_end.start()] if next_end else following
    return bool(_ABOUT_IT.match(following) and _AFTER.search(following))


def unreal(text: str, start: int, end: int) -> bool:
    """Return True if the sentence around a value is about an unreal case."""
    before = text[max(0, start - 200) : start]
    begin = max((found.end() for found in _SENTENCE_END.finditer(before)), default=0)
    rest = text[end : end + 200]
    stop = _SENTENCE_END.search(rest)
    sentence = before[begin:] + text[start:end] + (rest[: stop.start()] if stop else rest)
    return _UNREAL.search(sentence[:600]) is not None


def correction(text: str) -> int | None:
    """Return where a text begins to correct itself, or None."""
    found = _CUE.search(text)
    return found.start() if found else None


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the sentence around a place begins and ends."""
    window = max(0, start - 300)
    begin = max(
        (window + found.end() for found in _SENTENCE_END.finditer(text[window:start])), default=window
    )
    stop = _SENTENCE_END.search(text, end, end + 300)
    return begin, stop.start() if stop else min(len(text), end + 300)
