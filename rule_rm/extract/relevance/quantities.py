"""Find whether a subject is a quantity of another kind than the one that is asked for, or a speaker's own."""

from __future__ import annotations

import re

from rule_rm.extract.grammar.names import MEANT
from rule_rm.extract.question.asked import SENTENCES, asking_sentence
from rule_rm.extract.question.counted import is_undone

_OWN_NUMBER = re.compile(
    r"\b(?:my|your)\s+(?P<adjectives>(?:[^\W\d_]+\s+){1,3}?)(?:numbers?|digits?|values?|figures?)\W+(?:is|was|are|were|:)\W*\Z",
    re.IGNORECASE,
)
"""A number of a speaker, with its adjectives: "my favourite number is"."""
_KINDS = (
    r"areas?",
    r"perimeters?|circumferences?",
    r"volumes?|capacit(?:y|ies)",
    r"speeds?|velocit(?:y|ies)",
    r"durations?",
    r"distances?",
    r"medians?",
    r"modes?",
    r"variances?",
    r"discounts?",
    r"prices?|costs?",
    r"slopes?",
    r"probability|probabilities",
    r"numerators?",
    r"denominators?",
    r"radius|radii",
    r"diameters?",
)
"""Quantities of different kinds, each by its names: none of them is another."""
_DONE = re.compile(
    r"\b(?:number|amount|total|count)\s+of\s+(?:[^\W\d_]+\s+){1,2}?(?P<done>\w+ed|sold|lost|broken|eaten|given|taken|stolen|spent|gone)\W*\Z",
    re.IGNORECASE,
)
"""A number of things to which something was done: "the number of rolls sold"."""
_GONE = re.compile(
    r"\b(?:number|amount|total|count)\s+of\s+(?P<done>broken|lost|sold|unsold|eaten|uneaten|given|stolen|spent|wasted|damaged|missing"
    r"|spoiled|rotten|discarded|rejected|removed|unused)\s+[^\W\d_]+\W*\Z",
    re.IGNORECASE,
)
"""A number of things that are gone or bad: "the number of broken eggs"."""
_GIVENS = re.compile(
    r"\A\W*(?:if|given|when|suppose)\b[^,]*,|\b(?:with|if|whose|given|when|where|having)\b.*\Z",
    re.IGNORECASE | re.DOTALL,
)
"""The givens of a question: "with radius 3"."""
_LETTERED = re.compile(r"\b(?P<noun>[A-Za-z]{3,})\s+\$?(?P<letter>[A-Z])\b\W*\Z")
"""A thing with its letter at the end of a subject: "angle A"."""
_KIND = re.compile(rf"\b(?:{'|'.join(_KINDS)})\b")
"""The name of one of these quantities: "area"."""


def is_other_quantity(subject: str, prompt: str) -> bool:
    """Return True if a subject is a quantity of another kind than the one that the question asks for.

    >>> asked = "Its perimeter is 20. What is its area?"
    >>> [is_other_quantity(subject, asked) for subject in ("The perimeter", "The area", "The result")]
    [True, False, False]
    """
    if not prompt:
        return False
    said = _KIND.findall(subject.lower())
    if (gone := _GONE.search(subject)) is not None and is_undone(gone["done"], prompt):
        return True
    done = _DONE.search(subject)
    if done is not None and is_undone(done["done"], prompt):
        return True
    asking = asking_sentence(prompt)
    named = _LETTERED.search(subject)
    if named is not None:
        letters = re.findall(rf"\b{named['noun']}\s+\$?([A-Z])\b", asking, re.IGNORECASE)
        if letters and named["letter"] not in letters:
            return True
    if asking == prompt:
        asking = SENTENCES.split(prompt.rstrip())[-1]
    sought = _GIVENS.sub(" ", asking) if said else asking
    asked = {_kind(word) for word in _KIND.findall(sought.lower() or asking.lower())}
    return (
        len(asked) == 1
        and len({_kind(word) for word in said} | asked) == 2
        and len(set(map(_kind, said))) == 1
    )


def _kind(word: str) -> int:
    """Return which of the kinds of quantities a word names."""
    return next(place for place, kind in enumerate(_KINDS) if re.fullmatch(kind, word))


def is_own_number(clause: str, prompt: str) -> bool:
    """Return True for a number of the speaker that the question doesn't ask for: "my favourite number is".

    >>> is_own_number("My lucky number is", "Find x."), is_own_number("Our final value is", "Find x.")
    (True, False)
    """
    found = _OWN_NUMBER.search(clause)
    asked = prompt.lower()
    return found is not None and not all(
        MEANT.match(word) or word.lower() in asked for word in found["adjectives"].split()
    )
