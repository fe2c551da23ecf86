"""Constants of integration: solutions with others of them, and antiderivatives that differ by a number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from rule_rm.math.comparing.approximate import approximate, is_real
from rule_rm.math.comparing.constants import is_arbitrary
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.identity import identical, point
from rule_rm.math.comparing.renaming import exchanges, renamings
from rule_rm.math.values.answers import Named, Value, mapped, variables
from rule_rm.math.values.expression import Apply, Expression, Number, Symbol, difference, substitute, symbols

_CONSTANT = re.compile(r"[CcKkABD](?:_?\d)?")
"""Names of arbitrary constants: `C`, `c_1`, `k`."""
_GIVEN_CONSTANT = re.compile(r"[Cc](?:_?\d)?")
"""Names that a golden answer gives to an arbitrary constant: `C`, `c_1`."""
_ANY_CONSTANT = re.compile(r"(?<![a-zA-Z\\])[Cc](?![a-zA-Z])")
"""A letter of a question that may name a constant: the C of "intercept C"."""
_SAYS_CONSTANT = re.compile(
    r"constant|arbitrary|\\int|integra|antiderivative|differential|常数", re.IGNORECASE
)
"""A question with an integral, or one that says what C is: "where C is a constant"."""
_SHIFTS = ("-1e6", "-1e-6", "1e-6", "1e6")
"""Values of a constant of integration that is put somewhere else than at the end."""


def with_same_constants(golden: Value, answer: Value, question: str) -> Iterator[Value]:
    """Yield the answer with its arbitrary constants under the golden answer's names.

    A name that the question mentions is no arbitrary constant, nor is a letter without a variable beside it:
    `A, C` and `A, D` are choices.
    """
    ours, theirs = variables(golden), variables(answer)
    missing, extra = sorted(ours - theirs), sorted(theirs - ours)
    if not missing and not extra:
        yield from exchanges(answer, [name for name in ours if _is_given(name, question)])
        return
    constant = _CONSTANT if question else _GIVEN_CONSTANT
    given = all(
        constant.fullmatch(name) and not _is_in(name, question) and is_arbitrary(golden, name, question)
        for name in missing
    )
    free = all(_CONSTANT.fullmatch(name) and not _is_in(name, question) for name in extra)
    shared = any(_GIVEN_CONSTANT.fullmatch(name) for name in ours & theirs)
    is_function = isinstance(golden, Named) or any(not name[0].isupper() for name in ours & theirs)
    if shared or not is_function or not missing or not given or not free:
        return
    yield from renamings(answer, extra, missing)


def with_given_constants(golden: Value, answer: Value, question: str) -> tuple[Value, Value]:
    """Return both values with another name for a C of the question: nobody may choose its value."""
    letters = [name for name in variables(golden) if _GIVEN_CONSTANT.fullmatch(name)]
    if not letters or not _ANY_CONSTANT.search(question) or _SAYS_CONSTANT.search(question):
        return golden, answer
    for name in letters:
        if not _is_in(name, question):
            continue
        golden, answer = (
            mapped(side, partial(substitute, name=name, value=Symbol(f"given {name}")))
            for side in (golden, answer)
        )
    return golden, answer


def _is_given(name: str, question: str) -> bool:
    """Return True for the name of an arbitrary constant with a number: `C_1`."""
    return _GIVEN_CONSTANT.fullmatch(name) is not None and "_" in name and not _is_in(name, question)


def _is_in(name: str, question: str) -> bool:
    return re.search(rf"(?<![a-zA-Z]){re.escape(name)}(?![a-zA-Z])", question) is not None


def same_antiderivative(golden: Expression, answer: Expression) -> bool:
    r"""Return True if both have an arbitrary constant and differ by a number: `\ln|3x| + C`, `\ln|x| + C`."""
    ours, theirs = _without_constant(golden), _without_constant(answer)
    if ours is None or not _GIVEN_CONSTANT.fullmatch(ours[1]):
        return False
    if theirs is None:
        return _has_every_shift(ours[0], ours[1], answer)
    (base, name), (other, other_name) = ours, theirs
    if (
        not symbols(base)
        or name in symbols(base)
        or other_name in symbols(other)
        or symbols(base) != symbols(other)
    ):
        return False
    if _differ_by_numbers(base, other):
        return True
    gap = difference(base, other)
    for variable in symbols(gap):
        gap = substitute(gap, variable, Number(point(variable, 0)))
    try:
        return identical(base, Apply("add", (other, gap)))
    except UndefinedError:
        return False


def _differ_by_numbers(base: Expression, other: Expression) -> bool:
    """Return True if two sums have the same terms but for numbers, as no test at points need show then."""
    ours, theirs = (
        Counter(side.arguments if isinstance(side, Apply) and side.function == "add" else (side,))
        for side in (base, other)
    )
    return not any(symbols(term) for term in ((ours - theirs) + (theirs - ours)))


def _has_every_shift(base: Expression, name: str, answer: Expression) -> bool:
    r"""Return True if the answer is the base and a number that its constant makes: `\frac{x^3 + C}{3}`.

    The number must be able to have either sign: `x + C^2` is not `x + C`.
    """
    if name in symbols(base) or symbols(answer) != symbols(base) | {name} or not symbols(base):
        return False
    gap = difference(answer, base)
    fixed = gap
    for variable in symbols(base):
        fixed = substitute(fixed, variable, Number(point(variable, 0)))
    try:
        if not identical(gap, fixed):
            return False
        shifts = [approximate(fixed, {name: Fraction(value)}) for value in _SHIFTS]
    except UndefinedError:
        return False
    real = [shift.real for shift in shifts if is_real(shift)]
    return bool(real) and min(real) < -1 and max(real) > 1


def _without_constant(expression: Expression) -> tuple[Expression, str] | None:
    """Return a sum without its arbitrary constant, and that constant's name."""
    if not isinstance(expression, Apply) or expression.function != "add":
        return None
    for at, term in enumerate(expression.arguments):
        inner = term.arguments[0] if isinstance(term, Apply) and term.function == "negative" else term
        if isinstance(inner, Symbol) and _CONSTANT.fullmatch(inner.name):
            rest = expression.arguments[:at] + expression.arguments[at + 1 :]
            return (rest[0] if len(rest) == 1 else Apply("add", rest)), inner.name
    return None
