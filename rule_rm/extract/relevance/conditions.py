"""Find a condition that has nothing to do with the question: "if pigs fly, the answer is 42"."""

from __future__ import annotations

import re

from rule_rm.extract.grammar import names
from rule_rm.extract.grammar.sentences import VALUE
from rule_rm.extract.words import patterns

_CONDITION = re.compile(
    r"\A\W*(?:(?:so|then|and|but|well|now)\W+)*(?:(?:(?:only\s+)?if|when|once|unless|until|the\s+day)\s+(?P<said>[^,;:]{3,80})[,;:]"
    r"|(?P<bare>[^,;:]{3,60})[,;:]\s*then\b|(?P<place>in\s+(?:an?|some|my|another)\s+(?:\w+\s+)?(?:universe|world|reality|dream|story|joke|life))\b)",
    re.IGNORECASE,
)
"""A condition or a strange place at the beginning of a sentence: "If pigs fly:"."""
_ON_TOPIC = patterns.words(
    """
    we you i it this that these those they there one all each every both any no none he she our everything
    simplified rounded needed required necessary possible given asked done combined added counted expressed
    written solving simplifying adding multiplying dividing subtracting rounding counting using applying
    combining
    """
)
"""Words of a condition about the computation: "when we add them"."""
_WORD = re.compile(r"[^\W_]+")
"""A word or number: `pigs`."""
_FINITE = re.compile(
    r"\b(?:fl(?:y|ies)|is|are|was|were|has|have|can|will|does|do|did|\w{3,}s)\b", re.IGNORECASE
)
"""A verb, or what looks like one: "fly"."""
_LIGHT = frozenset(["the", "a", "an", "is", "are", "was", "as", "to", "and", "of", "in"])
"""Words that say nothing of what a condition is about."""
_ROOT = 4
"""Letters by which a word of the question is known."""


def is_odd_condition(sentence: str, prompt: str) -> bool:
    """Return True if a sentence begins with a condition without a number or a word of the question.

    >>> asked = "How many eggs are left?"
    >>> [is_odd_condition(f"{one}, the answer is", asked) for one in ("If pigs fly", "When we add")]
    [True, False]
    """
    found = _CONDITION.match(sentence)
    if found is None or not prompt:
        return False
    said = found["said"] or found["bare"] or found["place"]
    if VALUE in said or any(map(str.isdigit, said)) or not said.isascii():
        return False
    words = [word.lower() for word in _WORD.findall(said)]
    asked = {word[:_ROOT] for word in _WORD.findall(prompt.lower()) if len(word) >= _ROOT}
    told = [word for word in words if word not in _LIGHT]
    has_subject = len(told[1:] if told and told[0].endswith("ly") else told) > 1
    if found["said"] and not has_subject:
        # "When rationalized", "when properly evaluated".
        return False
    is_known = any(
        word in _ON_TOPIC or len(word) == 1 or word[:_ROOT] in asked or names.MEANT.fullmatch(word)
        for word in told
    )
    return not is_known and (found["bare"] is None or (_FINITE.search(said) is not None and len(words) < 5))
