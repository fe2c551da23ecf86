"""Check the words around a value against the question: units, labels and names that were not asked for.

A label says nothing about a value ("12 apples"). It may be ignored if the question or the golden answer has
it, or if it is on a short list of neutral ones. Any other word may change or deny the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from rule_rm.math.reading.question import (
    asked_unit,
    counts_things,
    is_said,
    measures_in,
    mentions,
    order_of_names,
    units_in,
)
from rule_rm.math.values.answers import Chain, Date, Named, Quantity, Several, Value, Words, parts_of
from rule_rm.math.values.expression import Apply, Number, Symbol, symbols
from rule_rm.math.values.units import Unit

_NEUTRAL = frozenset(
    [
        "unit",
        "unit^2",
        "unit^3",
        "way",
        "time",
        "person",
        "people",
        "point",
        "item",
        "piece",
        "element",
        "term",
        "digit",
        "answer",
        "total",
        "number",
        "value",
        "result",
        "sum",
        "product",
        "difference",
        "quotient",
        "area",
        "volume",
        "perimeter",
        "circumference",
        "length",
        "width",
        "height",
        "depth",
        "distance",
        "radius",
        "diameter",
        "speed",
        "velocity",
        "acceleration",
        "force",
        "mass",
        "weight",
        "energy",
        "power",
        "work",
        "pressure",
        "density",
        "temperature",
        "charge",
        "current",
        "voltage",
        "resistance",
        "frequency",
        "period",
        "probability",
        "expected",
        "mean",
        "average",
        "median",
        "mode",
        "variance",
        "range",
        "slope",
        "gradient",
        "intercept",
        "vertex",
        "center",
        "centre",
        "focus",
        "root",
        "solution",
        "maximum",
        "minimum",
        "max",
        "min",
        "limit",
        "derivative",
        "integral",
        "determinant",
        "rank",
        "trace",
        "norm",
        "magnitude",
        "modulus",
        "argument",
        "angle",
        "degree",
        "order",
        "cost",
        "price",
        "profit",
        "revenue",
        "income",
        "age",
        "remainder",
        "ratio",
        "count",
        "x",
        "y",
        "z",
        "final",
        "required",
        "desired",
        "of",
        "the",
        "is",
        "a",
        "an",
        "for",
        "in",
        "at",
        "to",
        "lcm",
        "gcd",
        "hcf",
        "det",
        "vector",
        "matrix",
        "个",
        "只",
        "本",
        "条",
        "张",
        "块",
        "名",
        "位",
        "人",
        "次",
        "种",
        "件",
        "辆",
        "棵",
        "面积",
        "体积",
        "答案",
        "共",
        "최종",
    ]
)
"""Words that name a quantity or count things, and say nothing else: a closed list."""
_KINDS = frozenset(
    {
        *("function", "triangle", "quadrilateral", "angle", "number", "integer", "series", "sequence"),
        *("graph", "curve", "matrix", "equation", "system", "relation", "set", "reaction", "solutions"),
        *("distribution", "test", "polygon", "conic", "root", "roots"),
    }
)
"""Nouns that an adjective may go without where the question has them: a closed list."""
_WITHOUT_MEASURE = frozenset(["unit", "value", "answer", "total", "number", "result", "final"])
"""Labels that go with any unit."""
_ANYWHERE = frozenset({"angle", "share", "radian"})
"""Measures that an answer may name although the question does not."""


def unasked(candidate: Value, reference: Value, golden: str, question: str) -> str | None:
    """Return why words or units of an answer are not to be ignored; None if they may be."""
    texts = f"{golden} {question}"
    for word, is_label in _words(candidate):
        if word.startswith("!"):
            if not _is_counted(word[1:], texts):
                return f"the word {word[1:]!r}, which changes the value"
            continue
        if word.lower() in _NEUTRAL or is_said(word, texts):
            continue
        if question or not is_label:
            return f"the word {word!r}, which nobody asked about"
    if (
        isinstance(candidate, Quantity)
        and candidate.unit
        and isinstance(reference, Quantity)
        and not reference.unit
    ):
        return _unit_against(candidate.unit, question) if not reference.percent else None
    return None


def _words(value: Value) -> Iterator[tuple[str, bool]]:
    """Yield the words of labels and names in a value, and whether each is of a label."""
    match value:
        case Quantity(_, Unit(label=label)):
            yield from (
                (word if word in _NEUTRAL else word.partition("^")[0], True) for word in label.split()
            )
        case Named(name, _, symbol) if symbol is None and name.replace(" ", "").isalpha() and len(name) > 1:
            yield from ((word, False) for word in name.split())
    for part in parts_of(value):
        yield from _words(part)


def _is_counted(word: str, texts: str) -> bool:
    """Return True if a word that changes values is asked for: "how many more", "how many times"."""
    return (
        word in ("times", "time")
        or re.search(
            rf"\b(?:how (?:many|much)|number of)\s+(?:\w+\s+)?{re.escape(word)}", texts, re.IGNORECASE
        )
        is not None
    )


def _unit_against(unit: Unit, question: str) -> str | None:
    """Return why a unit contradicts the question, for a golden answer without one.

    Where the question neither asks for a unit nor measures in one, a unit says no more than a label.
    """
    if not question:
        return None
    asked = asked_unit(question)
    if not unit.measures:
        counted = [word for word in unit.label.split() if word.partition("^")[0] not in _WITHOUT_MEASURE]
        known = asked is None or all(is_said(word, question) for word in counted)
        return None if known else f"{unit.label}, where {asked.name if asked else ''} is asked for"
    if asked is not None:
        above = tuple((measure, power) for measure, power in asked.measures if power > 0)
        fits = unit.measures in (asked.measures, above) or (
            unit.other is not None and unit.other.measures == asked.measures
        )
        return None if fits else f"{unit.name}, where {asked.name} is asked for"
    measured = {measure for measure, _ in unit.measures} - _ANYWHERE
    if measured and (others := measures_in(question)) and not measured & others:
        return f"{unit.name}, which the question does not measure in"
    given = [one for one in units_in(question) if one.measures == unit.measures]
    # A dollar may be a stray delimiter of TeX.
    if not given and "dollar" not in dict(unit.measures) and counts_things(question):
        return f"{unit.name}, where things are counted"
    if given and all(one.factor != unit.factor for one in given):
        return f"{unit.name}, where the question has {given[0].name}"
    return None


def as_asked(reference: Value, candidate: Value, question: str) -> tuple[Value, Value]:
    """Return both values as the question means them: in its unit, in its order, for its formula."""
    if isinstance(reference, Quantity) and isinstance(candidate, Quantity):
        if candidate.percent and not reference.percent and question and "share" not in measures_in(question):
            candidate = Quantity(Apply("divide", (candidate.expression, Number(Fraction(100)))))
        return _in_the_unit_asked(reference, candidate, question), candidate
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
