"""Find whether a label or adverbial before a value is of the question's words, or names a method."""

from __future__ import annotations

import re

from rule_rm.extract.grammar.names import DENIES, MEANT, stem
from rule_rm.extract.question.asked import asking_sentence
from rule_rm.extract.words import patterns, stating
from rule_rm.extract.words.opposites import bases
from rule_rm.extract.words.verbs import base

_WORD = re.compile(r"[^\W\d_]+")
"""A word: `cost`."""
_ANSWER = re.compile(rf"{stating.ANSWER_NOUNS}|of|for|in", re.IGNORECASE)
"""A noun for the answer, or a preposition behind one: "total"."""
_ROOT = 4
"""Letters by which a word is known that has another ending in the question: "needed", "need"."""
_OF_ANSWER_ITSELF = re.compile(r"\b(?:answer|result|solution)['’]s\b", re.IGNORECASE)
"""The answer as an owner, of which something else is named: "answer's negative"."""
_TOTALS = patterns.words("итого всего insgesamt razem łącznie toplam totalt yhteensä celkem всього")
"""Words of other languages for a total, which may be a label."""
_NOUNS_OF = {
    "how old": "ag current currently",
    "when ": "tim",
    "how far": "distanc",
    "how fast": "speed",
    "how tall": "height",
    "how long": "tim length duration",
    "how many": "count",
    "how much": "amount cost pric",
    "now": "current currently present",
    "\\lim": "limit",
    "\\int": "integral",
    "\\sum": "sum",
    "more": "remaining left",
}
"""The nouns of a label, as stems, by the words or signs with which a question asks."""
_METHOD = re.compile(
    r"\W*(?:(?:so|then|thus|hence|now)\W+)?(?:by|using|from|with|applying|via|through)\s+(?:the\s+|a\s+)?(?:[^\W\d_][\w'’-]*\s+){0,4}?"
    r"(?:law|theorem|rule|formula|identity|definition|property|method|squares|cubes|equation|principle|test|expansion|substitution"
    r"|symmetry|induction|lemma|inequality|criterion|algorithm|factoring|parts)s?\W*\Z",
    re.IGNORECASE,
)
"""An adverbial that names a method: "using the power rule"."""


def is_asked_label(label: str, prompt: str) -> bool:
    """Return True for a label of words for answers and quantities, and of those of the sentence that asks.

    >>> asked = "Mia sold 54 of 96 rolls. How many rolls are left?"
    >>> [is_asked_label(label, asked) for label in ("Rolls left", "Remaining rolls", "Rolls sold", "Draft")]
    [True, True, False, False]
    """
    asking = asking_sentence(prompt).lower()
    words = [word.lower() for word in _WORD.findall(re.sub(r"['’]s\b", " ", label))]
    asked = {stem(word) for word in _WORD.findall(asking)} | {
        noun for sign, nouns in _NOUNS_OF.items() if sign in asking for noun in nouns.split()
    }
    asked |= {word[:_ROOT] for word in asked if len(word) >= _ROOT}
    sought, given = bases(asking), bases(prompt)
    is_known = set(re.findall(r"\d+", label)) <= set(re.findall(r"\d+", asking))
    return (
        is_known
        and not _OF_ANSWER_ITSELF.search(label)
        and any(stem(word) in asked or base(word) in sought or word not in prompt.lower() for word in words)
        and all(
            stem(word) in asked
            or base(word) in sought
            # A noun of the givens, but not a verb: "rolls sold" are not those that are left.
            or (base(word) in given and base(word) in (word, word.removesuffix("e"), word.removesuffix("s")))
            or (len(word) > _ROOT and word[:_ROOT] in asked)
            or MEANT.fullmatch(word)
            or _ANSWER.fullmatch(word)
            or word in _TOTALS
            for word in words
        )
    )


def is_method(clause: str) -> bool:
    """Return True for an adverbial that names a method or a law: "By Ohm's law".

    >>> is_method("Using the difference of squares"), is_method("Using the wrong formula")
    (True, False)
    """
    return _METHOD.match(clause) is not None and DENIES.search(clause) is None
