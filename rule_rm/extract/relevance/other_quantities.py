"""Find why a sentence of free prose gives its value to another quantity than the one that is asked for.

The asking clause of a question has the words of the answer, and its other sentences have those of the givens.
A sentence in which the subject, the verb or the counted thing is of the givens alone states one of them, or a
step. A word that is nowhere in the question may be a synonym, and the topic of the question may be a subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rule_rm.extract.question.asked_for import FUNCTION, WHAT_IS, YIELDS, AskedFor, asked_for, lowered
from rule_rm.extract.question.comparisons import lacks_difference
from rule_rm.extract.question.units import UNITS
from rule_rm.extract.relevance.contradictions import contradiction, is_at_new_time, is_other_unknown
from rule_rm.extract.relevance.said_of_value import (
    COUNTED,
    LEADING,
    PHRASE,
    PREDICATE,
    SUBJECT,
    VERB,
    Said,
    clause_around,
    words_of,
)
from rule_rm.extract.relevance.symbols import is_other_symbol
from rule_rm.extract.values.numbers import numbers_in
from rule_rm.extract.words.patterns import words
from rule_rm.extract.words.stance import sentence_around
from rule_rm.extract.words.stating import ANSWER_NOUNS
from rule_rm.extract.words.verbs import base

_SHORTEST = 3
"""The words around the value of the shortest sentence."""
_NEUTRAL = frozenset(map(base, FUNCTION | YIELDS))
_LEFT = re.compile(r"\b(?:left|remain\w*)\b", re.IGNORECASE)
"""A word of a question for a remainder: "left"."""
_MEANS_LEFT = re.compile(
    r"\b(?:left|remain\w*|still|rest|un(?!der|til|it|cle)\w+|not|kept|keeps?|leav\w+|after|now|ends?|additional"
    r"|more)\b",
    re.IGNORECASE,
)
"""A word by which a value is a remainder: "still"."""
_MORE = re.compile(r"\bhow\s+(?:many|much)\s+(?:more|additional|extra|fewer|less)\b", re.IGNORECASE)
"""A question for a difference: "how many more"."""
_MEANS_MORE = re.compile(
    r"\b(?:more|additional|extra|fewer|less|still|another|difference|need\w*|than|left|other)\b",
    re.IGNORECASE,
)
"""A word by which a value is a difference: "more"."""
_AVERAGE = re.compile(r"\b(?:average|mean)\b", re.IGNORECASE)
"""A word of a question for an average: "average"."""
_NO_AVERAGE = re.compile(
    r"\b(?:total\w*|sum|together|altogether|in\s+all|combined|add\w*(?=\s+up)|median|mode|range)\b",
    re.IGNORECASE,
)
"""A word for another number of several values than their average: "total"."""
_MEANS_AVERAGE = re.compile(
    r"\b(?:average\w*|mean|divid\w+|divisions?|per|each|every|apiece)\b|[/÷]", re.IGNORECASE
)
"""A word or sign by which a value is an average: "divided"."""
_DUTY = re.compile(r"\b(?:must|still)\b", re.IGNORECASE)
"""A word of a question for something that is not done: "must"."""
_MEANS_DUTY = re.compile(
    r"\b(?:must|still|needs?|required?|to|left|remain\w*|more|should|will|would|rest|another)\b",
    re.IGNORECASE,
)
"""A word by which something is not done: "needs"."""
_SEVERAL = re.compile(
    r"\b(?:total|together|altogether|all|both|combined|two|three|each|everything)\b", re.IGNORECASE
)
"""A word of a question about several: "together"."""
_IN_TOTAL = re.compile(r"\b(?:total|together|altogether|in\s+all)\b", re.IGNORECASE)
"""A word for a sum of all: "in total"."""
_OF_ALL = re.compile(r"\b(?:the\s+(?:two|three|four|five|six)|both|all)\b", re.IGNORECASE)
"""Words for all of several things: "the two"."""
_JOINS = re.compile(r"\band\b|,")
"""A word or sign that joins subjects: "and"."""
_DONE = re.compile(
    r"\b(?P<subject>[^\W\d_]+)\s+(?P<verb>makes?|made|gives?|gave|takes?|took)(?:\s+(?:away|up|out|back))?\s*\Z"
)
"""A subject with a verb that may be a deed or state a result: "baker made"."""
_WITH_PARTICLE = re.compile(r"\b(?P<verb>[a-z]+)\s+(?:off|on|up|away|out|in|down|back)\W*\Z")
"""A verb and its particle at the end of a clause: "got off"."""
_PER = re.compile(r"\bper\b|/")
"""A sign of a rate: `km/h`."""
_ASKS_RATE = re.compile(r"\b(?:per|speed|rate|fast|average)\b", re.IGNORECASE)
"""A word of a question for a rate: "speed"."""
_THINGS = words("it this that these which")
"""Subjects with which such a verb states a result: "this makes"."""
_SETTINGS = words("on in at for with from during")
"""Prepositions of a place, time or case that a statement may be limited to: "on Monday"."""
_ANSWERS = re.compile(
    rf"{ANSWER_NOUNS}|product|difference|quotient|average|expression|equation|formula|measure|figure|chance",
    re.IGNORECASE,
)
"""A noun that can name any quantity: "result"."""


def other_quantity(text: str, start: int, end: int, prompt: str) -> str | None:
    """Return why the sentence around a value is about another quantity than the question; None if it is not.

    >>> asked = "A baker made 96 rolls and sold 54. How many rolls are unsold?"
    >>> other_quantity("The baker made 42 rolls.", 15, 17, asked), other_quantity("42 are left.", 0, 2, asked)
    ('it is about something else: “made”', None)
    """
    asked = asked_for(prompt) if prompt else None
    if asked is None:
        return None
    begin, stop = sentence_around(text, start, end)
    sentence = text[begin:stop]
    before, behind = clause_around(sentence, start - begin, end - begin)
    said = words_of(before, behind)
    if is_other_symbol(text, start, prompt, asked):
        return "it is the symbol of another quantity"
    is_told = any(one.place in (SUBJECT, VERB, PHRASE) for one in said)
    if is_told and lacks_difference(sentence, asked.clause):
        return "it is not about a difference"
    if _is_total_of_average(before, behind, sentence, asked):
        return "it is not about an average"
    # A sentence without a word of the question may be an answer to any question.
    if any(one.base in asked.given or asked.has(one.base) for one in said if one.base not in _NEUTRAL):
        is_bare = not behind.strip(" .!*") or all(one.place == COUNTED for one in said)
        missing = None if is_bare else _missing(sentence, asked)
        if (odd := missing or contradiction(before, behind, text[start:end], asked)) is not None:
            return odd
    if is_at_new_time(f"{sentence[: start - begin]} § {behind}", prompt, asked.clause):
        return "it is about another time"
    if is_other_unknown(before, asked):
        return "it is about another unknown"
    strange = next(_strange(said, before, behind, asked), None)
    return None if strange is None else f"it is about something else: “{strange}”"


def contradicted(text: str, start: int, end: int, prompt: str) -> str | None:
    """Return what in a declared sentence contradicts the question; None also for a value alone.

    >>> said, asked = "It needs 90 minutes for 15 pages.", "How many pages does it print in 9 minutes?"
    >>> contradicted(said, 9, 11, asked)
    'it is in a unit, where things are counted'
    """
    asked = asked_for(prompt) if prompt else None
    if asked is None:
        return None
    if numbers := numbers_in(text[start:end]):
        start, end = start + numbers[0].start(), start + numbers[0].end()
    begin, stop = sentence_around(text, start, end)
    before, behind = clause_around(text[begin:stop], start - begin, end - begin)
    value = text[start:end]
    if len(lowered(before + behind)) < _SHORTEST or value.startswith(("$", "\\")) or before.endswith("$"):
        return None
    return contradiction(before, behind, value, asked)


def _missing(sentence: str, asked: AskedFor) -> str | None:
    """Return which relation of the question a sentence lacks: that of a remainder, or of a difference."""
    if _LEFT.search(asked.clause) and not _MEANS_LEFT.search(sentence):
        return "it is not about what is left"
    if _DUTY.search(asked.clause) and not _MEANS_DUTY.search(sentence):
        return "it is not about a duty"
    if _MORE.search(asked.clause) and not _MEANS_MORE.search(sentence):
        return "it is not about a difference"
    return None


def _is_total_of_average(before: str, behind: str, sentence: str, asked: AskedFor) -> bool:
    """Return True for a clause about a total or a median, if the question asks for an average."""
    clause = f"{before} § {behind}"
    return (
        _AVERAGE.search(asked.clause) is not None
        and _NO_AVERAGE.search(clause) is not None
        and not _NO_AVERAGE.search(asked.clause)
        and not _MEANS_AVERAGE.search(sentence)
    )


def _strange(said: list[Said], before: str, behind: str, asked: AskedFor) -> Iterator[str]:
    """Yield the words of a clause by which its value is that of something else."""
    is_joined = _JOINS.search(before) is not None and (
        _SEVERAL.search(asked.clause) is not None
        or any(asked.has(one.base) for one in said if one.place == SUBJECT)
    )
    is_total = _IN_TOTAL.search(before) is not None and _SEVERAL.search(asked.clause) is not None
    if is_total and is_joined:
        return
    asks_for_all = _IN_TOTAL.search(asked.clause) is not None and not _JOINS.search(behind)
    asks_for_all = asks_for_all and not _OF_ALL.search(before)
    if not is_joined:
        yield from _given_deed(before, behind, asked)
    yield from _other_thing(said, asked)
    yield from _other_name(said, before, asked)
    for one, following in zip(said, [*said[1:], None], strict=False):
        if one.base in _NEUTRAL or one.base in UNITS or one.base not in asked.given or asked.has(one.base):
            continue
        is_kind = not is_joined and _modifies(one, following, asked)
        is_phrase = one.place in (PHRASE, LEADING) and _is_other_phrase(one, said, asked)
        is_of_one = asks_for_all and one.place == PHRASE and one.preposition in ("for", "on", "from")
        is_setting = one.place == LEADING and one.preposition in _SETTINGS and not is_joined
        is_subject = one.place in (SUBJECT, VERB, PREDICATE) and one.base not in asked.topic
        is_free = is_joined or (one.place == VERB and (is_total or _may_do(one, behind, asked)))
        if is_kind or is_phrase or is_setting or is_of_one or (is_subject and not is_free):
            yield one.word


def _may_do(one: Said, behind: str, asked: AskedFor) -> bool:
    """Return True for the only verb of the givens, if the question asks what somebody has, and for a rate."""
    if _PER.search(behind) and _ASKS_RATE.search(asked.clause):
        return True
    return asked.deeds == {one.base} and base("have") in asked.words and not _LEFT.search(asked.clause)


def _given_deed(before: str, behind: str, asked: AskedFor) -> Iterator[str]:
    """Yield a verb like "make", or one with a particle, that is a deed of the givens: "the baker made"."""
    parted = _WITH_PARTICLE.search(behind)
    if parted is not None and base(parted["verb"]) in asked.given and not asked.has(base(parted["verb"])):
        yield parted["verb"]
    done = _DONE.search(before)
    if done is not None and done["subject"].lower() not in _THINGS:
        deed = base(done["verb"])
        if deed in asked.given and not asked.has(deed):
            yield done["verb"]


def _other_thing(said: list[Said], asked: AskedFor) -> Iterator[str]:
    """Yield the counted thing, or the last word behind "of", if the question counts or names another."""
    counted = [one for one in said if one.place == COUNTED and one.word.islower()]
    parts = [one for one in said if one.preposition == "of" and not one.word.isupper()]
    if counted and counted[-1].base not in UNITS | _NEUTRAL and not counted[-1].word.endswith("ing"):
        thing = counted[-1].base
        if asked.counted:
            is_other = thing in asked.words | asked.given
            is_other = is_other and not any(asked.counts(one.base) for one in (*counted, *parts))
        else:
            is_other = "much" in asked.words and thing in asked.given and not asked.has(thing)
        if is_other:
            yield counted[-1].word
    if parts and asked.phrases.get("of") and not any(asked.has(one.base) for one in parts):
        yield f"of {parts[-1].word}"


def _other_name(said: list[Said], before: str, asked: AskedFor) -> Iterator[str]:
    """Yield the subject that has its value, if the question asks for a quantity by another name."""
    named = WHAT_IS.match(asked.clause)
    subject = [one for one in said if one.place in (SUBJECT, VERB)]
    # In "the area, not the perimeter, is" the last noun is the one that is not meant.
    if (
        named is None
        or not subject
        or ", not " in before
        or not re.search(r"\b(?:is|are|was|were|equals?)\W*\Z", before)
    ):
        return
    head = subject[-1]
    known = {one.base for one in said if one.place != COUNTED and asked.has(one.base)}
    if head.word.isupper() or asked.has(head.base) or _ANSWERS.fullmatch(head.word) or len(known) > 1:
        return
    yield head.word


def _modifies(one: Said, following: Said | None, asked: AskedFor) -> bool:
    """Return True for a word that makes the next one, which the question has, a kind of it: "fish rolls"."""
    if following is None or following.at != one.at + 1 or one.place in (VERB, PREDICATE):
        return False
    is_verbal = one.preposition == "to" or re.search(r"ing\Z|\w{3}ed\Z", one.word) is not None
    is_noun = following.word.islower() and asked.has(following.base)
    return is_noun and not is_verbal and one.base not in asked.topic


def _is_other_phrase(one: Said, said: list[Said], asked: AskedFor) -> bool:
    """Return True for a phrase whose preposition has other words in the question: "on Monday"."""
    if one.preposition == "to" or one.word.endswith("ing"):
        return False
    sought = asked.phrases.get(one.preposition)
    return sought is not None and not any(
        other.base in sought for other in said if other.preposition == one.preposition
    )
