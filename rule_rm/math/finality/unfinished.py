r"""Decide whether an answer of the right value is worked out, and name the work that is left.

If the golden answer is a number, an answer with arithmetic in it is not final. An example is `3+4`, or
`\frac{14}{2}` if the question asks for a division. If the golden answer has variables, an answer that
rearranges an expression of the question is not final. The golden answer's own form is always final.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache

from rule_rm.math.comparing.confidence import is_bounds
from rule_rm.math.comparing.kinks import counts
from rule_rm.math.finality.copying import copied, is_quoted, named_work, ratio, repeats_words
from rule_rm.math.finality.formulas import Question, question_of
from rule_rm.math.finality.golden_forms import GoldenForms, functions_in, has_variables, kind_of, left_in
from rule_rm.math.finality.rewriting import unchanged
from rule_rm.math.finality.shapes import parts, size, written
from rule_rm.math.finality.work import (
    CLOSED,
    cancels,
    factors,
    fraction,
    unsigned,
)
from rule_rm.math.reading.normalise import normalise
from rule_rm.math.reading.question import is_about_ratios
from rule_rm.math.reading.reader import Hints, read
from rule_rm.math.values.answers import (
    Chain,
    Matrix,
    Named,
    Quantity,
    Ratio,
    SetOperation,
    Several,
    Value,
    expressions,
)
from rule_rm.math.values.expression import (
    INFINITY,
    Apply,
    Expression,
    Number,
    Symbol,
    TooCostlyError,
    UnreadableError,
    negative,
    symbols,
)

_PLAIN = re.compile(r"\s*\$?\s*[-+−]?\s*\d+(?:,\d{3})*\s*\$?\s*\.?")
"""An integer, such as `$1,250$`."""
_TWO_SIGNS = re.compile(r"[-+−][\s({\[]*[-−]|[-−][\s({\[]*\+")
"""Two signs in a row, such as `-(-7`."""
_SCALED = re.compile(
    r"\d[\d.,]*[\s}]*(?:\\?[a-z]*\{)?\s*(?:hundred|thousand|million|billion|trillion|dozen|lakh|crore|万|亿)",
    re.I,
)
"""A number with a scale in words, such as `3 million`."""


def unfinished(answer: str, golden: str, question: str = "") -> str | None:
    r"""Return the work left in an answer that equals the golden answer; None if there is none.

    >>> unfinished("3+4+0", "7"), unfinished(r"\frac{7}{1}", "7"), unfinished("3+4", "3 + 4")
    ('a sum with nothing added', None, None)
    >>> unfinished(r"\frac{14}{2}", "7", "Divide 14 by 2.")
    'a quotient that the question asks for'
    """
    if normalise(answer) == normalise(golden):
        return None
    if _PLAIN.fullmatch(answer):
        return _unfactored(answer, golden, question)
    try:
        forms = _forms(golden, ratios=is_about_ratios(question))
    except (UnreadableError, TooCostlyError):
        return None
    reference = forms.value
    asked = question_of(question)
    try:
        candidate = read(answer, Hints(ratios=isinstance(reference, Ratio)))
    except TooCostlyError:
        return None
    except UnreadableError:
        is_open = has_variables(reference) or (isinstance(reference, Matrix) and answer.count("begin") < 2)
        return None if is_open else "something that is not worked out"
    if not has_variables(reference) and _TWO_SIGNS.search(normalise(answer)):
        return "two signs in a row"
    is_equation = isinstance(candidate, Chain) and has_variables(candidate)
    if is_equation and isinstance(reference, Named) and not has_variables(reference):
        return "an equation that is not solved"
    if (work := named_work(answer, golden)) is not None:
        return work
    if is_quoted(answer, candidate, asked):
        return "an equation of the question"
    if repeats_words(answer, golden, asked):
        return "a number in words that the question has"
    if (copy := copied(answer, candidate, reference, asked)) is not None:
        return copy
    is_scaled = _SCALED.search(answer) is not None
    return _value(candidate, forms, asked, is_scaled=is_scaled)


def _unfactored(answer: str, golden: str, question: str) -> str | None:
    """Return the work left in an integer: a number of the question has to be factored."""
    asked = question_of(question)
    if not asked.factor:
        return None
    with suppress(UnreadableError, TooCostlyError):
        value = read(answer)
        is_given = isinstance(value, Quantity) and not asked.numbers.isdisjoint(_values_in(value.expression))
        if is_given and _forms(golden, ratios=False).kinds & {"primes", "power"}:
            return "a number of the question that is not factored"
    return None


@lru_cache(maxsize=1024)
def _forms(golden: str, *, ratios: bool) -> GoldenForms:
    """Return the forms of a golden answer, which is compared with many answers."""
    return GoldenForms(read(golden, Hints(ratios=ratios)))


def _value(value: Value, golden: GoldenForms, asked: Question, *, is_scaled: bool) -> str | None:
    """Return the work left in any part of a value; in a chain of equals, that of the best member."""
    match value:
        case Chain(members) if not golden.has_variables:
            if (left := unchanged(value, golden.value, asked)) is not None:
                return left
            found = [_value(member, golden, asked, is_scaled=is_scaled) for member in members]
            return None if None in found else found[-1]
        case Named(_, Quantity(Symbol()), symbol) if symbol is not None and not golden.has_variables:
            return _leaf(symbol, golden, asked)
        case Named(_, inner):
            return unchanged(value, golden.value, asked) or _value(inner, golden, asked, is_scaled=is_scaled)
        case Several(values) | SetOperation(_, values):
            return _first(_value(part, golden, asked, is_scaled=is_scaled) for part in values)
        case Matrix(rows):
            cells = [cell for row in rows for cell in _unscaled(row, asked)]
            return _first(_value(cell, golden, asked, is_scaled=is_scaled) for cell in cells)
        case Ratio((first, second)) if not isinstance(golden.value, Ratio):
            return _number(Apply("divide", (first, second)), golden, asked)
        case Ratio(terms) if (left := ratio(terms, golden.value, asked)) is not None:
            return left
        case Quantity(expression, unit) if _is_compound(
            expression, golden.value, has_unit=unit is not None, is_scaled=is_scaled
        ):
            return None
        case Quantity(expression) if symbols(expression) and golden.is_number:
            return "an expression in variables"
    if (left := unchanged(value, golden.value, asked)) is not None:
        return left
    return _first(_leaf(leaf, golden, asked) for leaf in expressions(value))


def _unscaled(row: tuple[Value, ...], asked: Question) -> Iterator[Value]:
    r"""Yield the entries of a row, without the factor before a matrix, such as `\frac15`."""
    for cell in row:
        match cell:
            case Quantity(Apply("multiply", (Apply() | Number(Fraction(numerator=-1)) as factor, entry))) if (
                not _is_shown(cell.expression, asked)
            ):
                yield Quantity(factor)
                yield Quantity(entry)
            case _:
                yield cell


def _first(found: Iterator[str | None]) -> str | None:
    return next((one for one in found if one is not None), None)


def _is_compound(expression: Expression, golden: Value, *, has_unit: bool, is_scaled: bool) -> bool:
    """Return True for `2 hours 30 minutes` and `3 million`, which are read as a sum and a product.

    So is `5 ± 1` for the interval (4, 6).
    """
    match expression:
        case Apply("add", (Number(), Apply("plus_minus", (Number(),)))):
            return is_bounds(golden)
        case Apply("add", (first, Apply("multiply", (second, Number(value, None))))) if has_unit:
            return left_in(first) is None and left_in(second) is None and value.numerator == 1 and value < 1
        case Apply("multiply", (Number(), Number())):
            return is_scaled
    return False


def _leaf(expression: Expression, golden: GoldenForms, asked: Question) -> str | None:
    if golden.has_form(expression) or unsigned(expression) == INFINITY:
        return None
    if symbols(expression):
        if counts(expression) and not any(map(counts, expressions(golden.value))):
            return "a sum up to a letter"
        return None if golden.work or not asked.flat else _first(map(left_in, _numeric_parts(expression)))
    return _number(expression, golden, asked)


def _numeric_parts(expression: Expression) -> Iterator[Expression]:
    """Yield the largest parts without variables of an expression with some."""
    if isinstance(expression, Apply):
        for argument in expression.arguments:
            if symbols(argument):
                yield from _numeric_parts(argument)
            else:
                yield argument


def _number(expression: Expression, golden: GoldenForms, asked: Question) -> str | None:
    """Return the work left in the expression of a number."""
    expression = unsigned(expression)
    if golden.has_form(expression) or (golden.has_notation(expression) and not _is_shown(expression, asked)):
        return None
    left = left_in(expression)
    if left is not None:
        return None if size(expression) <= golden.work and not _is_shown(expression, asked) else left
    kind = kind_of(expression)
    if golden.is_rational and kind != "function" and golden.has_value(expression):
        return "a fraction in the dress of roots or constants"
    foreign = set(functions_in(expression)) - golden.functions
    if foreign and kind not in CLOSED:
        return f"{min(foreign)}, not worked out"
    is_other_number = isinstance(expression, Number) and kind != "whole" and kind not in golden.kinds
    if _is_shown(expression, asked) or (is_other_number and _values_in(expression)[0] in asked.numbers):
        return "it repeats an expression of the question"
    if _contains_shown(expression, golden, asked):
        return "it repeats an expression of the question"
    return _asked_for(expression, kind, golden, asked)


def _asked_for(expression: Expression, kind: str, golden: GoldenForms, asked: Question) -> str | None:
    """Return the work left in a closed form or a fraction, by the terms of the question."""
    if kind in golden.kinds:
        return (
            "a fraction that is not in lowest terms" if _is_reducible(expression) and asked.lowest else None
        )
    if kind == "fraction" and _is_reducible(expression):
        if golden.is_whole and (asked.evaluate or _is_of_given(expression, asked)):
            return "a quotient that the question asks for"
        return "a fraction that is not in lowest terms" if asked.lowest else None
    if kind == "fraction" and asked.evaluate and _is_of_given(expression, asked):
        return "a quotient that the question asks for"
    if kind == "number" and (asked.evaluate or asked.lowest) and cancels(expression):
        return "a quotient that is not in lowest terms"
    if kind == "scientific":
        is_given = set(_sides_of_ten(expression)) <= asked.numbers
        return "a product of numbers that are given" if is_given else None
    if kind in ("power", "factorial", "binomial", "nPr", "primes", "function"):
        return f"a {kind} that the question asks for" if asked.evaluate or kind in asked.kinds else None
    return None


def _is_shown(expression: Expression, asked: Question) -> bool:
    """Return True if the question has the same expression; a mere number is none."""
    if not isinstance(expression, Apply):
        return False
    return asked.shows(written(expression)) or asked.shows(written(negative(expression)))


def _contains_shown(expression: Expression, golden: GoldenForms, asked: Question) -> bool:
    """Return True if a function of the question is in the answer, and not in the golden answer.

    Sums, roots and powers count as well.
    """
    for part in parts(expression):
        if isinstance(part, Apply) and part.function not in ("multiply", "divide", "negative"):
            shape = written(part)
            if shape not in golden.parts and asked.shows(shape):
                return True
    return False


def _is_of_given(fraction: Expression, asked: Question) -> bool:
    return all(value in asked.numbers for value in _values_in(fraction))


def _sides_of_ten(expression: Expression) -> Iterator[Fraction]:
    r"""Yield the two factors of `5 \cdot 10^3`: 5 and 1000."""
    for factor in factors(expression)[0]:
        value = fraction(factor)
        if value is not None:
            yield value


def _values_in(expression: Expression) -> list[object]:
    return [part.value for part in parts(expression) if isinstance(part, Number)]


def _is_reducible(expression: Expression) -> bool:
    values = [int(part.value) for part in parts(expression) if isinstance(part, Number)]
    is_fraction = kind_of(expression) == "fraction" and len(values) == 2
    return is_fraction and (math.gcd(*values) > 1 or abs(values[1]) == 1)
