"""Times, dates, congruences and propositions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from rule_rm.math.comparing.amounts import same_value
from rule_rm.math.comparing.exact import InexactError, UndefinedError, exact
from rule_rm.math.comparing.identity import identical
from rule_rm.math.values.answers import Clock, Congruence, Date, Logic, Quantity
from rule_rm.math.values.expression import Expression, difference

_HALF_A_DAY = 12 * 60
_MOST_ATOMS = 8


def same_time(golden: Clock, answer: Clock) -> bool:
    """Return True for the same time; am and pm contradict each other, and may be left out."""
    if golden.half and answer.half:
        return golden.minutes == answer.minutes
    return golden.minutes % _HALF_A_DAY == answer.minutes % _HALF_A_DAY


def same_date(golden: Date, answer: Date) -> bool:
    """Return True for the same day; a year that the golden answer has must be there."""
    same_day = (golden.month, golden.day) == (answer.month, answer.day)
    return same_day and (golden.year == answer.year or not golden.year)


def same_congruence(golden: Congruence, answer: Congruence) -> bool:
    """Return True for residues that differ by a multiple of the same modulus."""
    if not identical(golden.modulus, answer.modulus):
        return False
    if golden.symbol and answer.symbol and not _same_symbol(golden.symbol, answer.symbol):
        return False
    try:
        gap = exact(difference(golden.residue, answer.residue), {})
        return gap % exact(golden.modulus, {}) == 0
    except (InexactError, UndefinedError, KeyError, ZeroDivisionError):
        return identical(golden.residue, answer.residue)


def _same_symbol(golden: Expression, answer: Expression) -> bool:
    return golden == answer or identical(golden, answer)


def is_residue(golden: Quantity, answer: Congruence) -> bool:
    """Return True if `x ≡ 3 (mod 7)` gives 3, the least residue, which is asked for."""
    try:
        is_least = 0 <= exact(answer.residue, {}) < exact(answer.modulus, {})
    except (InexactError, UndefinedError, KeyError):
        return False
    return (
        is_least and not golden.unit and not golden.percent and same_value(golden.expression, answer.residue)
    )


def same_proposition(golden: Logic, answer: Logic) -> bool:
    """Return True for the same truth table over the same atoms."""
    atoms = sorted(set(_atoms(golden)))
    if atoms != sorted(set(_atoms(answer))) or len(atoms) > _MOST_ATOMS:
        return False
    rows = (dict(zip(atoms, row, strict=True)) for row in product((False, True), repeat=len(atoms)))
    return all(_holds(golden, row) == _holds(answer, row) for row in rows)


def _atoms(proposition: Logic) -> Iterator[str]:
    if not proposition.parts:
        yield proposition.operator
    for part in proposition.parts:
        yield from _atoms(part)


def _holds(proposition: Logic, values: Mapping[str, bool]) -> bool:
    if not proposition.parts:
        return values[proposition.operator]
    parts = [_holds(part, values) for part in proposition.parts]
    match proposition.operator:
        case "not":
            return not parts[0]
        case "and":
            return all(parts)
        case "or":
            return any(parts)
        case "if":
            return parts[1] or not parts[0]
    return parts[0] == parts[1]
