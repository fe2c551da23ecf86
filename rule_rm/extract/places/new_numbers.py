"""Find the numbers of a sentence that its question does not have."""

from __future__ import annotations

import re

from rule_rm.extract.grammar.predicates import NOT
from rule_rm.extract.values.numbers import numbers_in


def new_numbers(sentence: str, prompt: str) -> list[re.Match[str]]:
    """Return the numbers of a sentence; of several, those that the question does not have.

    >>> said = "It prints 270 pages in 15 minutes."
    >>> [number.group() for number in new_numbers(said, "How many pages does it print in 15 minutes?")]
    ['270']
    """
    numbers = numbers_in(sentence)
    if len(numbers) < 2 or not prompt:
        return numbers
    if NOT.search(sentence):
        return numbers
    given = {number.group().strip() for number in numbers_in(prompt)}
    return [number for number in numbers if number.group().strip() not in given]
