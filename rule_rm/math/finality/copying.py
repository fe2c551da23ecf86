"""Find answers that repeat the question: an equation, a quantity or a ratio of it, or its number in words."""

from __future__ import annotations

import math
import re

from rule_rm.math.finality.formulas import Question, flat
from rule_rm.math.finality.shapes import written
from rule_rm.math.values.answers import Chain, Congruence, Named, Quantity, Ratio, Value
from rule_rm.math.values.expression import Expression, Number, symbols

_IN_WORDS = re.compile(
    r"(?<!\\)\b(?:plus|minus|times|multiplied|divided|added to|squared|cubed)\b", re.IGNORECASE
)
"""Arithmetic in words, such as "three plus four"."""


def named_work(answer: str, golden: str) -> str | None:
    """Return the work that an answer names, and the golden answer does not; None if there is none."""
    if _IN_WORDS.search(answer) and not _IN_WORDS.search(golden):
        return "arithmetic in words"
    # An equation may go on to the value.
    is_left = "vmatrix" in answer and "vmatrix" not in golden and "=" not in answer
    return "a determinant" if is_left else None


def is_quoted(answer: str, candidate: Value, asked: Question) -> bool:
    """Return True for an equation or congruence of the question; `x = 3` may be one of its choices."""
    is_equation = isinstance(candidate, (Chain, Named)) and "=" in answer
    is_congruence = isinstance(candidate, Congruence) and candidate.symbol is not None
    if not (is_equation or is_congruence) or not asked.flat:
        return False
    is_solved = isinstance(candidate, Named) and candidate.name.isalpha()
    return not is_solved and not asked.has_choices and flat(answer).strip(".,") in asked.flat


def repeats_words(answer: str, golden: str, asked: Question) -> bool:
    """Return True for several words of the question, "twelve thousand forty", where digits are asked for."""
    words = flat(answer).strip(".").lower()
    is_words = any(map(str.isdigit, golden)) and not any(map(str.isdigit, answer))
    return is_words and len(re.findall(r"[^\W\d_]{3,}", answer)) > 1 and words in asked.flat.lower()


def copied(answer: str, candidate: Value, reference: Value, asked: Question) -> str | None:
    """Return why a quantity with a unit or percent sign that is copied from the question is not converted."""
    if not isinstance(candidate, Quantity) or not isinstance(reference, Quantity) or not asked.flat:
        return None
    if candidate.unit == reference.unit and candidate.percent == reference.percent:
        return None
    if written(candidate.expression) == written(reference.expression):
        return None
    text = flat(answer).rstrip(".")
    place = re.search(rf"(?<![\d.,]){re.escape(text)}(?!\d)", asked.flat)
    return "a quantity of the question that is not converted" if place else None


def ratio(terms: tuple[Expression, ...], golden: Value, asked: Question) -> str | None:
    """Return why a ratio that differs from the golden answer's in its terms is not final, or None."""
    if not isinstance(golden, Ratio) or terms == golden.terms:
        return None
    shown = ":".join(str(term.value) if isinstance(term, Number) else "" for term in terms)
    if re.search(rf"(?<![\d.:]){re.escape(shown)}(?![\d:])", asked.flat):
        return "a ratio of the question"
    if asked.lowest and not _is_lowest(terms) and _is_lowest(golden.terms):
        return "a ratio that is not in lowest terms"
    return None


def _is_lowest(terms: tuple[Expression, ...]) -> bool:
    """Return True for integers without a common divisor, and for terms in variables."""
    values = [term.value for term in terms if isinstance(term, Number)]
    if len(values) < len(terms):
        return any(map(symbols, terms))
    is_whole = all(value.denominator == 1 for value in values)
    return is_whole and math.gcd(*(value.numerator for value in values)) == 1
