r"""Values with free parameters on their domains: `2\pi k, k \in \mathbb{Z}`, `\frac{\pi}{3} + 2k\pi`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from rule_rm.math.comparing.approximate import approximate, is_real
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.identity import identical, point
from rule_rm.math.comparing.renaming import renamings
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
    variables,
)
from rule_rm.math.values.expression import (
    ONE,
    TWO,
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
_INTEGER = re.compile(r"[jklmnN]")
"""A letter that is an integer by custom: `n`."""
_HALF = 2
"""The denominator of the shares of pi that a formula in n may have as well: `n\\pi`, `(n + \\frac12)\\pi`."""
_FIELDS = frozenset({"CC", "NN", "QQ", "RR", "ZZ"})
"""The names of the sets of numbers."""


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
    signs = _signs(ours)
    return bool(signs) and equal(_with_signs(ours.value, signs), _with_signs(theirs.value, signs))


def _signs(value: Conditioned) -> dict[str, bool]:
    """Return whether each variable with a condition such as `a < 0` is positive."""
    found = {}
    for domain in value.domains:
        match domain.within:
            case Inequality((Symbol(name), Number(bound)), (sign,)) if bound == 0 and sign != "ne":
                found[name] = sign in (">", "ge")
    return found


def _with_signs(value: Value, signs: dict[str, bool]) -> Value:
    """Return a value with a square, or its negative, for each variable whose sign is known."""
    for name, is_positive in signs.items():
        square = Apply("power", (Symbol(name), TWO))
        new = square if is_positive else negative(square)
        value = mapped(value, lambda one, name=name, new=new: substitute(one, name, new))  # type: ignore[misc]
    return value


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


def _declared(value: Conditioned) -> frozenset[str]:
    return frozenset(name for domain in value.domains for name in domain.names)


def _renamed(golden: Conditioned, answer: Conditioned) -> Iterator[Value]:
    """Yield the answer's value with its parameters under the golden answer's names, in every way."""
    ours, theirs = variables(golden.value), variables(answer.value)
    missing, extra = sorted(ours - theirs), sorted(theirs - ours)
    if not missing and not extra:
        yield answer.value
        return
    declared = _declared(golden) | _declared(answer)
    free = all(name in declared or _INTEGER.fullmatch(name) for name in (*missing, *extra))
    if free:
        yield from renamings(answer.value, extra, missing)


def _parameters(golden: Conditioned, value: Value) -> frozenset[str]:
    """Return the parameters that run over the integers."""
    declared = _declared(golden) or frozenset(filter(_INTEGER.fullmatch, variables(golden.value)))
    return declared & variables(value)


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
