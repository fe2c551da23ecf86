"""Find whether the words around a choice's letter set it aside: "C is excluded", "the least likely is C"."""

from __future__ import annotations

import re

from rule_rm.extract.words import denials
from rule_rm.extract.words.patterns import deferred

_UNLIKELY = re.compile(
    r"\b(?:least|less)\s+(?:likely|probable|plausible|suitable|appropriate)\b", re.IGNORECASE
)
"""A word by which a letter is set aside: "least likely"."""
_ASIDE = deferred(
    rf"[)*\s]*(?:is|was|gets|can\s+be|must\s+be|should\s+be)\s+(?:\w+ly\s+)?(?P<how>{denials.SET_ASIDE}|eliminated|rejected|removed|ruled\s+out)",
    re.IGNORECASE,
)
"""A predicate by which a letter is set aside: " is excluded"."""
_IS_NOT = re.compile(
    r"[)*\s]*(?:corresponds?|refers?|is|describes?|represents?|names?|shows?|gives?)\b[^.;:,]*?(?:\bnot\b|n['’]t\b)(?!\s+only)"
)
"""A predicate by which a letter names something else: " is a planet that is not the largest"."""
_NEGATION = re.compile(r"\b(?:not|never|except|false|incorrect)\b|n['’]t\b", re.IGNORECASE)
"""A negation: "not"."""
IF_OTHER = re.compile(r"(?i:if|unless)\b.*(?<![a-zA-Z])[A-Z](?![a-zA-Z])", re.DOTALL)
"""A condition on a letter: "If not A"."""
HEADLESS = re.compile(r"\s*(?:corresponds?|matches|is|equals)\b")
"""A predicate whose subject is in the clause before it: the rest of "which corresponds to option C"."""


def is_called_unfit(clause: str, at: int, prompt: str) -> bool:
    """Return True if a clause calls the letter at a place unlikely or excluded, and the question doesn't.

    >>> is_called_unfit("C is excluded", 0, ""), is_called_unfit("C is excluded", 0, "Which is excluded?")
    (True, False)
    """
    asked = prompt.lower()
    if (unlikely := _UNLIKELY.search(clause, 0, at)) and unlikely.group().lower() not in asked:
        return True
    if _IS_NOT.match(clause, at + 1) and not _NEGATION.search(prompt):
        return True
    aside = _ASIDE.match(clause, at + 1)
    return aside is not None and aside["how"].lower() not in asked
