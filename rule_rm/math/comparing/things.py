"""Times, dates, congruences and propositions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from rule_rm.math.comparing.amounts import same_value
from rule_rm.math.comparing.exact import InexactError, UndefinedError, exact
from rule_rm.math.comparing.identity import identical
from rule_rm.math.values.answers import Clock, Congruence, Date, Logic, Quantity, Several, Value
from rule_rm.math.values.expression import Expression, difference

_HALF_A_DAY = 12 * 60
_MOST_ATOMS = 8
_MOST_CLASSES, _LONGEST_PERIOD = 64, 10_000
"""The most classes of integers, and their longest common period, that are compared one by one."""


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


def same_residues(golden: Value, answer: Value) -> bool:
    r"""Return True for the same integers in other classes: 1 and 4 modulo 6 are 1 modulo 3."""
    if not isinstance(golden, Several) and not isinstance(answer, Several):
        return False
    ours, theirs = _classes(golden), _classes(answer)
    if not ours or not theirs or len({one.symbol for one in (*ours, *theirs) if one.symbol}) > 1:
        return False
    try:
        moduli = [_whole(one.modulus) for one in (*ours, *theirs)]
        period = math.lcm(*moduli)
        if not 0 < period <= _LONGEST_PERIOD:
            return False
        return _residues(ours, period) == _residues(theirs, period)
    except (InexactError, UndefinedError, KeyError, ZeroDivisionError):
        return False


def _classes(value: Value) -> list[Congruence]:
    values = value.values if isinstance(value, Several) and value.bracket != "(" else (value,)
    classes = [one for one in values if isinstance(one, Congruence)]
    return classes if len(classes) == len(values) <= _MOST_CLASSES else []


def _residues(classes: Iterable[Congruence], period: int) -> set[int]:
    return {
        number
        for one in classes
        for number in range(_whole(one.residue) % _whole(one.modulus), period, _whole(one.modulus))
    }


def _whole(expression: Expression) -> int:
    value = exact(expression, {})
    if value.denominator != 1:
        raise InexactError("not an integer")
    return int(value)


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
