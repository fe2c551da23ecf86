"""Split the words of a question into those of its asking clause, of its givens, and of its topic."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from itertools import islice, takewhile
from typing import NamedTuple

from rule_rm.extract.question.asked import SENTENCES, asking_sentence
from rule_rm.extract.words import patterns
from rule_rm.extract.words.verbs import base, is_past

WORD = re.compile(r"[^\W\d_]{2,}")
"""A word of two letters or more: `cost`."""
PREPOSITIONS = patterns.words(
    """
    of in on at for from by with to into during after before within per between through over under against
    across around without until among inside outside along off than
    """
)
"""Words behind which a phrase says more of what precedes it."""
IDENTITIES = patterns.words(
    "is are was were be been being equals equal becomes totals has have had contains remain remains remained"
)
"""Verbs by which a subject is or has its value."""
YIELDS = patterns.words(
    """
    get gets got need needs needed make makes made take takes took cost costs find finds found come comes give
    gives leave leaves leaving means worth
    """
)
"""Verbs that state the result of any computation."""
FUNCTION = patterns.words(
    """
    an the this that these those its his her their my our your there it he she they we you who which himself
    do does did will would can could must should may might able and or but so then thus therefore hence now
    also just only still all both each every total altogether together combined sum amount number many much
    how what more less fewer left remaining remain remains another other answer result value percent one two
    three four five six seven eight nine ten twelve hundred them him not no up out least most half twice
    double triple times add divide multiply subtract calculate dollars dollar cents money exactly about
    approximately us me as if
    """
)
"""Words that any statement of any value may have."""
_COMPUTING = patterns.words("find compute determine calculate how what")
"""Words with which a prompt without a question mark asks."""
_ASKS = re.compile(r"\b(?:how|what)\b", re.IGNORECASE)
"""A question word, behind which a question asks: "how"."""
_ASKS_OTHERWISE = re.compile(
    r"\b(?:which|when|where|who|find|compute|determine|calculate|evaluate|solve)\b", re.IGNORECASE
)
"""A word with which a question asks that has neither "how" nor "what": "find"."""
_CONDITION = re.compile(
    r"(?<=\w)[,\s]+(?:if|given\s+that|assuming|when|provided)\b.*", re.IGNORECASE | re.DOTALL
)
"""A condition behind the asking clause: ", if 3 break"."""
_UNCHANGED = re.compile(r"\bat\s+(?:the|this|that)\s+(?:same\s+)?(?:speed|rate|pace|price)\b", re.IGNORECASE)
"""A circumstance that stays as it is: "at the same speed"."""
_PRONOUN = re.compile(
    r"\b(?:he|she|they|it|his|her|their|its|him|them|i|we|you|my|our|your)\b", re.IGNORECASE
)
"""A pronoun for somebody or something that is named before: "she"."""
_HOW_MANY = re.compile(r"\bhow\s+(?:many|much)\s+(?P<what>[a-z]+(?:\s+[a-z]+){0,4})", re.IGNORECASE)
"""A counted noun and the words behind it: "how many red pens does he"."""
WHAT_IS = re.compile(
    r"(?:what\s+(?:is|are|was|were)|what['’]s|find|compute|determine|calculate)\s+(?:the|its|his|her|their)\s+"
    r"(?P<noun>[a-z]+(?:\s+[a-z]+){0,3})",
    re.IGNORECASE,
)
"""A question for a quantity by its name: "what is the resistance"."""
_ENDS_NOUN = (
    IDENTITIES | PREPOSITIONS | patterns.words("a will would did does do can could must should may might")
)
"""Words with which the noun of a count ends."""
_SUBJECT = re.compile(r"\b(?P<name>[A-Z][A-Za-z]+)(?=\s+[a-z\d])")
"""A capitalised word before another word: the "Ann" of "Ann sold"."""
_SUBJECT_WITHIN = re.compile(r"(?<=[\w,]\s)(?P<name>[A-Z][A-Za-z]+)(?=\s+[a-z\d])")
"""A name before another word and behind one: the "Ann" of "Last week, Ann sold"."""
_NAMED = re.compile(r"(?<=\w\s)[A-Z][a-z]+")
"""A name within a clause: the "Ann" of "did Ann sell"."""
_MEASURES = {
    "tall": "height",
    "high": "height",
    "long": "length time duration",
    "far": "distance",
    "fast": "speed rate",
    "old": "age",
    "heavy": "weight",
    "big": "size",
    "much": "amount price",
    "average": "mean",
    "mean": "average",
}
"""The nouns of a quantity by the adjective or noun with which a question asks for it: "how tall"."""
_PAYING = frozenset(map(base, ("pay", "spend", "cost", "price", "charge")))
"""The base forms of words for one deed: who pays a price, spends it."""
_TOPIC = 2
"""The first words of a prompt that may name its topic: "The baker"."""
_DEED = re.compile(r"\b(?P<doer>[A-Z][a-z]*|he|she|it|they|who)\s+(?P<deed>[a-z]{3,})\b")
"""A name or pronoun and the verb behind it: "Nora knits"."""
_JOINED_DEED = re.compile(r"\band\s+(?P<deed>[a-z]{3,})\b")
"""A verb behind "and": the "sold" of "and sold"."""
_POSSESSIVE = re.compile(r"\W*\w+['’]s\s")
"""The owner of a topic: the "Ava's " of "Ava's farm"."""
_ROOT = 5
"""Letters by which words are of one family: "weight", "weighs"."""


class AskedFor(NamedTuple):
    """The parts of a question, with its words in their base forms."""

    sentence: str
    """The sentence that asks."""
    clause: str
    """Its clause that asks, without conditions."""
    words: frozenset[str]
    """The words of the clause."""
    given: frozenset[str]
    """The words that are in the prompt, but not in the clause."""
    topic: frozenset[str]
    """Words for what the prompt is about, to which a pronoun or nothing in the clause refers."""
    phrases: dict[str, set[str]]
    """The words behind each preposition of the clause."""
    deeds: frozenset[str]
    """The verbs behind names and pronouns in the prompt."""
    counted: frozenset[str]
    """The words of the counted noun: the `egg` of "how many eggs"."""

    def has(self, word: str) -> bool:
        """Return True if the clause has a word, perhaps in another form or as a part of one."""
        return is_among(word, self.words)

    def counts(self, word: str) -> bool:
        """Return True if a word is of the counted noun."""
        return is_among(word, self.counted)


def is_among(word: str, others: frozenset[str]) -> bool:
    """Return True if words have a word, perhaps in another form or as a part of one.

    >>> is_among("melon", frozenset(["watermelon"])), is_among("weigh", frozenset(["weight"]))
    (True, True)
    """
    if word in others:
        return True
    return len(word) >= _ROOT and any(
        one[:_ROOT] == word[:_ROOT] or one in word or word in one for one in others if len(one) >= _ROOT
    )


@lru_cache(maxsize=64)  # a group shares its question
def asked_for(prompt: str) -> AskedFor | None:
    """Return what an English question asks for; None if no word of it asks.

    >>> asked = asked_for("A baker made 96 rolls and sold 54. How many rolls are left?")
    >>> asked.clause, set(asked.counted), sorted(asked.given), "baker" in asked.topic
    ('How many rolls are left?', {'roll'}, ['and', 'baker', 'mak', 'sell'], True)
    """
    asking = asking_sentence(prompt)
    if asking == prompt:
        sentences = [one for one in SENTENCES.split(prompt) if not _COMPUTING.isdisjoint(lowered(one))]
        asking = sentences[-1] if sentences else prompt
    begin = _ASKS.search(asking) or _ASKS_OTHERWISE.search(asking)
    if begin is None:
        return None
    clause = _UNCHANGED.sub("", _CONDITION.sub("", asking[begin.start() :]))
    words = set(map(base, WORD.findall(clause)))
    for adjective, nouns in _MEASURES.items():
        if base(adjective) in words:
            words.update(map(base, nouns.split()))
    if words & _PAYING:
        words |= _PAYING
    given = frozenset(map(base, WORD.findall(prompt))) - words
    return AskedFor(
        asking,
        clause,
        frozenset(words),
        given,
        _topic(prompt, clause),
        _phrases(clause),
        _deeds(prompt),
        _counted(clause),
    )


def lowered(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return [word.lower() for word in WORD.findall(text)]


def _topic(prompt: str, clause: str) -> frozenset[str]:
    """Return the first noun of a prompt and the first names before a verb, if the question may mean them."""
    is_counting = bool(_counted(clause)) or (WHAT_IS.match(clause) is not None and not _phrases(clause))
    if _PRONOUN.search(clause) is None and (_NAMED.search(clause) or not is_counting):
        return frozenset()
    first = WORD.findall(prompt)[:_TOPIC]
    topic = set(first[1:] if first and first[0].lower() in FUNCTION else first[:1])
    topic.update(first if _POSSESSIVE.match(prompt) else ())
    for pattern in (_SUBJECT, _SUBJECT_WITHIN):
        topic.update(islice((one["name"] for one in pattern.finditer(prompt) if _is_subject(one)), 1))
    return frozenset(map(base, topic))


def _is_subject(name: re.Match[str]) -> bool:
    """Return True unless a name follows a preposition, as in "on Monday", or is one at the beginning."""
    before = name.string[: name.start()].rstrip().rpartition(" ")[2].lower()
    return before not in PREPOSITIONS and name["name"].lower() not in PREPOSITIONS | FUNCTION


def _deeds(prompt: str) -> frozenset[str]:
    """Return the verbs behind names and pronouns: the `knit` of "Nora knits"."""
    found = [(one["doer"], one["deed"]) for one in _DEED.finditer(prompt)]
    deeds = [deed for doer, deed in found if doer not in ("A", "The", "How")]
    deeds += [one["deed"] for one in _JOINED_DEED.finditer(prompt) if is_past(one["deed"])]
    return frozenset(
        base(deed) for deed in deeds if deed not in FUNCTION | IDENTITIES | PREPOSITIONS | YIELDS
    )


def _phrases(clause: str) -> dict[str, set[str]]:
    """Return the words behind each preposition of a clause, up to the next one or a verb."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    preposition = ""
    for word in lowered(clause):
        if word in PREPOSITIONS or word in IDENTITIES:
            preposition = word if word in PREPOSITIONS else ""
        elif preposition and word not in FUNCTION:
            found[preposition].add(base(word))
    return dict(found)


def _counted(clause: str) -> frozenset[str]:
    """Return the words for what a clause counts: the `red` and `pen` of "how many red pens"."""
    found = _HOW_MANY.search(clause)
    said = found["what"].lower().split() if found else []
    noun = takewhile(lambda word: word not in _ENDS_NOUN, said)
    return frozenset(base(word) for word in noun if word not in FUNCTION)
