r"""Identities of matrices, whose product has an order: `A^TB` is `(B^TA)^T`, and differs from `BA^T`.

Capital letters are matrices and small ones numbers. Both sides are worked out for matrices over a prime field
that are digests of the letters. An expression with anything but sums, products, powers, inverses and
transposes is not compared.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.modular import PRIME
from rule_rm.math.values.expression import Apply, Expression, Number, Symbol, symbols, uses

_SIZE = 3
_POINTS = 2
_LARGEST_POWER = 64
_MOST_LETTERS = 4
_UNITS = frozenset({"I", "E"})
"""The names of the identity matrix."""

_MATRICES = re.compile(
    r"matrices|matrix|\blinear (?:operators|maps|transformations)\b|(?:cartesian|cross) product|矩阵",
    re.IGNORECASE,
)
"""Letters may be matrices: `matrices`."""
_COMMUTING = re.compile(r"commut|diagonal|determinant|\\det\b", re.IGNORECASE)
"""The order of a product does not count, or its factors are numbers: `commute`."""

_SIZES = re.compile(r"\b(?:size|dimensions?|order|shape)\b", re.IGNORECASE)
r"""Asks for two numbers in an order, `2 \times 3`: `dimensions`."""

Rows = tuple[tuple[int, ...], ...]
_Value = int | Rows


def is_about_matrices(golden: Expression, answer: Expression) -> bool:
    r"""Return True for a transpose, `AB - BA`, and products of capitals with an inverse: `A^{-1}B^{-1}`."""
    if uses(golden, "transpose") or uses(answer, "transpose"):
        return True
    if _has_both_orders(golden) or _has_both_orders(answer):
        return True
    names = symbols(golden) | symbols(answer)
    return (
        1 < len(names) <= _MOST_LETTERS
        and all(len(name) == 1 and name.isupper() for name in names)
        and _has_inverse(golden)
        and _has_inverse(answer)
    )


def swaps_matrices(golden: Expression, answer: Expression, question: str) -> bool:
    """Return True for other matrices than the golden answer's, or their size the other way round."""
    if not is_of_matrices(question):
        return False
    if _SIZES.search(question):
        match golden, answer:
            case Apply("multiply", (rows, columns)), Apply("multiply", (first, second)):
                return rows == second != columns == first
    if len(symbols(golden) | symbols(answer)) < 2 or not (
        _is_of_capitals(golden) and _is_of_capitals(answer)
    ):
        return False
    return not same_matrices(golden, answer)


def is_of_matrices(question: str) -> bool:
    """Return True for a question about matrices whose product has an order."""
    return bool(_MATRICES.search(question)) and not _COMMUTING.search(question)


def _is_of_capitals(expression: Expression) -> bool:
    """Return True for sums of products of powers of single capitals and numbers."""

    def is_plain(part: Expression) -> bool:
        match part:
            case Number():
                return True
            case Symbol(name):
                return _is_capital(name)
            case Apply("power", (base, Number(exponent))):
                return exponent.denominator == 1 and is_plain(base)
            case Apply("add" | "multiply" | "negative", arguments):
                return all(map(is_plain, arguments))
        return False

    return is_plain(expression)


def _has_both_orders(expression: Expression) -> bool:
    """Return True for a sum with the same capitals in two orders, which no writer of numbers has."""
    if not isinstance(expression, Apply):
        return False
    if expression.function == "add":
        found = [names for names in map(_capitals, expression.arguments) if names]
        if any(one != other and sorted(one) == sorted(other) for one in found for other in found):
            return True
    return any(map(_has_both_orders, expression.arguments))


def _capitals(term: Expression) -> tuple[str, ...]:
    """Return the capitals of a product in their order, signs and numbers left out; none for another term."""
    match term:
        case Apply("negative", (inner,)):
            return _capitals(inner)
        case Apply("multiply", factors):
            names = [one.name for one in factors if isinstance(one, Symbol)]
            numbers = sum(isinstance(one, Number) for one in factors)
            is_product = len(names) + numbers == len(factors) and all(map(_is_capital, names))
            return tuple(names) if is_product else ()
    return ()


def _is_capital(name: str) -> bool:
    return len(name) == 1 and name.isupper()


def _has_inverse(expression: Expression) -> bool:
    """Return True if a capital or a product of them has the exponent −1; a writer of numbers divides."""
    match expression:
        case Apply("power", (_, Number(Fraction(numerator=-1, denominator=1)))):
            return True
        case Apply("divide" | "add", _):
            return False
        case Apply(_, arguments):
            return any(map(_has_inverse, arguments))
    return False


def same_matrices(golden: Expression, answer: Expression) -> bool:
    """Return True if both are the same for all matrices."""
    try:
        return all(_value(golden, at) == _value(answer, at) for at in range(_POINTS))
    except UndefinedError:
        return golden == answer


def _value(expression: Expression, at: int) -> _Value:
    match expression:
        case Number(value):
            return value.numerator * pow(value.denominator, -1, PRIME) % PRIME
        case Symbol(name):
            return _of_letter(name, at)
        case Apply("add", terms):
            return _folded(_sum, [_value(term, at) for term in terms])
        case Apply("negative", (inner,)):
            return _product(PRIME - 1, _value(inner, at))
        case Apply("multiply", factors):
            return _folded(_product, [_value(factor, at) for factor in factors])
        case Apply("divide", (above, below)):
            divisor = _value(below, at)
            if not isinstance(divisor, int):
                raise UndefinedError("a division by a matrix")
            return _product(_value(above, at), _inverse(divisor))
        case Apply("transpose", (inner,)):
            found = _value(inner, at)
            return found if isinstance(found, int) else tuple(zip(*found, strict=True))
        case Apply("power", (base, Number(exponent))) if (
            exponent.denominator == 1 and abs(exponent) <= _LARGEST_POWER
        ):
            found = _value(base, at)
            found = found if exponent >= 0 else _inverse(found)
            return _folded(_product, [found] * abs(int(exponent))) if exponent else 1
    raise UndefinedError("something else than sums and products of matrices")


def _of_letter(name: str, at: int) -> _Value:
    def entry(place: int) -> int:
        return int.from_bytes(hashlib.sha256(f"{name}:{at}:{place}".encode()).digest()[:16], "big") % PRIME

    if name in _UNITS:
        return 1
    if not name[0].isupper():
        return entry(0)
    return tuple(tuple(entry(row * _SIZE + column) for column in range(_SIZE)) for row in range(_SIZE))


def _folded(operation: Callable[[_Value, _Value], _Value], values: Sequence[_Value]) -> _Value:
    result = values[0]
    for value in values[1:]:
        result = operation(result, value)
    return result


def _as_matrix(value: _Value) -> Rows:
    if not isinstance(value, int):
        return value
    return tuple(tuple(value if row == column else 0 for column in range(_SIZE)) for row in range(_SIZE))


def _sum(left: _Value, right: _Value) -> _Value:
    if isinstance(left, int) and isinstance(right, int):
        return (left + right) % PRIME
    pairs = zip(_as_matrix(left), _as_matrix(right), strict=True)
    return tuple(tuple((one + other) % PRIME for one, other in zip(*rows, strict=True)) for rows in pairs)


def _product(left: _Value, right: _Value) -> _Value:
    if isinstance(left, int) and isinstance(right, int):
        return left * right % PRIME
    columns = tuple(zip(*_as_matrix(right), strict=True))
    return tuple(
        tuple(sum(one * other for one, other in zip(row, column, strict=True)) % PRIME for column in columns)
        for row in _as_matrix(left)
    )


def _inverse(value: _Value) -> _Value:
    """Return the inverse by elimination. Raises UndefinedError if there is none."""
    if isinstance(value, int):
        if not value % PRIME:
            raise UndefinedError("a division by zero")
        return pow(value, -1, PRIME)
    unit = _as_matrix(1)
    rows = [list(row) + list(other) for row, other in zip(value, unit, strict=True)]
    for at in range(_SIZE):
        pivot = next((row for row in range(at, _SIZE) if rows[row][at]), None)
        if pivot is None:
            raise UndefinedError("a matrix without an inverse")
        rows[at], rows[pivot] = rows[pivot], rows[at]
        scale = pow(rows[at][at], -1, PRIME)
        rows[at] = [entry * scale % PRIME for entry in rows[at]]
        for row in range(_SIZE):
            if row != at:
                factor = rows[row][at]
                pairs = zip(rows[row], rows[at], strict=True)
                rows[row] = [(one - factor * other) % PRIME for one, other in pairs]
    return tuple(tuple(row[_SIZE:]) for row in rows)
