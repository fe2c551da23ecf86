"""Read both sides again with hints from the other: its variables, its unit, its decimal point."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache

from rule_rm.math.comparing.approximate import approximate
from rule_rm.math.comparing.exact import UndefinedError, is_small
from rule_rm.math.comparing.identity import point
from rule_rm.math.comparing.recurrences import with_indices
from rule_rm.math.comparing.settling import settled
from rule_rm.math.reading.question import asked_unit, is_said, measures_in
from rule_rm.math.reading.reader import NO_HINTS, Hints, read
from rule_rm.math.reading.vocabulary import APPLIED
from rule_rm.math.values.answers import (
    Chain,
    Named,
    Quantity,
    Ratio,
    Value,
    Words,
    expressions,
    parts_of,
    variables,
)
from rule_rm.math.values.expression import TooCostlyError, UnreadableError, symbols
from rule_rm.math.values.units import Unit

_UNIT = (
    r"(?:\s*\\?%|\s*(?:\\(?:text|mathrm)\s*\{\s*)?[^\W\d_][^,;\d\^=]{0,40}(?:\^\s*\{?\s*-?\d\s*\}?)?\s*\}?)?"
)
_DECIMAL_COMMA = re.compile(rf"(-?\d+),(\d+){_UNIT}")
"""A number with a decimal comma, perhaps with a unit: `3,5`, `3,5 kg`."""
_DECIMAL_POINT = re.compile(rf"-?\d+\.\d+{_UNIT}")
"""A number with a decimal point, perhaps with a unit: `3.5`."""
_MEASURED = re.compile(r"-?[\d.]+(?:\s*\\times\s*10\^\{?-?\d+\}?)?\s+\S+")
r"""A number, a space and a unit: `9.8 m/s^2`, `3 \times 10^8 m/s`."""


_CONCISE = re.compile(r"(-?\d{1,15})\.(\d{1,15})\((\d{1,3})\)(?!\d)", re.ASCII)
"""A number with the uncertainty of its last digits, or one that repeats them: `9.81(2)`."""
_COUNTED = re.compile(r"\$?\s*P\s*\(\s*(\d{1,4})\s*,\s*(\d{1,4})\s*\)\s*\$?", re.ASCII)
"""Permutations, or a point: `P(10, 3)`."""
_PERMUTATIONS = re.compile(r"[\^_]\s*\{?\s*\w{1,4}\s*\}?\s*P\s*_")
"""Permutations in the notation that has no other meaning: `{}_{10}P_3`."""
_INTEGER = re.compile(r"\$?\s*\d{1,30}\s*\$?", re.ASCII)
"""A natural number: `720`."""


def in_one_notation(answer: str, golden: str) -> tuple[str, str]:
    r"""Return both with a notation of two meanings written out, where the other side shows which is meant.

    >>> in_one_notation("9.81(2)", r"9.8 \pm 0.1")[0] == r"9.81 \pm 0.02"
    True
    >>> in_one_notation("720", "P(10,3)")[1] == r"\operatorname{nPr}(10,3)"
    True
    """
    answer, golden = with_indices(answer), with_indices(golden)
    return _in_notation_of(golden, answer), _in_notation_of(answer, golden)


def _in_notation_of(other: str, text: str) -> str:
    if "(" not in text:
        return text
    if ("\\pm" in other or "±" in other) and "\\pm" not in text and "±" not in text:
        return _CONCISE.sub(_with_bounds, text)
    if (_INTEGER.fullmatch(other) or _PERMUTATIONS.search(other)) and (found := _COUNTED.fullmatch(text)):
        return rf"\operatorname{{nPr}}({found[1]},{found[2]})"
    return text


def _with_bounds(found: re.Match[str]) -> str:
    r"""Return `9.81(2)` as `9.81 \pm 0.02`, in brackets before a factor."""
    whole, places, last = found.groups()
    digits = last.rjust(len(places) + 1, "0")
    bounds = rf"{whole}.{places} \pm {digits[: -len(places)]}.{digits[-len(places) :]}"
    return f"({bounds})" if found.end() < len(found.string.rstrip(" $.")) else bounds


@lru_cache(maxsize=4096)
def read_golden(text: str, hints: Hints = NO_HINTS) -> Value:
    """Return the value of a golden answer that can be compared.

    Raises what `read` raises, also TooCostlyError if a number in it is too large to be worked out.
    """
    value = settled(read(text, hints))
    for expression in expressions(value):
        if is_small(expression):
            continue
        with suppress(UndefinedError):
            approximate(expression, {name: point(name, 0) for name in symbols(expression)})
    return value


def with_decimal_points(answer: str, golden: str, reference: Value) -> tuple[str, str, Value]:
    """Read a comma as a decimal point if the other side has one: `3,5` and `3.5`."""
    if "," not in answer and "," not in golden:
        return answer, golden, reference
    if _DECIMAL_COMMA.fullmatch(answer) and _DECIMAL_POINT.fullmatch(golden):
        answer = answer.replace(",", ".")
    elif _DECIMAL_COMMA.fullmatch(golden) and _is_one_number(answer):
        golden = golden.replace(",", ".")
        reference = read_golden(golden)
    return answer, golden, reference


def _is_one_number(answer: str) -> bool:
    r"""Return True for one number, not a list: `3.5`, `\frac{7}{2}`."""
    if _DECIMAL_POINT.fullmatch(answer):
        return True
    value = settled(again(answer, Words(""), NO_HINTS))
    return isinstance(value, Quantity) and value.unit is None and not symbols(value.expression)


def with_hints(
    reference: Value, candidate: Value, golden: str, answer: str, question: str
) -> tuple[Value, Value]:
    """Read both sides again with hints from the other: its variables, and whether it has a unit."""
    ours, theirs = _letters(reference), _letters(candidate)
    ratios = isinstance(reference, Ratio)
    if ours and (has_words(candidate) or _applies(candidate, ours)):
        candidate = again(answer, candidate, Hints(variables=ours, ratios=ratios))
    if theirs and (
        has_words(reference) or (_applies(reference, theirs) and _is_no_function(theirs, question))
    ):
        reference = again(golden, reference, Hints(variables=theirs), is_golden=True)
    if isinstance(candidate, (Named, Chain)) and isinstance(reference, Quantity) and not reference.unit:
        return _with_unit_of_chain(reference, candidate, golden, answer)
    if isinstance(reference, Named) and isinstance(candidate, Quantity) and _measured(reference):
        return reference, _with_unit_in_letters(candidate, answer)
    if not isinstance(reference, Quantity) or not isinstance(candidate, Quantity):
        return reference, candidate
    return _with_units(reference, candidate, golden, answer, question)


def _with_units(
    reference: Quantity, candidate: Quantity, golden: str, answer: str, question: str
) -> tuple[Value, Value]:
    """Read the letters of one side as a unit, where the other side or the question shows that they are."""
    with_unit = Hints(units=True)
    if (
        reference.unit
        and not candidate.unit
        and symbols(candidate.expression) - symbols(reference.expression)
    ):
        return reference, again(answer, candidate, with_unit)
    if candidate.unit and not reference.unit and symbols(reference.expression):
        read_anew = again(golden, reference, with_unit, is_golden=True)
        if (
            isinstance(read_anew, Quantity)
            and read_anew.unit
            and read_anew.unit.measures == candidate.unit.measures
        ):
            reference = read_anew
    elif (
        not candidate.unit
        and symbols(candidate.expression)
        and not symbols(reference.expression)
        and question
    ):
        read_anew = again(answer, candidate, with_unit)
        if isinstance(read_anew, Quantity) and read_anew.unit and _is_asked(read_anew.unit, question):
            candidate = read_anew
    elif symbols(reference.expression) and not symbols(candidate.expression) and not reference.unit:
        read_anew = again(golden, reference, with_unit, is_golden=True)
        if (
            isinstance(read_anew, Quantity)
            and read_anew.unit
            and _means_unit(golden, read_anew.unit, question)
        ):
            reference = read_anew
    return reference, candidate


def _with_unit_in_letters(candidate: Quantity, answer: str) -> Value:
    """Return an answer with its letters as a unit, if they may be one: `12m/s`."""
    lacks_unit = not candidate.unit and symbols(candidate.expression)
    return again(answer, candidate, Hints(units=True)) if lacks_unit else candidate


def _is_asked(unit: Unit, question: str) -> bool:
    """Return True for a unit of the question, or another name of the unit that it asks for: `L`, litres."""
    asked = asked_unit(question)
    is_same = asked is not None and (asked.measures, asked.factor) == (unit.measures, unit.factor)
    return is_same or is_said(unit.name, question)


def _with_unit_of_chain(
    reference: Quantity, candidate: Value, golden: str, answer: str
) -> tuple[Value, Value]:
    """Read `19.6 m/s` and `v = gt = 19.6 m/s` with their units, if they are of one kind."""
    with_unit = Hints(units=True)
    if not symbols(reference.expression):
        return reference, candidate
    read_anew = again(golden, reference, with_unit, is_golden=True)
    if not isinstance(read_anew, Quantity) or read_anew.unit is None:
        return reference, candidate
    for one in (candidate, again(answer, candidate, with_unit)):
        unit = _measured(one)
        if unit is not None and unit.measures == read_anew.unit.measures:
            return read_anew, one
    return reference, candidate


def _measured(value: Value) -> Unit | None:
    """Return the unit of the value that a name or a chain of equals comes to: `v = 3 m/s`."""
    while isinstance(value, Named):
        value = value.value
    if isinstance(value, Chain) and set(value.signs) == {"="}:
        value = value.members[-1]
    return value.unit if isinstance(value, Quantity) else None


def _applies(value: Value, letters: frozenset[str]) -> bool:
    """Return True if a value applies a letter to brackets which is a variable on the other side."""
    return any(name[1:2] == "(" and name[0] in letters for name in variables(value))


def _is_no_function(letters: frozenset[str], question: str) -> bool:
    """Return True if a question has none of these letters as a function."""
    return bool(question) and not any(f"{letter}(" in question for letter in letters & APPLIED)


def _means_unit(golden: str, unit: Unit, question: str) -> bool:
    """Return True if letters at the end of a golden answer are a unit, set apart or asked for."""
    if _stands_apart(golden):
        return True
    measured = {measure for measure, _ in unit.measures} <= measures_in(question)
    return measured and not any(is_said(letter, question) for letter in unit.name if letter.isalpha())


def _stands_apart(golden: str) -> bool:
    r"""Return True if a unit in letters is set apart from its number: `9.8 m/s^2`, and not `2mg`."""
    return _MEASURED.fullmatch(golden) is not None


def again(text: str, value: Value, hints: Hints, *, is_golden: bool = False) -> Value:
    """Return the value of a text with hints, or the value at hand if it can't be read with them."""
    try:
        return read_golden(text, hints) if is_golden else read(text, hints)
    except (UnreadableError, UndefinedError, TooCostlyError):
        return value


def _letters(value: Value) -> frozenset[str]:
    """Return the variables in a value that are single letters."""
    return frozenset(name for name in variables(value) if len(name) == 1)


def has_words(value: Value) -> bool:
    """Return True if a value has a word or a unit, which may be letters that are variables."""
    if isinstance(value, Words):
        return len(value.text.split()) == 1
    if isinstance(value, Quantity):
        return value.unit is not None
    return any(map(has_words, parts_of(value)))
