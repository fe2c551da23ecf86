"""Decide whether two values are the same, by one rule for each pair of kinds.

Each rule is sound: values that it calls equal have the same meaning. Where two readings are usual (a bare
list or a set, `(1, 2)` as a point or an interval) the golden answer's form decides. `compare` decides about
the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rule_rm.math.comparing.amounts import same_quantity
from rule_rm.math.comparing.equations import same_equations, same_inequalities
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.families import same_conditioned
from rule_rm.math.comparing.groups import same_words
from rule_rm.math.comparing.growth import same_growth
from rule_rm.math.comparing.names import same_named, states
from rule_rm.math.comparing.pieces import same_function, same_piecewise
from rule_rm.math.comparing.progressions import as_congruence, same_progression
from rule_rm.math.comparing.ratios import is_quotient, same_ratio
from rule_rm.math.comparing.real_sets import real_set, same_sets
from rule_rm.math.comparing.set_algebra import same_combinations
from rule_rm.math.comparing.settling import settled
from rule_rm.math.comparing.spans import is_span, same_spans
from rule_rm.math.comparing.things import (
    is_residue,
    same_congruence,
    same_date,
    same_proposition,
    same_residues,
    same_time,
)
from rule_rm.math.comparing.vectors import as_vectors
from rule_rm.math.values.answers import (
    Based,
    Chain,
    Clock,
    Conditioned,
    Congruence,
    Date,
    Growth,
    Inequality,
    Interval,
    Logic,
    Matrix,
    Named,
    Piecewise,
    Progression,
    Quantity,
    Ratio,
    SetOperation,
    Several,
    Value,
    Words,
    variables,
)
from rule_rm.math.values.expression import ONE, ZERO, Number, Symbol, UnreadableError

MOST_VALUES = 64
"""The longest list that is compared."""
_LONG = 4
"""The numbers of a list that can't be the coordinates of a point."""


def equal(golden: Value, answer: Value) -> bool:
    """Return True if the answer is the golden answer."""
    if states(golden, answer):
        return True
    golden, answer = settled(golden), settled(answer)
    if golden == answer:
        return True
    if isinstance(golden, Congruence) != isinstance(answer, Congruence) and _by_residue(golden, answer):
        return True
    if same_residues(golden, answer):
        return True
    if isinstance(golden, Progression) or isinstance(answer, Progression):
        return same_progression(golden, answer)
    if isinstance(golden, Conditioned) or isinstance(answer, Conditioned):
        return same_conditioned(golden, answer, equal)
    if isinstance(golden, Named) or isinstance(answer, Named):
        return same_named(golden, answer, equal)
    if isinstance(golden, Chain) or isinstance(answer, Chain):
        return isinstance(golden, Chain) and isinstance(answer, Chain) and same_equations(golden, answer)
    golden, answer = as_vectors(golden, answer)
    if any(isinstance(value, (Interval, Inequality, SetOperation)) for value in (golden, answer)):
        return _same_sets(golden, answer)
    if isinstance(golden, Several) or isinstance(answer, Several):
        return _several(golden, answer)
    rule = _RULES.get((type(golden), type(answer)))
    return rule(golden, answer) if rule else False


def _by_residue(golden: Value, answer: Value) -> bool:
    """Return True if one side is the other's congruence, as `x = 5k + 2` for all integers k."""
    if isinstance(golden, Congruence):
        other = as_congruence(answer)
        return other is not None and same_congruence(golden, other)
    other = as_congruence(golden)
    return other is not None and isinstance(answer, Congruence) and same_congruence(other, answer)


def _same_sets(golden: Value, answer: Value) -> bool:
    if is_span(golden) or is_span(answer):
        return same_spans(golden, answer, _matching)
    if same_combinations(golden, answer):
        return True
    if isinstance(golden, Quantity) or isinstance(answer, Quantity) or _of_other_variables(golden, answer):
        return False
    try:
        return same_sets(real_set(golden), real_set(answer))
    except (UnreadableError, UndefinedError):
        if isinstance(golden, Several) and isinstance(answer, Several):
            return _several(golden, answer)
        return _same_operations(golden, answer) or same_inequalities(golden, answer)


def _same_operations(golden: Value, answer: Value) -> bool:
    """Return True for unions or intersections of the same sets in any order."""
    if not isinstance(golden, SetOperation) or not isinstance(answer, SetOperation):
        return False
    if golden.sign != answer.sign or len(golden.sets) != len(answer.sets):
        return False
    if golden.sign == "setminus":
        return all(map(equal, golden.sets, answer.sets))
    return _matching(golden.sets, answer.sets)


def _of_other_variables(golden: Value, answer: Value) -> bool:
    """Return True for `k > 2` and `n > 2`; a set without a variable fits every variable."""
    both = isinstance(golden, Inequality) and isinstance(answer, Inequality)
    ours, theirs = (variables(side) for side in (golden, answer))
    return both and ours != theirs


def _several(golden: Value, answer: Value) -> bool:
    """Compare tuples in order, lists and sets in any order; named values may match a tuple."""
    if not isinstance(golden, Several) or not isinstance(answer, Several):
        return _one_and_several(golden, answer)
    if "or" in (golden.bracket, answer.bracket) and golden.bracket != answer.bracket:
        return False
    ours: Sequence[Value] = golden.values
    theirs: Sequence[Value] = answer.values
    if max(len(ours), len(theirs)) > MOST_VALUES:
        return False
    if golden.bracket == "(" and answer.bracket != "(" and len(theirs) == 1:
        return equal(golden, theirs[0])
    if "(" in (golden.bracket, answer.bracket) or "[" in (golden.bracket, answer.bracket):
        if golden.bracket != answer.bracket:
            ours, theirs = _ordered(golden, answer), _ordered(answer, golden)
        return len(ours) == len(theirs) and bool(ours) and all(map(equal, ours, theirs))
    if len(ours) != len(theirs):
        ours, theirs = _distinct(golden), _distinct(answer)
        if len(ours) < len(golden.values) and not golden.bracket:
            # A golden list that repeats a value counts it: `2, 2, -1` is neither `2, -1` nor `2, 2, 2, -1`.
            return False
    if golden.bracket == answer.bracket == "{" and _sets_in(ours) != _sets_in(theirs):
        # The element {1} is not 1.
        return False
    return len(ours) == len(theirs) and _matching(ours, theirs)


def _sets_in(values: Sequence[Value]) -> int:
    return sum(isinstance(value, Several) and value.bracket == "{" for value in values)


def _one_and_several(golden: Value, answer: Value) -> bool:
    """Compare one value with a list of one, and a column or row of numbers with a tuple."""
    for several, other in ((golden, answer), (answer, golden)):
        if (
            isinstance(several, Several)
            and several.bracket in ("", "{")
            and len(several.values) <= MOST_VALUES
        ):
            only = _distinct(several)
            if len(only) == 1:
                return equal(only[0], other) if several is golden else equal(other, only[0])
    if isinstance(answer, Several) and isinstance(golden, Matrix) and (rows := _rows(answer)):
        return _matrices(golden, rows)
    if isinstance(golden, Several) and isinstance(answer, Matrix) and (rows := _rows(golden)):
        return _matrices(rows, answer)
    matrix, several = (golden, answer) if isinstance(golden, Matrix) else (answer, golden)
    if not isinstance(matrix, Matrix) or not isinstance(several, Several):
        return False
    if several.bracket not in ("(", "["):
        several = Several(tuple(_ordered(several)), "(")
    is_column = all(len(row) == 1 for row in matrix.rows)
    entries = tuple(row[0] for row in matrix.rows) if is_column else matrix.rows[0]
    is_vector = is_column or len(matrix.rows) == 1
    return is_vector and len(entries) == len(several.values) and all(map(equal, entries, several.values))


def _rows(several: Several) -> Matrix | None:
    """Read `[[1, 2], [3, 4]]` as a matrix."""
    rows = [
        row.values for row in several.values if isinstance(row, Several) and row.bracket == several.bracket
    ]
    return Matrix(tuple(rows)) if several.bracket == "[" and len(rows) == len(several.values) else None


def _ordered(several: Several, other: Several | None = None) -> Sequence[Value]:
    """Return the values of a tuple; those of a list only if they have names that put them in order.

    A list of four numbers or more is a tuple as well, next to one.
    """
    if several.bracket == "(":
        return several.values
    if other is not None and not several.bracket and len(several.values) >= _LONG:
        return several.values if all(map(_is_plain_number, (*several.values, *other.values))) else ()
    if several.bracket or not all(
        isinstance(value, Named) and len(value.name) <= 12 for value in several.values
    ):
        return ()
    return _by_name(several.values)


def _is_plain_number(value: Value) -> bool:
    return isinstance(value, Quantity) and not variables(value)


def _by_name(values: Sequence[Value]) -> list[Value]:
    """Return named values in the order of their names, or unchanged if the names have no usual order."""
    named = [value for value in values if isinstance(value, Named)]
    return [value.value for value in sorted(named, key=lambda value: value.name)]


def _distinct(several: Several) -> tuple[Value, ...]:
    """Return the values without repetitions."""
    kept: list[Value] = []
    for value in several.values:
        if not any(equal(other, value) for other in kept):
            kept.append(value)
    return tuple(kept)


def _matching(golden: Sequence[Value], answer: Sequence[Value]) -> bool:
    """Return True if each value has its own equal on the other side, in any order."""
    left = list(answer)
    for one in golden:
        found = next((at for at, other in enumerate(left) if equal(one, other)), None)
        if found is None:
            return False
        del left[found]
    return True


def _matrices(golden: Matrix, answer: Matrix) -> bool:
    if [len(row) for row in golden.rows] != [len(row) for row in answer.rows]:
        return False
    return all(
        equal(one, other)
        for ours, theirs in zip(golden.rows, answer.rows, strict=True)
        for one, other in zip(ours, theirs, strict=True)
    )


def is_identity(matrix: Matrix, name: Quantity) -> bool:
    """Return True for the identity matrix and its name, `I` or `I_2`."""
    size = len(matrix.rows)
    if name.unit or name.expression not in (Symbol("I"), Symbol(f"I_{size}")):
        return False
    return all(
        len(row) == size
        and all(equal(Quantity(ONE if at == place else ZERO), entry) for place, entry in enumerate(row))
        for at, row in enumerate(matrix.rows)
    )


def _based(golden: Value, answer: Value) -> bool:
    """Take digits without a base as digits in the golden answer's base, never as a value."""
    if isinstance(golden, Based) and isinstance(answer, Quantity):
        expression = answer.expression
        return isinstance(expression, Number) and not answer.unit and str(expression.value) == golden.digits
    return False


_RULES: dict[tuple[type, type], Callable[..., bool]] = {
    (Quantity, Quantity): same_quantity,
    (Words, Words): same_words,
    (Matrix, Matrix): _matrices,
    (Ratio, Ratio): same_ratio,
    (Ratio, Quantity): is_quotient,
    (Quantity, Ratio): is_quotient,
    (Based, Quantity): _based,
    (Clock, Clock): same_time,
    (Date, Date): same_date,
    (Logic, Logic): same_proposition,
    (Growth, Growth): same_growth,
    (Congruence, Congruence): same_congruence,
    (Quantity, Congruence): is_residue,
    (Piecewise, Piecewise): lambda golden, answer: (
        same_piecewise(golden, answer, equal) or same_function(golden, answer)
    ),
    (Quantity, Piecewise): lambda golden, answer: same_function(golden, answer),
    (Piecewise, Quantity): lambda golden, answer: same_function(golden, answer),
    (Matrix, Quantity): lambda golden, answer: is_identity(golden, answer),
    (Quantity, Matrix): lambda golden, answer: is_identity(answer, golden),
}
