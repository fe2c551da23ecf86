r"""Values with free parameters: `2\pi k, k \in \mathbb{Z}`, and constants of integration."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import permutations

from rule_rm.math.comparing.approximate import approximate, is_real
from rule_rm.math.comparing.constants import is_arbitrary
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.identity import identical, point
from rule_rm.math.values.answers import (
    REALS,
    Conditioned,
    Domain,
    Inequality,
    Named,
    Quantity,
    Several,
    Value,
    Words,
    expressions,
    mapped,
)
from rule_rm.math.values.expression import (
    ONE,
    ZERO,
    Apply,
    Expression,
    Number,
    Symbol,
    difference,
    negative,
    substitute,
    symbols,
    uses,
)

Equal = Callable[[Value, Value], bool]
_CONSTANT = re.compile(r"[CcKkABD](?:_?\d)?")
"""Names of arbitrary constants: `C`, `c_1`, `k`."""
_GIVEN_CONSTANT = re.compile(r"[Cc](?:_?\d)?")
"""Names that a golden answer gives to an arbitrary constant: `C`, `c_1`."""
_INTEGER = re.compile(r"[jklmnN]")
"""A letter that is an integer by custom: `n`."""
_MOST_PARAMETERS = 3
_HALF = 2
_SHIFTS = ("-1e6", "-1e-6", "1e-6", "1e6")
"""Values of a constant of integration that is put somewhere else than at the end."""
_FIELDS = frozenset({"ZZ", "NN", "RR", "QQ", "CC"})


def same_conditioned(golden: Value, answer: Value, equal: Equal) -> bool:
    """Return True for equal values on equal domains; a parameter may have another name."""
    ours, theirs = _unconditioned(golden), _unconditioned(answer)
    if ours.is_set != theirs.is_set and not (ours.domains and theirs.domains):
        return False
    if not _compatible(ours, theirs, equal):
        return False
    integers = _fields(ours) | _fields(theirs) <= {"ZZ"}
    for value in _renamed(ours, theirs):
        if _same_values(ours.value, value, equal, _parameters(ours, value) if integers else frozenset()):
            return True
    return False


def same_periodic(golden: Value, answer: Value, equal: Equal) -> bool:
    r"""Return True for the same angles, a period apart: `\frac{\pi}{3} + 2k\pi` with any integer k."""
    both = [*expressions(golden), *expressions(answer)]
    if not all(map(_is_periodic, both)):
        return False
    return same_conditioned(Conditioned(golden, ()), Conditioned(answer, ()), equal)


def _is_periodic(expression: Expression) -> bool:
    r"""Return True for an angle and periods that an integer by custom counts: `\frac{\pi}{3} + 2k\pi`."""
    names = symbols(expression)
    if len(names) != 1 or not _INTEGER.fullmatch(min(names)) or not uses(expression, "pi"):
        return False
    found = line(expression, min(names))
    if found is None or identical(found[1], ZERO):
        return False
    share = approximate(Apply("divide", found), {})
    # `(n + 1)\pi` may be a formula in n, of which `n\pi` is another one; an angle has its own share.
    return bool(is_real(share)) and Fraction(float(share.real)).limit_denominator(720).denominator > _HALF


def _unconditioned(value: Value) -> Conditioned:
    if isinstance(value, Named) and isinstance(value.value, Conditioned):
        inner = value.value
        return Conditioned(Named(value.name, inner.value, value.symbol), inner.domains, inner.is_set)
    return value if isinstance(value, Conditioned) else Conditioned(value, ())


def _field(domain: Domain) -> str:
    if domain.within == REALS:
        return "RR"
    if isinstance(domain.within, Words) and domain.within.text in _FIELDS:
        return domain.within.text
    return ""


def _fields(value: Conditioned) -> set[str]:
    return {name for domain in value.domains if (name := _field(domain)) and name not in ("RR", "CC")}


def _compatible(golden: Conditioned, answer: Conditioned, equal: Equal) -> bool:
    """Return True if neither side has a condition that the other contradicts or would have to have."""
    ours, theirs = _fields(golden), _fields(answer)
    if ours and theirs and ours != theirs:
        return False
    strict = [domain.within for domain in golden.domains if not _is_harmless(domain)]
    found = [domain.within for domain in answer.domains if not _is_harmless(domain)]
    if len(strict) != len(found):
        return False
    return all(
        any(one is not None and other is not None and equal(one, other) for other in found) for one in strict
    )


def _is_harmless(domain: Domain) -> bool:
    """Return True for a domain that the value goes with anyway: all integers, `n \\ge 1`, `x \\ne 0`."""
    if domain.within is None or _field(domain):
        return True
    match domain.within:
        case Inequality((Symbol(name), Number(least)), ("ge" | ">",)):
            return _INTEGER.fullmatch(name) is not None and -1 <= least <= 1
        case Inequality(_, ("ne",)):
            return True
    return isinstance(domain.within, Words) and domain.within.text.startswith(("NN", "ZZ", "RR"))


def _variables(value: Value) -> frozenset[str]:
    return frozenset().union(*map(symbols, expressions(value)))


def _declared(value: Conditioned) -> frozenset[str]:
    return frozenset(name for domain in value.domains for name in domain.names)


def _renamed(golden: Conditioned, answer: Conditioned) -> Iterator[Value]:
    """Yield the answer's value with its parameters under the golden answer's names, in every way."""
    ours, theirs = _variables(golden.value), _variables(answer.value)
    missing, extra = sorted(ours - theirs), sorted(theirs - ours)
    if not missing and not extra:
        yield answer.value
        return
    declared = _declared(golden) | _declared(answer)
    free = all(name in declared or _INTEGER.fullmatch(name) for name in (*missing, *extra))
    if len(missing) != len(extra) or len(missing) > _MOST_PARAMETERS or not free:
        return
    for order in permutations(extra):
        value = answer.value
        for old, new in zip(order, missing, strict=True):
            value = mapped(value, lambda one, old=old, new=new: substitute(one, old, Symbol(new)))  # type: ignore[misc]
        yield value


def _parameters(golden: Conditioned, value: Value) -> frozenset[str]:
    """Return the parameters that run over the integers."""
    declared = _declared(golden) or frozenset(filter(_INTEGER.fullmatch, _variables(golden.value)))
    return declared & _variables(value)


def _same_values(golden: Value, answer: Value, equal: Equal, integers: frozenset[str]) -> bool:
    if isinstance(golden, Named) and not isinstance(answer, Named):
        golden = golden.value
    elif isinstance(answer, Named) and not isinstance(golden, Named):
        answer = answer.value
    if isinstance(golden, Several) and isinstance(answer, Several) and golden.bracket == answer.bracket == "":
        left = list(answer.values)
        for one in golden.values:
            found = next((other for other in left if _same_values(one, other, equal, integers)), None)
            if found is None:
                return False
            left.remove(found)
        return not left
    if equal(golden, answer):
        return True
    if isinstance(golden, Named) and isinstance(answer, Named) and golden.name == answer.name:
        golden, answer = golden.value, answer.value
    if len(integers) == 1 and isinstance(golden, Quantity) and isinstance(answer, Quantity):
        (name,) = integers
        return (
            not golden.unit
            and not answer.unit
            and _same_progression(golden.expression, answer.expression, name)
        )
    return False


def _same_progression(golden: Expression, answer: Expression, name: str) -> bool:
    """Return True for `a + bk` and `a' ± bk` over all integers k, if b divides the gap of the starts."""
    ours, theirs = line(golden, name), line(answer, name)
    if ours is None or theirs is None:
        return False
    (start, step), (other, other_step) = ours, theirs
    if not identical(step, other_step) and not identical(step, negative(other_step)):
        return False
    steps = Apply("divide", (difference(start, other), step))
    try:
        count = approximate(steps, {one: point(one, 0) for one in symbols(steps)})
    except UndefinedError:
        return False
    return bool(is_real(count)) and identical(steps, Number(_nearest(count.real)))


def _nearest(value: object) -> Fraction:
    return Fraction(round(float(value)))  # type: ignore[arg-type]


def line(expression: Expression, name: str) -> tuple[Expression, Expression] | None:
    """Return the start and the step of `a + bk` in k; None if it is not linear in it."""
    start = substitute(expression, name, ZERO)
    step = difference(substitute(expression, name, ONE), start)
    line = Apply("add", (start, Apply("multiply", (step, Symbol(name)))))
    return (start, step) if name not in symbols(step) and identical(expression, line) else None


def with_same_constants(golden: Value, answer: Value, question: str) -> Iterator[Value]:
    """Yield the answer with its arbitrary constants under the golden answer's names.

    A name that the question mentions is no arbitrary constant, nor is a letter without a variable beside it:
    `A, C` and `A, D` are choices.
    """
    ours, theirs = _variables(golden), _variables(answer)
    missing, extra = sorted(ours - theirs), sorted(theirs - ours)
    if not missing and not extra:
        yield from _exchanged(answer, [name for name in ours if _is_given(name, question)])
        return
    constant = _CONSTANT if question else _GIVEN_CONSTANT
    given = all(
        constant.fullmatch(name) and not _is_in(name, question) and is_arbitrary(golden, name, question)
        for name in missing
    )
    free = all(_CONSTANT.fullmatch(name) and not _is_in(name, question) for name in extra)
    shared = any(_GIVEN_CONSTANT.fullmatch(name) for name in ours & theirs)
    is_function = isinstance(golden, Named) or any(not name[0].isupper() for name in ours & theirs)
    if (
        shared
        or not is_function
        or not missing
        or len(missing) != len(extra)
        or len(missing) > _MOST_PARAMETERS
        or not given
        or not free
    ):
        return
    for order in permutations(extra):
        value = answer
        for old, new in zip(order, missing, strict=True):
            value = mapped(value, lambda one, old=old, new=new: substitute(one, old, Symbol(new)))  # type: ignore[misc]
        yield value


def _is_given(name: str, question: str) -> bool:
    """Return True for the name of an arbitrary constant with a number: `C_1`."""
    return _GIVEN_CONSTANT.fullmatch(name) is not None and "_" in name and not _is_in(name, question)


def _exchanged(value: Value, names: list[str]) -> Iterator[Value]:
    """Yield a value with its arbitrary constants in another order: `C_1` and `C_2` change places."""
    if not 2 <= len(names) <= _MOST_PARAMETERS:
        return
    aside = value
    for name in names:
        aside = mapped(aside, lambda one, name=name: substitute(one, name, Symbol(f"{name} aside")))  # type: ignore[misc]
    for order in permutations(names):
        if list(order) == names:
            continue
        exchanged = aside
        for old, new in zip(names, order, strict=True):
            exchanged = mapped(
                exchanged,
                lambda one, old=old, new=new: substitute(one, f"{old} aside", Symbol(new)),  # type: ignore[misc]
            )
        yield exchanged


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
