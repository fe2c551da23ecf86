"""Decide whether an answer equals the golden answer, in sound layers, the cheapest first.

Text, numbers, the structure of lists and sets and equations, values at points of every regime, and
math-verify for the rest. A verdict depends on the two texts and on the question, nothing else.
"""

from __future__ import annotations

import re

from rule_rm.math.beyond import by_series_or_symbolic, by_symbolic
from rule_rm.math.by_text import by_text
from rule_rm.math.comparing.asked import as_asked
from rule_rm.math.comparing.definitions import with_definitions
from rule_rm.math.comparing.describe import describe
from rule_rm.math.comparing.described import unasked
from rule_rm.math.comparing.equal import equal
from rule_rm.math.comparing.exact import UndefinedError, is_rational
from rule_rm.math.comparing.families import same_periodic
from rule_rm.math.comparing.implicit import same_implicit
from rule_rm.math.comparing.integration import with_given_constants, with_same_constants
from rule_rm.math.comparing.lines import same_line
from rule_rm.math.comparing.matrices import is_of_matrices, swaps_matrices
from rule_rm.math.comparing.names import is_stated, with_primes
from rule_rm.math.comparing.recurrences import aligned
from rule_rm.math.finality.unfinished import unfinished
from rule_rm.math.guard import LONGEST
from rule_rm.math.hints import again, has_words, in_one_notation, read_golden, with_decimal_points, with_hints
from rule_rm.math.hypotheses import by_hypotheses
from rule_rm.math.options import letters_of
from rule_rm.math.quick import quick
from rule_rm.math.reading.choice import Choice, chosen, is_other
from rule_rm.math.reading.normalise import normalise
from rule_rm.math.reading.placed import lacks_what_is_said
from rule_rm.math.reading.question import choices_of, is_about_ratios, mentions, says_positive
from rule_rm.math.reading.reader import NO_HINTS, Hints, read
from rule_rm.math.reading.spelling import is_formula_in_text, words_of
from rule_rm.math.reading.textbook import as_meant
from rule_rm.math.values.answers import Clock, Quantity, Ratio, Value, Words, mapped
from rule_rm.math.values.expression import (
    Apply,
    BeyondReadingError,
    Expression,
    Number,
    Symbol,
    TooCostlyError,
    UnreadableError,
    of_squares,
    symbols,
)
from rule_rm.math.values.verdict import Layer, Verdict

_UNEVALUATED = re.compile(
    r"\\(?:i{0,3}nt|oint|lim(?:sup|inf)?|sum|prod)(?![a-zA-Z])"
    r"|\\frac\s*\{\s*(?:d|\\partial)(?![a-zA-Z])\s*(?:\^\s*\{?\s*\w\s*\}?\s*)?\}"
)
r"""An operation that is not carried out: `\int`, `\sum`, `\lim`, `\frac{d}{dx}`."""
_LETTER = re.compile(r"(?<![\\a-zA-Z])[^\W\d_]|hat(?![a-z])|\\(?:ell|Omega|mu|text|mathrm)")
r"""A letter that may be part of a unit, or a unit vector: the `m` of `1.41 m`, `\jhat`."""
_CAPITALS = re.compile(r"(?<![A-Za-z\\])[A-Z]+(?![a-z])")
"""Capitals in a row: the `ACD` of `\\text{ACD}`."""
_LETTERS_OF_CHOICES = frozenset("ABCDEFGHIJ")
_COMMAND = re.compile(r"\\[a-zA-Z]+")
r"""A command: `\frac`."""
_TWO_LETTERS = re.compile(r"[^\W\d_]{2}")
"""Two letters in a row, as words have: the `da` of `day`."""


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
    verdict = (
        quick(answer, golden)
        or by_text(answer, golden, question)
        or by_hypotheses(answer, golden, lambda one, other: compare(one, other, value_alone=True))
        or _by_choice(answer, golden, question)
    )
    if verdict is not None:
        return verdict
    answer, golden = in_one_notation(answer, as_meant(golden))
    verdict = _by_value(normalise(answer), normalise(golden), question)
    if not verdict.equal or value_alone:
        return verdict
    left = unfinished(answer, golden, question)
    if left is None or _is_written_out(answer):
        return verdict
    return Verdict(False, Layer.STRUCTURE, f"it is not worked out: {left}")


def _is_written_out(answer: str) -> bool:
    r"""Return True for a number with a unit in letters, `1.41 m`, and for numbers times unit vectors.

    Nothing is left to do there, although an m may be a variable and the vectors are a sum.
    """
    if not _LETTER.search(normalise(answer)):
        return False
    value = again(normalise(answer), Words(""), Hints(units=True))
    if not isinstance(value, Quantity):
        return False
    if value.unit is not None and isinstance(value.expression, Number):
        return not has_words(again(normalise(answer), value, NO_HINTS))
    match value.expression:
        case Apply("add", terms) if symbols(value.expression) & {"jhat", "khat"}:
            return all(map(_is_component, terms))
    return False


def _is_component(term: Expression) -> bool:
    """Return True for a unit vector, perhaps with a number before it."""
    match term:
        case Apply("negative", (inner,)) | Apply("multiply", (Number(), inner)):
            return _is_component(inner)
    return isinstance(term, Symbol) and term.name in ("ihat", "jhat", "khat")


def _by_choice(answer: str, golden: str, question: str) -> Verdict | None:
    """Return the verdict on letters of choices, and on their texts where the question lists them."""
    if (several := _by_letters(answer, golden)) is not None and not is_of_matrices(question):
        return several
    letter, choice = chosen(golden), chosen(answer)
    choices = choices_of(question) if choice or letter else {}
    if letter is not None and not is_other(letter.rest):
        if choice is not None:
            right = letter.letter == choice.letter and _is_its_text(choice, choices, question)
            return Verdict(
                right, Layer.TEXT, f"the choice is {choice.letter}, the golden answer's {letter.letter}"
            )
        return _by_text_of_choice(answer, letter.letter, choices)
    if choice is not None and choice.letter in choices:
        text = choices[choice.letter]
        if not _is_its_text(choice, choices, question):
            return Verdict(False, Layer.TEXT, f"the text is not that of {choice.letter}")
        return Verdict(compare(text, golden).equal, Layer.TEXT, f"the choice {choice.letter} is {text}")
    return None


def _by_letters(answer: str, golden: str) -> Verdict | None:
    """Return the verdict on several letters of choices, `ACD` or `A, C, D`, in any order."""
    wanted, said = letters_of(golden), letters_of(answer)
    if not wanted or not said or len(wanted + said) < 3 or not set(wanted + said) <= _LETTERS_OF_CHOICES:
        return None
    if any(_count_of_letters(text) != len(found) for text, found in ((golden, wanted), (answer, said))):
        return None
    return Verdict(wanted == said, Layer.TEXT, f"the choices are {said}, the golden answer's {wanted}")


def _count_of_letters(text: str) -> int:
    return sum(map(len, _CAPITALS.findall(text)))


def _is_its_text(choice: Choice, choices: dict[str, str], question: str) -> bool:
    """Return True if a letter is followed by nothing or by the text of its choice."""
    rest = choice.rest.strip("() ")
    if not rest:
        return True
    if choices:
        text = choices.get(choice.letter, "")
        return words_of(text) == words_of(rest) != () or bool(compare(rest, text).equal)
    if is_other(rest):
        return False
    return not _TWO_LETTERS.search(_COMMAND.sub("", rest)) or mentions(question, rest)


def _by_text_of_choice(answer: str, letter: str, choices: dict[str, str]) -> Verdict:
    """Return the verdict on a value where the golden answer is a letter: it must be that choice's alone."""
    right = [name for name, text in choices.items() if compare(answer, text).equal]
    return Verdict(
        right == [letter],
        Layer.TEXT,
        f"the choice is {', '.join(right) or None}, not {letter}"
        if right != [letter]
        else f"the text of {letter}",
    )


def _by_value(answer: str, golden: str, question: str) -> Verdict:
    try:
        reference = read_golden(golden)
    except BeyondReadingError:
        return by_series_or_symbolic(answer, golden, question)
    except (UnreadableError, UndefinedError) as error:
        return _unreadable(golden, error)
    except TooCostlyError as error:
        return Verdict(None, Layer.GUARD, f"the golden answer is too costly: {error}")
    except RecursionError:
        return Verdict(None, Layer.GUARD, "the golden answer is nested too deep")
    try:
        return _of_values(answer, golden, reference, question)
    except BeyondReadingError:
        if _UNEVALUATED.search(answer) and not _UNEVALUATED.search(golden):
            return Verdict(False, Layer.STRUCTURE, "an integral, limit or series that is not worked out")
        verdict = by_symbolic(answer, golden)
        if verdict.equal is None:
            # The golden answer was read: an answer that leads past that must not make itself unscored.
            return Verdict(False, Layer.READING, "the answer can't be read")
        return verdict
    except UnreadableError as error:
        return Verdict(False, Layer.READING, f"the answer can't be read: {error}")
    except UndefinedError as error:
        return Verdict(False, Layer.NUMERIC, f"no value: {error}")
    except TooCostlyError as error:
        return Verdict(False, Layer.GUARD, str(error))
    except RecursionError:
        return Verdict(False, Layer.GUARD, "the answer is nested too deep")


def _unreadable(golden: str, error: Exception) -> Verdict:
    """Return the verdict on an answer that differs from a golden answer without a value."""
    if is_formula_in_text(golden):
        return Verdict(False, Layer.TEXT, "it is not the golden answer's formula")
    return Verdict(None, Layer.READING, f"the golden answer can't be read: {error}")


def _of_values(answer: str, golden: str, reference: Value, question: str) -> Verdict:
    answer, golden, reference = with_decimal_points(answer, golden, reference)
    if isinstance(reference, Clock) and not reference.half and is_about_ratios(question):
        reference = read_golden(golden, Hints(ratios=True))
    candidate = read(answer, Hints(ratios=isinstance(reference, Ratio)))
    reference, candidate = with_hints(reference, candidate, golden, answer, question)
    if (why := unasked(candidate, reference, golden, question)) is not None:
        return Verdict(False, Layer.READING, why)
    reference, candidate = as_asked(reference, candidate, question)
    reference, candidate = with_definitions(reference, candidate)
    reference, candidate = with_given_constants(reference, candidate, question)
    same = _equal(reference, candidate, question) or is_stated(candidate, read(golden))
    if same and isinstance(reference, Quantity) and isinstance(candidate, Quantity):
        same = not swaps_matrices(reference.expression, candidate.expression, question)
    reason = f"{describe(candidate)} is {'' if same else 'not '}{describe(reference)}"
    return Verdict(same, _layer(reference, candidate), reason)


def _equal(reference: Value, candidate: Value, question: str) -> bool:
    """Return True for equal values, also under other names of constants.

    They may be equal for positive variables only, if the question says so.
    """
    if lacks_what_is_said(reference, candidate):
        return False
    if equal(reference, candidate):
        return True
    if _is_number(reference) and _is_number(candidate):
        return False
    if any(equal(reference, renamed) for renamed in with_same_constants(reference, candidate, question)):
        return True
    if (
        same_periodic(reference, candidate, equal)
        or same_line(reference, candidate, question)
        or same_implicit(reference, candidate, question)
    ):
        return True
    if (ours := aligned(reference)) is not None and (theirs := aligned(candidate)) is not None:
        return equal(ours, theirs)
    if (primed := with_primes(reference, candidate)) is not None and equal(*primed):
        return True
    if not isinstance(reference, Quantity) or not isinstance(candidate, Quantity):
        return False
    if not symbols(reference.expression) or not says_positive(question):
        return False
    return equal(mapped(reference, of_squares), mapped(candidate, of_squares))


def _is_number(value: Value) -> bool:
    """Return True for a quantity without variables: there is nothing to rename in it."""
    return isinstance(value, Quantity) and not symbols(value.expression)


def _layer(golden: Value, answer: Value) -> Layer:
    """Return the layer that decides: words, exact numbers, values at points, or structures of these."""
    if isinstance(golden, Words) and isinstance(answer, Words):
        return Layer.TEXT
    if not isinstance(golden, Quantity) or not isinstance(answer, Quantity):
        return Layer.STRUCTURE
    return (
        Layer.NUMBER if is_rational(golden.expression) and is_rational(answer.expression) else Layer.NUMERIC
    )
