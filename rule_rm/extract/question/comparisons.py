"""Find whether a question asks for a difference, and whether a statement compares the same two in order."""

from __future__ import annotations

import re

from rule_rm.extract.question.asked import question_of
from rule_rm.extract.question.asked_for import FUNCTION, IDENTITIES, WORD
from rule_rm.extract.words.opposites import bases, has_opposite, is_opposite

_HOW = r"(?P<how>more|fewer|less|[a-z]+er)"
_THAN = re.compile(rf"\b{_HOW}\b(?P<first>[^.?]{{0,80}}?)\bthan\b(?P<second>[^.?,;:]{{1,60}})")
"""A comparison of two: "more apples does Bob have than Alice"."""
_COMPARED = re.compile(r"\b(?:more|fewer|less|extra|difference|[a-z]{2,}er)\b")
"""A word by which a value is a difference: "more"."""
_HAS_ALL = re.compile(r"\b(?:[Tt]ogether|combined)\b|\b[A-Z][a-z]+\s+(?:has|have|is|are)\s*\Z")
"""A statement of all that somebody has: "Bob has"."""
_DIFFERENCE = re.compile(
    r"\b(?:more|fewer|less|farther|further|compared|difference|exceed\w*|beat|ahead|how\s+much\s+[a-z]+er)\b",
    re.IGNORECASE,
)
"""A word of a question for a difference: "farther"."""
_ASKS_BY_ADJECTIVE = re.compile(r"\bhow\s+(?:much|many\s+[a-z]+)\s+(?P<how>[a-z]{2,}er)\b", re.IGNORECASE)
"""A question for a difference by an adjective: "how much cheaper"."""
_MEANS_DIFFERENCE = re.compile(
    r"\b(?:more|additional|extra|fewer|less|another|difference|than|gap|saves?|saved|savings?|discount\w*|reduc\w+|(?:in|de)creas(?:e[sd]?|ing)"
    r"|drop\w*|gain\w*|off|apart|ahead|behind|exceed\w*|earlier|later)\b"
    r"|\d\W*(?:[^\W\d_]+\s+){0,2}(?!(?:over|under|after|other|ever)\b)[a-z]{2,}er\b|\b[a-z]{2,}er\s+by\b|\d\s*[-−–]\s*[$€£]?\d",
    re.IGNORECASE,
)
"""A word or computation by which a value is a difference: "off", "7 years older", "12 - 5"."""
_OWNER = re.compile(r"[^\W\d_]['’]s\s+[a-z]")
"""Somebody or something of another: "Ann's mother"."""
_LESS = frozenset(["less", "fewer"])


def asks_to_compare(prompt: str) -> bool:
    """Return True if a question asks for a difference: "how much farther", "compared to".

    >>> asks_to_compare("Cho walked 9 km, Ann 4. How much farther did Cho walk?")
    True
    """
    return _DIFFERENCE.search(question_of(prompt).clause) is not None


def lacks_difference(sentence: str, clause: str) -> bool:
    """Return True if a question asks by an adjective for a difference that a sentence does not name.

    >>> asked = "How much cheaper is it in store B than in store A?"
    >>> [lacks_difference(one, asked) for one in ("The price is $60.", "You save $60.", "It is $60 cheaper.")]
    [True, False, False]
    """
    found = _ASKS_BY_ADJECTIVE.search(clause)
    if found is None or not ("than" in clause or has_opposite(found["how"])):
        # "How much water" has no adjective.
        return False
    return _MEANS_DIFFERENCE.search(sentence) is None


def is_compared_otherwise(before: str, rest: str, prompt: str) -> bool:
    """Return True if a statement compares two in the other order than the question, or does not compare them.

    >>> asked = "Ann has 5 eggs, Bob 8. How many more eggs does Bob have than Ann?"
    >>> [is_compared_otherwise("Ann has", f" {how} eggs than Bob.", asked) for how in ("more", "fewer")]
    [True, False]
    """
    if "than" not in prompt:
        return False
    clause = question_of(prompt).clause
    asked = _THAN.search(clause)
    if asked is None or not clause.lower().startswith("how"):
        return False
    said = _THAN.search(rest)
    if said is None:
        return _HAS_ALL.search(before) is not None and _COMPARED.search(f"{before} {rest}") is None
    if _OWNER.search(said["second"]) and not _OWNER.search(asked["second"] + asked["first"]):
        return True
    first, second = _telling(asked["first"]), _telling(asked["second"])
    first, second = first - second, second - first
    one, other = _telling(f"{before} {said['first']}"), _telling(said["second"])
    one, other = one - other, other - one
    # The words behind "than" decide, as the subject shares the counted noun with the question.
    is_straight = bool(other & second)
    is_crossed = not is_straight and bool(other & first or one & second)
    is_reversed = _is_reversed(said["how"], asked["how"])
    return (is_crossed and not is_reversed) or (is_straight and is_reversed)


def _telling(text: str) -> frozenset[str]:
    """Return the base forms of the words that tell two things apart."""
    return bases(" ".join(word for word in WORD.findall(text) if word.lower() not in FUNCTION | IDENTITIES))


def _is_reversed(said: str, asked: str) -> bool:
    """Return True for words of opposite directions: "fewer" for "more", "younger" for "older"."""
    return (said in _LESS) != (asked in _LESS) or is_opposite(said, asked)
