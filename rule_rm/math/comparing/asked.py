"""Values as the question asks for them: in its unit, in its order, for its formula."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from rule_rm.math.comparing.confidence import as_bounds
from rule_rm.math.comparing.scales import as_difference
from rule_rm.math.reading.question import asked_unit, is_said, measures_in, mentions, order_of_names
from rule_rm.math.reading.vocabulary import words
from rule_rm.math.values.answers import Based, Chain, Date, Named, Quantity, Several, Value, Words
from rule_rm.math.values.expression import Apply, Number, Symbol, symbols

_KINDS = words(
    """
    angle conic curve distribution equation function graph integer matrix number polygon quadrilateral
    reaction relation root roots sequence series set solutions system test triangle
    """
)
"""Nouns that an adjective may go without where the question has them: a closed list."""


_BASE = re.compile(
    r"\b(?:in|into|to|as)\s+(?:a\s+|its\s+)?(?:\$?base[\s-]+\$?(\d{1,2})|base[\s-]+\{?(\d{1,2})\}?|binary|octal)\b",
    re.IGNORECASE,
)
"""A request for digits in a base: "in binary", "in base 5"."""
_BASES = {"bin": 2, "oct": 8}


def as_asked(reference: Value, candidate: Value, question: str) -> tuple[Value, Value]:
    """Return both values as the question means them: in its unit, in its order, for its formula."""
    reference, candidate = as_bounds(reference, candidate, question)
    if isinstance(reference, Quantity) and isinstance(candidate, Quantity):
        if candidate.percent and not reference.percent and question and "share" not in measures_in(question):
            candidate = Quantity(Apply("divide", (candidate.expression, Number(Fraction(100)))))
        candidate = as_difference(reference, candidate, question)
        return _in_the_unit_asked(reference, candidate, question), candidate
    if isinstance(candidate, Based) and isinstance(reference, Quantity):
        return _in_the_base_asked(reference, candidate, question), candidate
    if isinstance(reference, Words) and isinstance(candidate, Words):
        return reference, _of_the_kind_asked(reference, candidate, question)
    if (
        isinstance(reference, Date)
        and isinstance(candidate, Date)
        and reference.year
        and str(reference.year) in question
    ):
        return reference, replace(candidate, year=candidate.year or reference.year)
    if isinstance(reference, Several) and reference.bracket == "(":
        return reference, _in_order(candidate, question)
    if isinstance(candidate, Chain) and not isinstance(reference, (Chain, Named)):
        return reference, _of_the_formula_asked(candidate, question)
    return reference, candidate


def _of_the_kind_asked(golden: Words, answer: Words, question: str) -> Words:
    """Return the golden answer for one that has or lacks a noun of the question: "an even function"."""
    for longer, shorter in ((golden.text, answer.text), (answer.text, golden.text)):
        noun = longer.removeprefix(shorter + " ")
        if noun != longer and noun in _KINDS and is_said(noun, question):
            return golden
        if noun != longer and shorter == "neither" and " nor " in noun:
            return golden
    return answer


def _in_the_base_asked(golden: Quantity, answer: Based, question: str) -> Value:
    """Return the golden answer's digits in the base that the question asks for."""
    found = {
        int(match[1] or match[2]) if match[1] or match[2] else _BASES[match[0].split()[-1].lower()[:3]]
        for match in _BASE.finditer(question)
    }
    digits = golden.expression
    is_asked = found == {answer.base} and not golden.unit and not golden.percent
    if (
        not is_asked
        or not isinstance(digits, Number)
        or digits.decimals is not None
        or digits.value.denominator != 1
    ):
        return golden
    return Based(str(digits.value), answer.base)


def _in_the_unit_asked(golden: Quantity, answer: Quantity, question: str) -> Value:
    """Return the golden answer in the unit asked for, if it has none and the answer's has that measure."""
    if golden.unit or golden.percent or answer.unit is None or (unit := asked_unit(question)) is None:
        return golden
    return Quantity(golden.expression, unit) if answer.unit.measures == unit.measures else golden


def _in_order(candidate: Value, question: str) -> Value:
    """Return named values as a tuple in the order that the question gives: "Find (r, h)"."""
    if not isinstance(candidate, Several) or candidate.bracket:
        return candidate
    named = {value.name: value.value for value in candidate.values if isinstance(value, Named)}
    if len(named) != len(candidate.values):
        return candidate
    order = order_of_names(question, frozenset(named))
    return Several(tuple(named[name] for name in order), "(") if order else candidate


def _of_the_formula_asked(chain: Chain, question: str) -> Value:
    """Return the value of `x^2 + y^2 = 25` if the question asks for `x^2 + y^2`."""
    first, *rest = chain.members
    if not symbols(first.expression) or isinstance(first.expression, Symbol) or not chain.source:
        return chain
    if not mentions(question, chain.source):
        return chain
    return rest[0] if len(rest) == 1 else Chain(tuple(rest), chain.signs[1:])
