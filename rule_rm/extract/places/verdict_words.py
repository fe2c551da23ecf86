"""Find the "yes" or "no" that begins the last sentence: "No, 91 is not prime"."""

from __future__ import annotations

import re

from rule_rm.extract.extraction import Extraction
from rule_rm.extract.grammar.predicates import NOT
from rule_rm.extract.question.asked import asking_sentence
from rule_rm.extract.words import patterns, stance, stating

_ASKS_WHETHER = re.compile(
    r"\b(?:yes|true)\s+or\s+(?:no|false)\b|\A\W*(?:is|are|was|were|do|does|did|can|could|will|would|has|have|should|must)\b",
    re.IGNORECASE,
)
"""A question for yes or no: "Is 91 prime?"."""
_VERDICT = re.compile(
    r"(?:\A|\n)[\s*_>#]*(?:(?:so|thus|therefore|hence),?\s+)?(?P<verdict>yes|no)[*_]*\s*[,.:;!—–-]\s*[*_]*"
    r"(?P<reason>[^\n?]+)\s*\Z",
    re.IGNORECASE,
)
"""A last line with a verdict and its reason: "**No**, 91 is not prime."."""
_OPEN = patterns.deferred(
    rf"(?<!\w)(?:{stating.UNSURE}|{stating.MODAL}|wait|actually|but)(?!\w)", re.IGNORECASE
)
"""A word that leaves a verdict open or turns it: "maybe"."""


def verdict_word(text: str, prompt: str) -> Extraction | None:
    """Return the verdict that begins the last line, if its reason denies exactly where the verdict is "no".

    >>> verdict_word("91 is 7 * 13.\\n\\nNo, 91 is not prime.", "Is 91 prime?").answer
    'No'
    >>> verdict_word("No, 91 is prime.", "Is 91 prime?")
    """
    if not _ASKS_WHETHER.search(asking_sentence(prompt)) and not _ASKS_WHETHER.search(prompt):
        return None
    found = _VERDICT.search(text)
    if found is None or _OPEN.search(found["reason"]) or stance.HEDGED.search(found["reason"]):
        return None
    is_denied = NOT.search(found["reason"]) is not None
    return (
        Extraction(found["verdict"], "the verdict")
        if is_denied == (found["verdict"].lower() == "no")
        else None
    )
