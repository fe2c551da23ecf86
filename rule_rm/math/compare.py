"""Is this answer the golden answer? In layers, each sound, the cheapest first.

Text, numbers, the structure of lists and sets and equations, values at seeded points to many digits, and
math-verify for the rest. A verdict depends on the two texts and on the question, nothing else.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache

from rule_rm.math.comparing.approximate import approximate
from rule_rm.math.comparing.describe import describe
from rule_rm.math.comparing.equal import equal, settled
from rule_rm.math.comparing.exact import UndefinedError, is_rational
from rule_rm.math.comparing.identity import point
from rule_rm.math.finality.unfinished import unfinished
from rule_rm.math.guard import LONGEST, refusal
from rule_rm.math.quick import quick
from rule_rm.math.reading.choice import chosen
from rule_rm.math.reading.normalise import normalise
from rule_rm.math.reading.question import asked_unit
from rule_rm.math.reading.reader import read
from rule_rm.math.symbolic import symbolic
from rule_rm.math.values.answers import Quantity, Value, Words, expressions
from rule_rm.math.values.expression import (
    BeyondReadingError,
    TooCostlyError,
    UnreadableError,
    symbols,
)
from rule_rm.math.values.units import Unit
from rule_rm.math.values.verdict import Layer, Verdict

_GROUPED = re.compile(r"\d,\d{3}")
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
_DECIMAL_POINT = re.compile(r"-?\d+\.\d+")
_LETTER_UNIT = re.compile(r"(\d) ?([mgshLlNJWVAK](?:\^\{?\d\}?)?(?:/[mshgLl](?:\^\{?\d\}?)?)?)$")
_UNEVALUATED = re.compile(r"\\(?:i{0,3}nt|oint|lim|sum|prod)(?![a-zA-Z])")
_WORDY = re.compile(r"\\(?:text|mbox|mathrm|textbf)|(?<![\\a-zA-Z])[a-zA-Z]{3}")
_WORD = re.compile(r"[^\W\d_]{3}")
_MARKUP = re.compile(
    r"\\(?:text|textbf|textrm|textit|mbox|mathrm|textnormal)(?![a-zA-Z])|\\[ ,;!]|[\s{}$.,~*]"
)


def compare(answer: str, golden: str, question: str = "", *, value_alone: bool = False) -> Verdict:
    r"""Return the verdict on an answer: it must have the golden answer's value and be worked out.

    With `value_alone` an answer that is not worked out, such as `2+3` for 5, is right as well.

    >>> compare(r"\frac{2}{4}", "0.5").equal, compare("2+3", "5").equal
    (True, False)
    """
    if len(golden) > LONGEST:
        return Verdict(None, Layer.GUARD, f"the golden answer has more than {LONGEST} characters")
    if len(answer) > LONGEST:
        return Verdict(False, Layer.GUARD, f"the answer has more than {LONGEST} characters")
    verdict = quick(answer, golden) or _by_text(answer, golden)
    if verdict is not None:
        return verdict
    verdict = _by_value(normalise(answer), normalise(golden), question)
    if verdict.equal and not value_alone and (left := unfinished(answer, golden, question)) is not None:
        return Verdict(False, Layer.STRUCTURE, f"it is not worked out: {left}")
    return verdict


def _by_text(answer: str, golden: str) -> Verdict | None:
    """The verdict that needs no reading: the same text, the same words, the same choice."""
    if golden.strip() and normalise(golden) == normalise(answer):
        return Verdict(True, Layer.TEXT, "the same text")
    if _WORDY.search(golden) and _as_words(golden) == _as_words(answer):
        return Verdict(True, Layer.TEXT, "the same words")
    if _GROUPED.search(golden + " " + answer) and _parts(golden) == _parts(answer):
        return Verdict(True, Layer.TEXT, "the same numbers in a list")
    if (letter := chosen(golden)) is not None:
        choice = chosen(answer)
        return Verdict(letter == choice, Layer.TEXT, f"the choice is {choice}, the golden answer's {letter}")
    return None


def _as_words(text: str) -> str:
    """A text without its markup; capitals count only in what is no word."""
    bare = _MARKUP.sub("", text)
    return bare.lower() if _WORD.search(bare) else bare


def _parts(text: str) -> list[str]:
    """What stands between the commas, in any order: `70,110` may be one number or two."""
    return sorted(part.strip(" $") for part in text.split(","))


def _by_value(answer: str, golden: str, question: str) -> Verdict:
    try:
        reference = read_golden(golden)
    except BeyondReadingError:
        return _symbolic(answer, golden)
    except (UnreadableError, UndefinedError) as error:
        return Verdict(None, Layer.READING, f"the golden answer can't be read: {error}")
    except TooCostlyError as error:
        return Verdict(None, Layer.GUARD, f"the golden answer is too costly: {error}")
    try:
        return _of_values(answer, golden, reference, question)
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


@lru_cache(maxsize=4096)
def read_golden(text: str) -> Value:
    """The value of a golden answer that can be compared.

    Raises what `read` raises, also TooCostlyError if a number in it is too large to be worked out.
    """
    value = settled(read(text))
    for expression in expressions(value):
        with suppress(UndefinedError):
            approximate(expression, {name: point(name, 0) for name in symbols(expression)})
    return value


def _of_values(answer: str, golden: str, reference: Value, question: str) -> Verdict:
    if _DECIMAL_COMMA.fullmatch(answer) and _DECIMAL_POINT.fullmatch(golden):
        answer = answer.replace(",", ".")
    candidate = read(answer)
    if isinstance(reference, Quantity) and isinstance(candidate, Quantity):
        if reference.unit and not candidate.unit:
            candidate = read(_LETTER_UNIT.sub(r"\1\\text{ \2}", answer))
        elif candidate.unit and not reference.unit:
            reference = read_golden(_LETTER_UNIT.sub(r"\1\\text{ \2}", golden))
            reference = _in_the_unit_asked(reference, candidate, asked_unit(question))
    same = equal(reference, candidate)
    reason = f"{describe(candidate)} is {'' if same else 'not '}{describe(reference)}"
    return Verdict(same, _layer(reference, candidate), reason)


def _in_the_unit_asked(golden: Value, answer: Quantity, unit: Unit | None) -> Value:
    """A golden answer without a unit is in the one asked for, if the answer's unit has the same measure."""
    if unit is None or not isinstance(golden, Quantity) or golden.unit or golden.percent:
        return golden
    has_measure = answer.unit is not None and answer.unit.measures == unit.measures
    return Quantity(golden.expression, unit) if has_measure else golden


def _layer(golden: Value, answer: Value) -> Layer:
    """The layer that decides: words, exact numbers, values at points, or what is made of them."""
    if isinstance(golden, Words) and isinstance(answer, Words):
        return Layer.TEXT
    if not isinstance(golden, Quantity) or not isinstance(answer, Quantity):
        return Layer.STRUCTURE
    return (
        Layer.NUMBER if is_rational(golden.expression) and is_rational(answer.expression) else Layer.NUMERIC
    )


def _symbolic(answer: str, golden: str) -> Verdict:
    if (why := refusal(golden)) is not None:
        return Verdict(None, Layer.GUARD, f"the golden answer has {why}")
    if (why := refusal(answer)) is not None:
        return Verdict(False, Layer.GUARD, why)
    return symbolic(answer, golden)
