"""Find whether words name the opposite of what a question asks for, such as "spent" for "saved"."""

from __future__ import annotations

import re

from rule_rm.extract.words.verbs import base

_WORD = re.compile(r"[^\W\d_]+")
"""A word: `spent`."""
_DUTY = re.compile(r"\b(?:has|have|had)\s+to\b", re.IGNORECASE)
"""A duty, in which nobody has anything: "have to"."""
_DOUBLED = re.compile(r"([bgt])\1\Z")
"""A final consonant that an ending doubled: the `gg` of "bigger"."""
_PAIRS = """
    large/small great/small big/small high/low tall/short long/short old/young fast/slow heavy/light
    near/far cheap/expensive cheap/dear warm/cold hot/cold thick/thin wide/narrow deep/shallow strong/weak
    rich/poor maximum/minimum most/least more/fewer more/less first/last early/late even/odd prime/composite
    positive/negative rational/irrational increase/decrease rise/fall grow/shrink add/remove gain/lose
    win/lose save/spend save/lose save/owe save/waste earn/spend earn/lose earn/owe keep/spend keep/give
    keep/lose keep/owe save/need earn/need receive/give receive/spend have/lose have/owe have/spend
    have/waste collect/lose buy/sell lend/borrow own/owe make/lose make/spend make/waste start/end begin/end
    start/finish begin/finish start/stop open/close arrive/leave profit/loss income/expense original/final
    original/sale original/new sunrise/sunset numerator/denominator boy/girl man/woman men/women male/female
    husband/wife brother/sister son/daughter mother/father uncle/aunt king/queen inside/outside upper/lower
    inner/outer top/bottom odd/probability derivative/antiderivative derivative/integral horizontal/vertical
    parallel/perpendicular sine/cosine
"""


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _PAIRS.split():
        one, other = map(base, pair.split("/"))
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


_OPPOSITES = _opposites()


def is_opposite(said: str, asked: str) -> bool:
    """Return True if a text has the opposite of a word of a question, and neither has the word of the other.

    >>> is_opposite("The smaller one", "What is the larger one?"), is_opposite("It", "How large is it?")
    (True, False)
    >>> is_opposite("She spent", "How much did she save?"), is_opposite("Girls", "How many boys and girls?")
    (True, False)
    """
    words, sought = bases(said), bases(_DUTY.sub("", asked))
    return any(
        word not in sought and opposite in sought and opposite not in words
        for word in words & _OPPOSITES.keys()
        for opposite in _OPPOSITES[word]
    )


def has_opposite(word: str) -> bool:
    """Return True for an adjective with an opposite, also with the ending of a comparison.

    >>> has_opposite("cheaper"), has_opposite("water")
    (True, False)
    """
    return _bare(word.lower()) in _OPPOSITES


def is_undone_in(said: str, asked: str) -> bool:
    """Return True if a text has a word of which a question has the negation with "un": "sold" for "unsold".

    >>> is_undone_in("were sold", "How many are unsold?"), is_undone_in("are unsold", "How many are unsold?")
    (True, False)
    """
    sought = set(_WORD.findall(asked.lower()))
    return any(f"un{word}" in sought and word not in sought for word in _WORD.findall(said.lower()))


def bases(text: str) -> frozenset[str]:
    """Return the base forms of the words of a text, adjectives without the endings of comparison.

    >>> sorted(bases("The largest boxes"))
    ['box', 'larg', 'the']
    """
    return frozenset(map(_bare, _WORD.findall(text.lower())))


def _bare(word: str) -> str:
    for ending in ("est", "er"):
        stem = _DOUBLED.sub(r"\1", word.removesuffix(ending)).removesuffix("e")
        if word.endswith(ending) and stem in _OPPOSITES:
            return stem
    return base(word)
