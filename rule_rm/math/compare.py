"""Is this answer the golden answer? In layers, each sound, the cheapest first.

Text, numbers, the structure of lists and sets and equations, values at seeded points to many digits, and
math-verify for the rest. A verdict depends on the two texts and on the question, nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

from rule_rm.math.choice import chosen
from rule_rm.math.describe import describe
from rule_rm.math.equal import equal, settled
from rule_rm.math.evaluate import UndefinedError, is_rational
from rule_rm.math.expression import (
    Apply,
    BeyondReadingError,
    Expression,
    Number,
    Symbol,
    TooCostlyError,
    UnreadableError,
)
from rule_rm.math.guard import LONGEST, refusal
from rule_rm.math.identity import identical
from rule_rm.math.normalise import normalise
from rule_rm.math.question import asked_unit, restates
from rule_rm.math.quick import quick
from rule_rm.math.reader import read
from rule_rm.math.symbolic import symbolic
from rule_rm.math.units import Unit
from rule_rm.math.values import Quantity, Value, Words, expressions
from rule_rm.math.verdict import Layer, Verdict

_GROUPED = re.compile(r"\d,\d{3}")
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
_DECIMAL_POINT = re.compile(r"-?\d+\.\d+")
_UNEVALUATED = re.compile(r"\\(?:i{0,3}nt|oint|lim|sum|prod)(?![a-zA-Z])")
_WORDY = re.compile(r"\\(?:text|mbox|mathrm|textbf)|(?<![\\a-zA-Z])[a-zA-Z]{3}")
_MARKUP = re.compile(
    r"\\(?:text|textbf|textrm|textit|mbox|mathrm|textnormal)(?![a-zA-Z])|\\[ ,;!]|[\s{}$.,~*]"
)


def compare(answer: str, golden: str, question: str = "") -> Verdict:
    r"""The verdict on an answer. What it repeats from the question is no answer.

    >>> compare(r"\frac{2}{4}", "0.5").equal, compare("2+3", "5", "What is 2+3?").equal
    (True, False)
    """
    for text, what in ((golden, "the golden answer"), (answer, "the answer")):
        if len(text) > LONGEST:
            equal_to = None if text is golden else False
            return Verdict(equal_to, Layer.GUARD, f"{what} has more than {LONGEST} characters")
    verdict = quick(answer, golden)
    if verdict is not None:
        return verdict
    ours, theirs = normalise(golden), normalise(answer)
    if ours == theirs and ours:
        return Verdict(True, Layer.TEXT, "the same text")
    if _WORDY.search(golden) and _as_words(golden) == _as_words(answer):
        return Verdict(True, Layer.TEXT, "the same words")
    if _GROUPED.search(golden + " " + answer) and _parts(golden) == _parts(answer):
        return Verdict(True, Layer.TEXT, "the same numbers in a list")
    if (letter := chosen(golden)) is not None:
        choice = chosen(answer)
        return Verdict(
            letter == choice, Layer.TEXT, f"the choice is {choice}, that of the golden answer {letter}"
        )
    if _DECIMAL_COMMA.fullmatch(theirs) and _DECIMAL_POINT.fullmatch(ours):
        theirs = theirs.replace(",", ".")
    return _by_value(
        theirs, ours, question if question and restates(answer, question) else "", asked_unit(question)
    )


def _by_value(answer: str, golden: str, question: str, unit: Unit | None) -> Verdict:
    try:
        reference = read_golden(golden)
    except BeyondReadingError:
        return _symbolic(answer, golden)
    except (UnreadableError, UndefinedError) as error:
        return Verdict(None, Layer.READING, f"the golden answer can't be read: {error}")
    except TooCostlyError as error:
        return Verdict(None, Layer.GUARD, f"the golden answer is too costly: {error}")
    try:
        candidate = read(answer)
        reference = _in_the_unit_asked(reference, candidate, unit)
        same = equal(reference, candidate)
    except BeyondReadingError:
        if _UNEVALUATED.search(answer) and not _UNEVALUATED.search(golden):
            return Verdict(False, Layer.STRUCTURE, "an integral, limit or series that is not worked out")
        return _symbolic(answer, golden)
    except UnreadableError as error:
        return Verdict(False, Layer.READING, f"the answer can't be read: {error}")
    except UndefinedError as error:
        return Verdict(False, Layer.NUMERIC, f"no value: {error}")
    except TooCostlyError as error:
        return Verdict(False, Layer.GUARD, str(error))
    if same and question and _leaves(reference) != _leaves(candidate):
        return Verdict(False, Layer.STRUCTURE, "it repeats an expression of the question")
    return Verdict(same, _layer(reference, candidate), _reason(same, reference, candidate))


@lru_cache(maxsize=4096)
def read_golden(text: str) -> Value:
    """The value of a golden answer that can be compared.

    Raises what `read` raises, also TooCostlyError if a number in it is too large to be worked out.
    """
    value = settled(read(text))
    for expression in expressions(value):
        with suppress(UndefinedError):
            identical(expression, expression)
    return value


def _layer(golden: Value, answer: Value) -> Layer:
    """The layer that decides between these: exact numbers, values at points, or what is made of them."""
    if isinstance(golden, Words) and isinstance(answer, Words):
        return Layer.TEXT
    if not isinstance(golden, Quantity) or not isinstance(answer, Quantity):
        return Layer.STRUCTURE
    return (
        Layer.NUMBER if is_rational(golden.expression) and is_rational(answer.expression) else Layer.NUMERIC
    )


def _reason(same: bool, golden: Value, answer: Value) -> str:
    return f"{describe(answer)} is {'' if same else 'not '}{describe(golden)}"


def _parts(text: str) -> list[str]:
    """What stands between the commas, in any order: `70,110` may be one number or two."""
    return sorted(part.strip(" $") for part in text.split(","))


def _as_words(text: str) -> str:
    """A text without its markup; capitals count only in what is no word."""
    bare = _MARKUP.sub("", text)
    return bare.lower() if re.search(r"[^\W\d_]{3}", bare) else bare


def _in_the_unit_asked(golden: Value, answer: Value, unit: Unit | None) -> Value:
    """A golden answer without a unit is in the one asked for, if the answer's unit has the same measure."""
    if unit is None or not isinstance(golden, Quantity) or not isinstance(answer, Quantity):
        return golden
    is_bare = golden.unit is None and not golden.percent
    has_measure = answer.unit is not None and answer.unit.measures == unit.measures
    return Quantity(golden.expression, unit) if is_bare and has_measure else golden


def _leaves(value: Value) -> Counter[object] | None:
    """The numbers and variables in an expression: those of two orders of one form are the same."""
    return Counter(_leaf(value.expression)) if isinstance(value, Quantity) else None


def _leaf(expression: Expression) -> Iterator[object]:
    match expression:
        case Number(value):
            yield value
        case Symbol(name):
            yield name
        case Apply(_, arguments):
            for argument in arguments:
                yield from _leaf(argument)


def _symbolic(answer: str, golden: str) -> Verdict:
    if (why := refusal(golden)) is not None:
        return Verdict(None, Layer.GUARD, f"the golden answer has {why}")
    if (why := refusal(answer)) is not None:
        return Verdict(False, Layer.GUARD, why)
    return symbolic(answer, golden)
