"""Take the sentence of a value apart into words, each with its place in the sentence."""

from __future__ import annotations

import re
from typing import NamedTuple

from rule_rm.extract.question.asked_for import FUNCTION, IDENTITIES, PREPOSITIONS, YIELDS
from rule_rm.extract.words.patterns import words
from rule_rm.extract.words.verbs import base

LEADING, SUBJECT, VERB, PHRASE = "leading", "subject", "verb", "phrase"
COUNTED, PREDICATE = "counted", "predicate"
"""The places of a word: in a phrase that begins the clause, before the value, right before it, and so on."""
_TOKEN = re.compile(r"(?<!\\)\b[^\W\d_]+|[,;:]|\d[\d.,]*")
"""A word, a mark or a number: `sold`, `,`, `1,250`."""
_CONSEQUENCE = re.compile(
    r"[,;:]?\s(?:so|which|meaning|means|then|therefore|thus|that\s+is|for\s+a\s+total\s+of)\b|[;:]\s",
    re.IGNORECASE,
)
"""The beginning of the clause that states a result: ", so"."""
_SUBORDINATE = re.compile(
    r"\W*(?:(?:so|thus|then|therefore|and)\W+)?(?:since|if|because|as|when|after|once|given)\b[^,]*,",
    re.IGNORECASE,
)
"""A subordinate clause before the main one: "Since she sold 54, "."""
_LEADING = re.compile(
    r"\W*(?P<phrase>\w[^,]*(?<=[\w%])),\s+(?=(?:he|she|they|it|there|we|you|the|an?|each|all|[A-Z]\w+)\b[^,]*\Z)"
)
"""A phrase before the subject of a clause: "On Monday, "."""
_OPERANDS = re.compile(r"[$(]*\d[\d.,/%]*\)?(?:\s[^\d=+*/×÷–-]{0,60}?)?\s*[-+*/x×÷–]\s*[$(]*\d")
"""The first two numbers of a computation: `3 bags * 4`."""
_REST = re.compile(
    r"[,;:(/]|\b(?:because|since|if|when|where|after|so|to(?=\s+[a-z])|(?:for|by)(?=\s+[a-z]+ing\b)|and(?=\s+(?:he|she|they|so)\b))",
    re.IGNORECASE,
)
"""The beginning of a remark behind a value: "because"."""
_HAS_WORD = re.compile(r"[a-z]{2}|\d")
"""A word or number: `so`."""
_DETERMINERS = words("the a an her his their its this of each every")


class Said(NamedTuple):
    """A word that a sentence has for its value."""

    place: str
    """The place of the word in the sentence."""
    word: str
    """The word as it is written."""
    base: str
    """The base form of the word."""
    at: int
    """Which word or mark of its part of the sentence it is."""
    preposition: str = ""
    """The preposition before the word; "" if there is none."""


def clause_around(sentence: str, start: int, end: int) -> tuple[str, str]:
    """Return the parts before and behind a value of the clause that states it, without its computation.

    >>> sentence = "Since 54 of 96 were sold, there are 96 - 54 = 42 rolls left, as asked."
    >>> clause_around(sentence, sentence.index("42"), sentence.index("42") + 2)
    (' there are ', ' rolls left')
    """
    before, behind = sentence[:start], sentence[end:]
    cuts = [found.end() for found in _CONSEQUENCE.finditer(before) if _HAS_WORD.search(before, found.end())]
    before = before[cuts[-1] :] if cuts else before
    subordinate = _SUBORDINATE.match(before)
    before = before[subordinate.end() :] if subordinate else before
    if "=" in before and (computation := _OPERANDS.search(before)) is not None:
        before = before[: computation.start()]
    rest = _REST.search(behind)
    return before, behind[: rest.start()] if rest else behind


def words_of(before: str, behind: str) -> list[Said]:
    """Return the telling words before and behind a value, each with its place.

    >>> [(said.place, said.word) for said in words_of("On Monday, the baker sold ", " rolls in town.")]
    [('leading', 'Monday'), ('subject', 'baker'), ('verb', 'sold'), ('counted', 'rolls'), ('phrase', 'town')]
    """
    leading = _LEADING.match(before)
    if leading is None:
        return [*_before(before), *_behind(behind)]
    phrase = _before(leading["phrase"])
    # A phrase without a preposition, such as "Together", says nothing of the subject.
    return [
        *(said._replace(place=LEADING) for said in phrase if said.preposition and phrase[0].preposition),
        *_before(before[leading.end() :]),
        *_behind(behind),
    ]


def _is_telling(word: str) -> bool:
    return len(word) > 1 and word.lower() not in FUNCTION


def _before(text: str) -> list[Said]:
    """Return the words before a value: those of its subject, of its phrases, and the verb right before it."""
    found: list[Said] = []
    tokens = _TOKEN.findall(text)
    preposition, last = "", ""
    for at, token in enumerate(tokens):
        word = token.lower()
        if not token[0].isalpha():
            preposition = preposition if token[0].isdigit() else ""
        elif word in PREPOSITIONS:
            preposition = word
        elif word in IDENTITIES or word in YIELDS:
            preposition, last = "", ""
        elif _is_telling(token):
            found.append(Said(PHRASE if preposition else SUBJECT, token, base(token), at, preposition))
            last = tokens[at - 1].lower() if at else ","
    ends_in_phrase = bool(tokens) and tokens[-1].lower() in PREPOSITIONS - {"of"}
    if last and not ends_in_phrase and last not in _DETERMINERS:
        found[-1] = found[-1]._replace(place=VERB)
    return found


def _behind(text: str) -> list[Said]:
    """Return the words behind a value: what it counts, its phrases, and what a verb says further on."""
    found: list[Said] = []
    place, preposition = COUNTED, ""
    for at, token in enumerate(_TOKEN.findall(text)):
        word = token.lower()
        if word in PREPOSITIONS:
            preposition = word
        elif word in IDENTITIES or word in YIELDS:
            place, preposition = PREDICATE, ""
        elif token[0].isalpha() and _is_telling(token):
            found.append(Said(PHRASE if preposition else place, token, base(token), at, preposition))
    return found
