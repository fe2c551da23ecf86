"""Check the words around a value against the question: units, labels and names that were not asked for.

A label says nothing about a value ("12 apples"). It may be ignored if the question or the golden answer has
it, or if it is on a short list of neutral ones. Any other word may change or deny the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rule_rm.math.comparing.confidence import NAME
from rule_rm.math.reading.placed import MARK
from rule_rm.math.reading.question import asked_unit, counts_things, is_said, measures_in, units_in
from rule_rm.math.reading.vocabulary import words
from rule_rm.math.values.answers import Named, Quantity, Several, Value, parts_of
from rule_rm.math.values.units import Unit

_NEUTRAL = words(
    """
    a acceleration age an angle answer area argument at average center centre charge circumference cost
    count current degree density depth derivative desired det determinant diameter difference digit
    distance element energy expected final focus for force frequency gcd gradient hcf height in income
    integral intercept is item lcm length limit magnitude mass matrix max maximum mean median min
    minimum mode modulus norm number of order people perimeter period person piece point power pressure
    price probability product profit quotient radius range rank ratio remainder required resistance
    result revenue root slope solution speed sum temperature term the time to total trace unit unit^2
    unit^3 value variance vector velocity vertex voltage volume way weight width work x y z
    个 人 件 位 体积 共 只 名 块 张 本 条 棵 次 种 答案 辆 面积 최종
    """
)
"""Words that name a quantity or count things, and say nothing else: a closed list."""
_WITHOUT_MEASURE = words("answer final number result total unit value")
"""Labels that go with any unit."""
_STEM = 7
"""Letters of a word that its forms share: those of `converg` in "convergent"."""
_MINOR = words("is it and in of function graph curve local critical located reached attained")
"""Words of a statement about a place that say nothing of its kind."""
_MONEY = words("dollar euro sterling yuan yen rupee won share")
"""Measures of money and shares."""
_ANYWHERE = words("angle radian share")
"""Measures that an answer may name although the question does not."""


def unasked(candidate: Value, reference: Value, golden: str, question: str) -> str | None:
    """Return why words or units of an answer are not to be ignored; None if they may be."""
    texts = f"{golden} {question}"
    if (name := _strange_names(candidate, reference, texts)) is not None:
        return f"the name {name!r}, which nobody asked about"
    for word, is_label in _words(candidate):
        if word.endswith("%"):
            # The level of a confidence interval.
            if question and word not in texts.replace("\\", "").replace(" ", ""):
                return f"{word}, which nobody asked about"
            continue
        if word.startswith("!"):
            if not _is_counted(word[1:], texts):
                return f"the word {word[1:]!r}, which changes the value"
            continue
        if word.startswith("@"):
            # A statement about a place must be the one asked for: maximum or minimum.
            if not _is_told(word[1:], texts):
                return f"the word {word[1:]!r}, which nobody asked about"
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


def _strange_names(candidate: Value, reference: Value, texts: str) -> str | None:
    """Return a name among several of an answer that the question lacks, for a golden answer without names."""
    expected = reference.value if isinstance(reference, Named) else reference
    # The coordinates of a point have names of their own: `x = 1 + t, y = 2t` for `(1 + t, 2t)`.
    is_point = isinstance(expected, Several) and expected.bracket in ("(", "[")
    if (
        not isinstance(candidate, Several)
        or is_point
        or any(isinstance(one, Named) for one in parts_of(expected))
    ):
        return None
    named = {one.name[:1] for one in parts_of(candidate) if isinstance(one, Named) and len(one.name) < 4}
    letters = set(re.findall(r"(?<![a-zA-Z])[a-zA-Z](?![a-zA-Z])", texts))
    is_told = bool(letters & named) or len(letters - {"a", "A", "I"}) > 1
    return min(named - letters, default=None) if len(named) > 1 and is_told else None


def _words(value: Value) -> Iterator[tuple[str, bool]]:
    """Yield the words of labels and names in a value, and whether each is of a label."""
    match value:
        case Quantity(_, Unit(label=label)):
            yield from (
                (word if word in _NEUTRAL else word.partition("^")[0], True) for word in label.split()
            )
        case Named(name, _, None) if name.endswith(NAME) and "%" in name:
            yield name.split()[0], False
        case Named(name) if name.endswith(MARK):
            yield from (("@" + word, False) for word in name.removesuffix(MARK).split())
        case Named(name, _, symbol) if symbol is None and name.replace(" ", "").isalpha() and len(name) > 1:
            yield from ((word, False) for word in name.split())
    for part in parts_of(value):
        yield from _words(part)


def _is_told(word: str, texts: str) -> bool:
    """Return True if the question or the golden answer has a word, or the beginning of a longer one."""
    stem = word[:_STEM].removesuffix("s")
    return re.search(rf"\b{re.escape(stem)}", texts, re.IGNORECASE) is not None or word in _MINOR


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
        # A price may lack its "per hour", and so may a counted unit: 25 miles for "how many miles per day".
        above = tuple((measure, power) for measure, power in asked.measures if power > 0)
        is_above = above == unit.measures != () and (above[0][0] in _MONEY or "how many" in question.lower())
        fits = (
            unit.measures == asked.measures
            or is_above
            or (unit.other is not None and unit.other.measures == asked.measures)
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
