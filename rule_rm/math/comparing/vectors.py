r"""Vectors in unit vectors: `2\hat{i} + 3\hat{j} - \hat{k}` is (2, 3, -1)."""

from __future__ import annotations

from rule_rm.math.comparing.identity import identical
from rule_rm.math.values.answers import Matrix, Quantity, Several, Value
from rule_rm.math.values.expression import (
    ONE,
    ZERO,
    Apply,
    Constant,
    Expression,
    Symbol,
    substitute,
    symbols,
    uses,
)

_HATS = ("ihat", "jhat", "khat")


def as_vectors(golden: Value, answer: Value) -> tuple[Value, Value]:
    """Return both sides with sums of unit vectors as tuples, if either is a tuple or a matrix."""
    if isinstance(golden, Quantity) and isinstance(answer, Quantity):
        return _imaginary(golden, answer), _imaginary(answer, golden)
    return _vector(golden, answer) or golden, _vector(answer, golden) or answer


def _imaginary(value: Quantity, other: Quantity) -> Quantity:
    r"""Return `3 + 4\mathbf{i}` as a complex number, next to one."""
    if symbols(value.expression) & set(_HATS) == {"ihat"} and uses(other.expression, "i"):
        return Quantity(substitute(value.expression, "ihat", Constant("i")), value.unit, value.percent)
    return value


def _vector(value: Value, other: Value) -> Value | None:
    if not isinstance(value, Quantity) or not _is_vector(other):
        return None
    expression = value.expression
    names = symbols(expression)
    if not names & set(_HATS):
        if not names & {"j", "k"} or not uses(expression, "i"):
            return None
        expression = _with_hats(expression)
    size = _length(other)
    hats = _HATS[:size]
    if size not in (2, 3) or (symbols(expression) & set(_HATS)) - set(hats):
        return None
    entries = [_coefficient(expression, hat) for hat in hats]
    whole = Apply(
        "add", tuple(Apply("multiply", pair) for pair in zip(entries, map(Symbol, hats), strict=True))
    )
    if not identical(expression, whole):
        return None
    return Several(tuple(Quantity(entry, value.unit) for entry in entries), "(")


def _is_vector(value: Value) -> bool:
    if isinstance(value, Matrix):
        return len(value.rows) == 1 or all(len(row) == 1 for row in value.rows)
    return isinstance(value, Several) and value.bracket in ("(", "[")


def _length(value: Value) -> int:
    if isinstance(value, Matrix):
        return max(len(value.rows), len(value.rows[0]))
    return len(value.values) if isinstance(value, Several) else 0


def _coefficient(expression: Expression, hat: str) -> Expression:
    for name in _HATS:
        expression = substitute(expression, name, ONE if name == hat else ZERO)
    return expression


def _with_hats(expression: Expression) -> Expression:
    match expression:
        case Constant("i"):
            return Symbol("ihat")
        case Symbol("j" | "k" as name):
            return Symbol(name + "hat")
        case Apply(function, arguments):
            return Apply(function, tuple(map(_with_hats, arguments)))
    return expression
