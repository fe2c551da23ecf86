"""Find whether a statement is about somebody, a time or a deed other than the question asks about."""

from __future__ import annotations

import re

from rule_rm.extract import patterns
from rule_rm.extract.asked import asking_sentence

_PERSON = re.compile(
    r"\A\W*(?:(?:So|Thus|Then|Hence|Therefore|Now|And|But)\W+)*(?P<name>[A-Z][a-z]{2,})\s*\Z"
)
"""A name that is the whole subject: "Bob"."""
_NAMES = re.compile(r"(?<![.!?]\s)(?<!\A)\b[A-Z][a-z]{2,}\b")
"""A name within a sentence: the `Alice` of "How old is Alice now?"."""
_RELATIVES = re.compile(
    r"\b(?:her|his|their|my|your|our)\s+(?P<who>brother|sister|mother|father|mom|dad|friend|cousin|uncle|aunt|neighbou?r|boss|wife|husband"
    r"|son|daughter|teacher|classmate|parents|roommate)\s*\Z",
    re.IGNORECASE,
)
"""Somebody of the one who is asked about: "her brother"."""
_OTHER_TIME = re.compile(
    r"\b(?:in|after|within)\s+(?:\d+|one|two|three|four|five|ten)\s+(?:more\s+)?(?:years?|months?|weeks?|days?|hours?|minutes?)\b"
    r"|\b(?:\d+\s+\w+\s+)?(?:ago|later|from\s+now)\b|\bwill\s+be\b|\b(?:was|were)\s*\Z",
    re.IGNORECASE,
)
"""Another time than now: "in 10 years", "was"."""
_NOW = re.compile(r"\b(?:now|currently|current|today|present(?:ly)?)\b", re.IGNORECASE)
"""A word for the present: "now"."""
_GAIN = patterns.words(
    """
    save saved saving earn earned have has own owns keep kept make made gain gained receive received
    collect collected win won
    """
)
_LOSS = patterns.words(
    """
    spend spends spent lose loses lost owe owes owed need needs needed threw throw throws wasted waste
    broke dropped donated
    """
)
_VERB = re.compile(r"[a-z]+")
"""A word in small letters: `saved`."""
_MUST = re.compile(
    r"\b(?:(?:still\s+)?(?:has|have|had|needs?|needed)\s+(?:still\s+)?to|must|should)\s*\Z", re.IGNORECASE
)
"""A duty before a verb: "still has to"."""
_PAST = re.compile(r"\b(?:has|have|did|had)\b[^.?]*\b(?!to\b)\w+ed\b|\bdid\b", re.IGNORECASE)
"""A question for something done: "has she saved"."""
_DUTY = re.compile(r"\b(?:to|must|should|needs?|needed|required?)\b", re.IGNORECASE)
"""A word for a duty: "must"."""
_CONNECTIVE = re.compile(
    r"\A(?:so|thus|hence|therefore|then|and|but|also|por lo tanto|donc|also)\W+", re.IGNORECASE
)
"""A word that joins a sentence to the one before it: "so"."""


def is_about_other(subject: str, verb: str, prompt: str) -> bool:
    """Return True if a subject and its verb are about other persons, times or deeds than the question.

    >>> asked = "Bob saved $5 for 3 weeks, Ann for 6. How much has Ann saved?"
    >>> [is_about_other(one, "saved", asked) for one in ("Ann has", "Ann still has to", "Her brother")]
    [False, True, True]
    >>> is_about_other("Ann has", "spent", asked), is_about_other("Bob", "has", asked)
    (True, True)
    """
    if not prompt:
        return False
    asking = asking_sentence(prompt)
    asked = set(_VERB.findall(asking.lower()))
    word = verb.strip().lower()
    if word in _LOSS and asked & _GAIN and not asked & (_LOSS | {"left", "more", "spending"}):
        return True
    if _MUST.search(subject) and _PAST.search(asking) and not _DUTY.search(asking):
        return True
    kin = _RELATIVES.search(subject)
    if kin is not None and kin["who"].lower() not in prompt.lower():
        return True
    return _is_other_person(subject, asking, prompt) or (
        _NOW.search(asking) is not None
        and _OTHER_TIME.search(f"{subject.strip()} {word}".strip()) is not None
        and _NOW.search(subject) is None
        and not re.search(r"\b(?:in|after|ago|later|was|will)\b", asking)
    )


def _is_other_person(subject: str, asking: str, prompt: str) -> bool:
    """Return True for a name of the prompt, where the question asks about somebody with another name."""
    person = _PERSON.match(subject)
    if person is None or person["name"] in asking or not re.search(rf"\b{person['name']}\b", prompt):
        return False
    return bool(set(_NAMES.findall(asking)))


def is_of_other_numbers(subject: str, prompt: str) -> bool:
    """Return True for a phrase of the question with other numbers: "26% of 80" for "25% of 80".

    >>> [is_of_other_numbers(one, "What is 25% of 80?") for one in ("So 26% of 80", "So 25% of 80", "So 80")]
    [True, False, False]
    """
    if not any(map(str.isdigit, subject)) or not prompt:
        return False
    said = " ".join(subject.lower().split())
    while (found := _CONNECTIVE.match(said)) is not None:
        said = said[found.end() :]
    masked = re.sub(r"\d[\d.,]*", "0", said).strip()
    asked = " ".join(prompt.lower().split())
    if len(masked.split()) < 2 or masked not in re.sub(r"\d[\d.,]*", "0", asked):
        return False
    return re.search(rf"(?<![\d.]){re.escape(said.strip())}(?![\d%])", asked) is None
