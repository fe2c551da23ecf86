"""Find whether the words right behind a value keep it, as "wrong answers", or change it, as "fewer".

A word of the question changes nothing: the question asks for just that.
"""

from __future__ import annotations

import re

from rule_rm.extract.question.comparisons import asks_to_compare
from rule_rm.extract.words import denials
from rule_rm.extract.words.patterns import deferred

_COUNTED_WRONG = deferred(
    rf"\s*(?:(?:{denials.WRONG})\s+[^\W\d_]+s\b|(?:mistakes|errors|failures|fails|traps|misses|distractors)\b)(?!\s+(?:is|was)\b)"
    r"(?:\s+(?:in|on|at|of|by|for|with|from|to|during|out|per)\b[^,;]*|\s+(?:altogether|total|more|that\b.*))?\s*\Z",
    re.IGNORECASE,
)
"""Wrong things that are counted: "mistakes", "wrong answers in the test"."""
_IS_A = re.compile(
    r"\s*(?:is|are)\s+(?:(?:indeed|also|thus|therefore)\s+)?(?:an?|the)\s+(?:\w+\s+){0,2}(?:roots?|zeros?|solutions?|prime(?:\s+number)?|integers?|multiple|square|cube|factor|divisor)\s*(?:of\s+[^,;]*)?\Z",
    re.IGNORECASE,
)
"""A remark about a value that a sign states: "is a double root"."""
_EQUATION = re.compile(r"\s*(?:=|≈)\s*[-\d§\\]")
"""Another form of the value: "= 42.0", which must agree."""
_LESS = re.compile(
    r"\b(?:fewer|less|below\s+zero|short|shy"
    r"|(?:more|larger|greater|higher|bigger|older|taller|longer|smaller|lower|shorter|younger)(?=\s+than\b))\b",
    re.IGNORECASE,
)
"""A word that turns a number into a difference or below zero: "42 fewer"."""
_ONLY_IF = re.compile(r"\s*only\s+(?:if|when|for|in)\b", re.IGNORECASE)
"""A condition that may fail: "only if n is even"."""
_THAN = re.compile(r"\bthan\b", re.IGNORECASE)
"""The word before the other side of a comparison: "than"."""
ENDED = re.compile(
    r"\b(?:before|until|prior|earlier|previously|initially|originally|formerly|at\s+first|at\s+the\s+(?:start|beginning)|yesterday|used\s+to)\b",
    re.IGNORECASE,
)
"""A word for an earlier time: "before the sale"."""

_SOON = re.compile(rf"\s*(?:\w+\s+){{0,2}}?(?:{ENDED.pattern})", re.IGNORECASE)
"""Such a word right behind a value and its unit: "eggs before"."""


def decided(first: str, prompt: str, *, by_verb: bool) -> tuple[bool, str | None]:
    """Return True if words right behind a value keep or change it, and why they change it.

    >>> decided(" fewer hens", "", by_verb=True), decided(" wrong answers", "", by_verb=True)
    ((True, 'the words after it change it'), (True, None))
    """
    if _EQUATION.match(first) or (by_verb and (_COUNTED_WRONG.match(first) or _IS_A.match(first))):
        return True, None
    if changed(first, prompt, _LESS) and not _compares(first, prompt):
        return True, "the words after it change it"
    if _ONLY_IF.match(first):
        return True, "the words after it leave it open"
    if by_verb and _SOON.match(first) and changed(first, prompt, ENDED):
        return True, "it is an earlier value"
    return False, None


def _compares(first: str, prompt: str) -> bool:
    """Return True for a comparison with another direction, as the answer to a question that compares.

    Whether it is turned around is known by its "than": `comparisons`.
    """
    return _THAN.search(first) is not None and "than" in prompt and asks_to_compare(prompt)


def changed(first: str, prompt: str, words: re.Pattern[str]) -> bool:
    """Return True if one of some words follows a value, but is not in the question."""
    found = words.search(first)
    return found is not None and found.group().lower() not in prompt.lower()
