"""The verdicts that need no reading: on the same text, words, formulas, sizes and lists."""

from __future__ import annotations

import re
from functools import lru_cache

from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.guard import refusal
from rule_rm.math.hints import read_golden
from rule_rm.math.reading.normalise import normalise
from rule_rm.math.reading.notations import permutation
from rule_rm.math.reading.spelling import (
    STATE,
    chemical,
    dimensions,
    electrons,
    is_formula_in_text,
    reaction,
    roman,
    same_capitals,
    words_of,
)
from rule_rm.math.values.expression import BeyondReadingError, TooCostlyError, UnreadableError
from rule_rm.math.values.verdict import Layer, Verdict

_GROUPED = re.compile(r"\d,\d{3}")
"""A comma before three digits, in a number or between two: `70,110`."""
_MATRIX = re.compile(r"\b(?:matri(?:x|ces)|dimensions?|grid|array|order)\b", re.IGNORECASE)
"""A word for something whose size is two numbers: "matrix"."""
_PLURAL = re.compile(
    r"\b(?:all|both|values|solutions|roots|numbers|integers|pairs|points|zeros|each|list|order)\b",
    re.IGNORECASE,
)
"""A request for several values: `all` in `Find all roots`."""


def by_text(answer: str, golden: str, question: str) -> Verdict | None:
    """Return the verdict that needs no reading; None if both have to be read."""
    if golden.strip() and normalise(golden) == normalise(answer) and is_readable(golden):
        return Verdict(True, Layer.TEXT, "the same text")
    words = words_of(golden)
    same_words = bool(words) and words == words_of(answer) and same_capitals(golden, answer)
    if same_words and (is_readable(golden) or is_formula_in_text(golden)):
        return Verdict(True, Layer.TEXT, "the same words")
    for reading in (chemical, electrons, reaction):
        if (formula := reading(golden)) and (other := reading(answer)):
            if formula != other and _is_product(golden, answer):
                continue
            # Where the golden answer has no states, an answer may name them.
            other = other if STATE.search(formula) else STATE.sub("", other)
            return Verdict(formula == other, Layer.TEXT, f"the formula is {formula}")
    if (cycles := permutation(normalise(golden))) and (other := permutation(normalise(answer), compact=True)):
        return Verdict(cycles == other, Layer.TEXT, f"the permutation is {cycles}")
    if (size := dimensions(golden)) and (given := dimensions(answer)):
        return Verdict(size == given, Layer.TEXT, f"the size is {' by '.join(size)}")
    if size and answer.strip(" $").isdigit() and _MATRIX.search(question):
        return Verdict(False, Layer.TEXT, "a number, where a size is asked for")
    if (numeral := roman(golden)) and roman(answer):
        return Verdict(numeral == roman(answer), Layer.TEXT, f"the numeral is {numeral}")
    if _GROUPED.search(golden + " " + answer) and _same_parts(golden, answer, question):
        return Verdict(True, Layer.TEXT, "the same numbers in a list")
    return None


def _is_product(golden: str, answer: str) -> bool:
    """Return True for the same capitals in another order, `PV` and `VP`, which elements are named by too."""
    ours, theirs = (text.strip(" $").replace(" ", "") for text in (golden, answer))
    return ours.isalpha() and ours.isupper() and ours != "NO" and sorted(ours) == sorted(theirs)


def _same_parts(golden: str, answer: str, question: str) -> bool:
    """Return True for the same parts between commas.

    `70,110` may be one number or two, which have no order.
    """
    ours, theirs = ([part.strip(" $") for part in text.split(",")] for text in (golden, answer))
    is_list = not question or _PLURAL.search(question) is not None
    return ours == theirs or (is_list and sorted(ours) == sorted(theirs))


@lru_cache(maxsize=4096)
def is_readable(golden: str) -> bool:
    """Return True if a golden answer has a meaning, so that answers in other forms can be right as well."""
    try:
        read_golden(normalise(golden))
    except BeyondReadingError:
        return True
    except TooCostlyError:
        return refusal(golden) is None
    except (UnreadableError, UndefinedError):
        return False
    return True
