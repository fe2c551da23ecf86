"""Find whether a clause leads to a value in the words with which the question asks for it.

The verbs of all languages can't be listed, but a question has the verb of its answer. "Elle a vendu 42" is in
the words of "Combien a-t-elle vendus". In Chinese, Japanese, Korean and Hindi the answer has the place of the
question word.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rule_rm.extract.words import patterns, stating
from rule_rm.extract.words.verbs import is_past

_WORD = re.compile(r"[^\W\d_]+")
"""A word, such as `vendu`."""
_LISTS = (stating.LIGHT, stating.CONNECTIVES, stating.NOUN_DRESS, stating.WORLD, stating.VERBS)
_FUNCTION = frozenset(_WORD.findall(" ".join(_LISTS).lower()))
"""Words that may be in any clause that states a value."""
_STEM = 4
"""Letters by which a word is known that has another ending in the question: "vendu", "vendus"."""
_WHICH = re.compile(
    r"\b(?:which|what|welche\w*|quel(?:le)?s?|qu[eé]|cu[aá]l(?:es)?|qual|quale|quanti?|какой|какую|каком|който)"
    r"\s+(?:number\s+of\s+)?(?P<noun>[^\W\d_]+)",
    re.IGNORECASE,
)
"""A question for one of several things, with their name: "which step"."""
_GIVEN_PHRASE = re.compile(r"\s+(?P<phrase>[^\W\d_]+\s+\d[\d.,]*\s*[^\W\d_]{1,12})[\s*]*\Z")
"""A phrase with a number at the end of a clause, which the question may have: " für 350 km"."""
_HOW_MANY = r"(?:多少|几|幾|何|いくつ|いくら|どれだけ|몇|얼마|कतन)"
"""A Chinese, Japanese, Korean or Hindi question word for a number, without vowel signs, such as 多少."""
_ASPECT = "了过過着를을이가は が"
"""Endings of a verb or noun before a number that a question may lack: 了."""
_NEAR = 3
_IS_DONE = re.compile(
    r"\b(?:is|are|was|were|be)\s+(?:done|finished|ready|complete|completed)\s+(?:in|after|by|within)\W*\Z"
)
"""The end of a deed before its time: "is done after"."""
_ASKS_FOR_TIME = re.compile(
    r"\b(?:how\s+(?:long|many\s+(?:more\s+)?(?:seconds|minutes|hours|days|weeks|months|years))|when)\b",
    re.IGNORECASE,
)
"""A question for a time: "how many days"."""
_PREPOSITION = re.compile(r"\b(?:at|in|after|by|within)\W*\Z", re.IGNORECASE)
"""A preposition before a value: "in"."""
_PERSONS = frozenset(
    ["he", "she", "it", "they", "we", "its", "his", "her", "their", "at", "in", "after", "by", "within"]
)
_ACTIONS = frozenset(word for word in _WORD.findall(stating.VERBS.lower()) if len(word) > _STEM)
_OPEN = re.compile(
    rf"(?<!\w)(?:{stating.NOT}|{stating.UNSURE}|{stating.MODAL}|would|should)(?!\w)|n['’]t", re.IGNORECASE
)
"""A word that denies a statement or leaves it open: "not"."""


def has_words_of_question(clause: str, prompt: str) -> bool:
    """Return True if a clause ends in a word of the question, and has no others but function words.

    >>> asked = "Combien de billets a-t-elle vendus ?"
    >>> has_words_of_question("Elle a vendu", asked), has_words_of_question("Elle a perdu", asked)
    (True, False)
    >>> has_words_of_question("So Tim lands on step", "Which step does Tim land on?")
    True
    """
    given = _GIVEN_PHRASE.search(clause)
    if given is not None and f" {' '.join(given['phrase'].split())}" in " ".join(prompt.split()):
        clause = clause[: given.start()]
    words = [word.lower() for word in _WORD.findall(clause)]
    if not prompt or not words:
        return False
    asked = _stems(prompt)
    if not all(word in _FUNCTION or word[:_STEM] in asked for word in words):
        return False
    if any(words[-1] == found["noun"].lower() for found in _WHICH.finditer(prompt)):
        return True
    return not _is_english(asked) and len(words[-1]) >= _STEM and words[-1][:_STEM] in asked


def is_by_preposition(clause: str, prompt: str) -> bool:
    """Return True for a verb and a preposition in the words of the question: "She finishes the book in".

    >>> asked = "How many days does it take to read the book?"
    >>> [is_by_preposition(one, asked) for one in ("She finishes the book in", "She burns the book in")]
    [True, False]
    """
    if not prompt or _PREPOSITION.search(clause) is None or any(map(str.isdigit, clause)):
        return False
    words = [word.lower() for word in _WORD.findall(clause)]
    asked = _stems(prompt)
    is_said = [word[:_STEM] in asked or word in _FUNCTION or word in _PERSONS for word in words]
    has_verb = any(word in _ACTIONS or is_past(word) for word in words[1:]) or any(
        word[:_STEM] in asked for word in words[1:-1] if len(word) >= _STEM
    )
    if _OPEN.search(clause):
        return False
    return (len(words) > 2 and all(is_said) and has_verb) or (
        _IS_DONE.search(clause) is not None and _ASKS_FOR_TIME.search(prompt) is not None
    )


def takes_place_of_question_word(clause: str, prompt: str) -> bool:
    """Return True if the end of a clause precedes a question word in a language that keeps its word order.

    >>> [takes_place_of_question_word(clause, "他卖出多少张票？") for clause in ("他卖出了", "他丢了")]
    [True, False]
    """
    end = clause.rstrip(_ASPECT)[-_NEAR:].strip()
    asked = rf"{re.escape(end)}[{_ASPECT}]?\s*{_HOW_MANY}"
    return bool(end) and re.search(asked, patterns.letters(prompt)) is not None


def follows_question_word(rest: str, prompt: str) -> bool:
    """Return True if a text behind a value is what follows the question word in the question.

    >>> follows_question_word("個のりんごが残っています", "何個のりんごが残っていますか。")
    True
    """
    if rest.isascii():
        return False
    rest = rest.strip(" 。．.，,।")
    said = rf"{_HOW_MANY}\s*{re.escape(patterns.letters(rest))}"
    return len(rest) > 1 and re.search(said, patterns.letters(prompt)) is not None


@lru_cache(maxsize=64)
def _stems(prompt: str) -> frozenset[str]:
    """Return the first letters of a question's words; a group shares its question."""
    return frozenset(word[:_STEM] for word in _WORD.findall(prompt.lower()))


def _is_english(asked: frozenset[str]) -> bool:
    return bool(asked & {"the", "how", "what", "find", "is"})
