"""Find the sentence of a prompt that asks, and the words of it and of the others."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rule_rm.extract.words.opposites import bases

SENTENCES = re.compile(r"(?<=[.!?])(?<!\bMr\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bMrs\.)\s+|\n")
"""The gap between two sentences of a question, but not that behind a title: the space in `One. Two?`."""


def asking_sentence(prompt: str) -> str:
    """Return the last sentence with a question mark, or all of a prompt without one.

    >>> asking_sentence("He sold 3 of 8. How many are left? Think step by step.")
    'How many are left?'
    """
    asking = [one for one in SENTENCES.split(prompt) if one.rstrip(" *").endswith(("?", "？"))]
    return asking[-1] if asking else prompt


_INTERROGATIVE = re.compile(
    r"\b(?:how|what|which|when|where|who|find|compute|determine|calculate|evaluate)\b", re.IGNORECASE
)
"""The beginning of the clause that asks: "how"."""


class Question(NamedTuple):
    """A question: the sentence that asks, its last clause, its words, and those of other sentences alone."""

    asking: str
    clause: str
    asked: frozenset[str]
    given: frozenset[str]


@lru_cache(maxsize=64)  # a group shares its question
def question_of(prompt: str) -> Question:
    """Return the parts of a prompt.

    >>> question_of("She sold 3. If one broke, how many are left?").clause
    'how many are left?'
    """
    asking = asking_sentence(prompt)
    asked = bases(asking)
    begin = max((found.start() for found in _INTERROGATIVE.finditer(asking)), default=0)
    return Question(asking, asking[begin:], asked, bases(prompt) - asked)
