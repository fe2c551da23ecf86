r"""Integers of one residue, and lists that go on: `x \equiv 2 \pmod 5`, `5k+2`, `\{2, 4, 6, \ldots\}`.

Each is a start and a step; a list that goes on at one end only also has a first element.
"""

from __future__ import annotations

from collections.abc import Iterator

from rule_rm.math.comparing.exact import InexactError, UndefinedError, exact
from rule_rm.math.comparing.families import line
from rule_rm.math.comparing.identity import identical
from rule_rm.math.values.answers import (
    Conditioned,
    Congruence,
    Domain,
    Inequality,
    Named,
    Progression,
    Quantity,
    Value,
    Words,
)
from rule_rm.math.values.expression import Number, Symbol, symbols

_INTEGERS = Words("ZZ")
_POSITIVE = frozenset({"ZZ+", "ZZ>0", "ZZge1", "NN+", "NN*", "NN>0", "NNge1"})
_NONNEGATIVE = frozenset({"NN0", "ZZge0", "NNge0"})


def as_congruence(value: Value) -> Congruence | None:
    r"""Return `x = 5k+2` for integers k as a congruence; None if it is none.

    Without a domain the letter runs over the integers, as next to a congruence nothing else is meant.
    """
    name, inner = "", value
    domains: tuple[Domain, ...] = ()
    while isinstance(inner, (Named, Conditioned)):
        if isinstance(inner, Named):
            name = inner.name
        else:
            domains += inner.domains
        inner = inner.value
    if not isinstance(inner, Quantity) or inner.unit or inner.percent:
        return None
    parameters = symbols(inner.expression)
    if len(parameters) != 1 or not all(_is_all_integers(domain, parameters) for domain in domains):
        return None
    found = line(inner.expression, next(iter(parameters)))
    if found is None:
        return None
    return Congruence(found[0], found[1], Symbol(name) if name else None)


def _is_all_integers(domain: Domain, names: frozenset[str]) -> bool:
    return domain.within in (_INTEGERS, None) and set(domain.names) <= names


def same_progression(golden: Value, answer: Value) -> bool:
    """Return True if a list that goes on has the elements of the other side, in the same order."""
    if isinstance(golden, Progression) and isinstance(answer, Progression):
        if golden.last is not None and answer.last is not None:
            return _same_to_the_last(golden, answer)
        if golden.last is not None or answer.last is not None:
            return False
    if isinstance(golden, Progression) and isinstance(answer, Progression) and not golden.kind:
        shared = min(len(golden.terms), len(answer.terms))
        return not answer.kind and golden.terms[:shared] == answer.terms[:shared]
    ours, theirs = list(_progressions(golden)), list(_progressions(answer))
    return any(one == other for one in ours for other in theirs)


def _same_to_the_last(golden: Progression, answer: Progression) -> bool:
    """Return True for the same first terms and the same last one; two terms alone show a sum."""
    shared = min(len(golden.terms), len(answer.terms))
    if golden.last is None or answer.last is None or golden.terms[:shared] != answer.terms[:shared]:
        return False
    kinds = {one.kind or ("sum" if len(one.terms) == 2 else "none") for one in (golden, answer)}
    return len(kinds) == 1 and identical(golden.last, answer.last)


def _progressions(value: Value) -> Iterator[tuple[object, ...]]:
    """Yield what a value may mean: natural numbers begin at 0 or at 1."""
    if isinstance(value, Progression) and value.last is None:
        yield value.kind, value.terms[0], value.step
    if not isinstance(value, Conditioned) or not isinstance(value.value, Quantity) or value.value.unit:
        return
    expression = value.value.expression
    parameters = symbols(expression)
    if len(parameters) != 1 or len(value.domains) != 1:
        return
    found = line(expression, next(iter(parameters)))
    if found is None:
        return
    try:
        start, step = (exact(one, {}) for one in found)
    except (InexactError, UndefinedError):
        return
    for first in _first_numbers(value.domains[0], next(iter(parameters))):
        yield "sum", start + first * step, step


def _first_numbers(domain: Domain, name: str) -> Iterator[int]:
    match domain.within:
        case Words("NN"):
            yield from (0, 1)
        case Words(text) if text in _POSITIVE:
            yield 1
        case Words(text) if text in _NONNEGATIVE:
            yield 0
        case Inequality((Symbol(symbol), Number(bound)), ("ge" | ">" as sign,)) if symbol == name:
            if bound.denominator == 1:
                yield int(bound) + (sign == ">")
