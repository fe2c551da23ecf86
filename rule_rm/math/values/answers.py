"""What an answer can be: a quantity, words, several things, a relation, a set of real numbers, a matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rule_rm.math.values.expression import INFINITY, Expression, negative
from rule_rm.math.values.units import Unit


@dataclass(frozen=True, slots=True)
class Quantity:
    """An expression with the unit it is in; `unit` is None if there is none."""

    expression: Expression
    unit: Unit | None = None
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A text in words, lower-case, without punctuation."""

    text: str


@dataclass(frozen=True, slots=True)
class Several:
    """Several values. `bracket` is `(` or `[` for a tuple, `{` for a set, nothing for a bare list."""

    values: tuple[Value, ...]
    bracket: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A value with its name: `x = 3`, `f(x) = x^2`. `symbol` is the name as an expression, if it is one."""

    name: str
    value: Value
    symbol: Expression | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """`a = b = c`, or `a ≈ b`, as it was written: true, false, or an equation in variables."""

    members: tuple[Quantity, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inequality:
    """`a < b <= c`, as it was written; the signs are `<`, `>`, `le`, `ge` and `ne`."""

    members: tuple[Expression, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """All real numbers between two bounds. A bound is closed if it belongs to the interval."""

    low: Expression
    high: Expression
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class SetOperation:
    """`cup`, `cap` or `setminus` of sets."""

    sign: str
    sets: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of values."""

    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Based:
    """Digits in a base: `2516_8`."""

    digits: str
    base: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """`a : b`, or with more terms."""

    terms: tuple[Expression, ...]


Value = (
    Quantity | Words | Several | Named | Chain | Inequality | Interval | SetOperation | Matrix | Based | Ratio
)

REALS = Interval(negative(INFINITY), INFINITY, False, False)
EMPTY_SET = Several((), "{")


def expressions(value: Value) -> Iterator[Expression]:
    """All expressions in a value."""
    match value:
        case Quantity(expression):
            yield expression
        case Several(values) | SetOperation(_, values) | Chain(values):
            for part in values:
                yield from expressions(part)
        case Named(_, inner):
            yield from expressions(inner)
        case Inequality(members) | Ratio(members):
            yield from members
        case Interval(low, high):
            yield from (low, high)
        case Matrix(rows):
            for row in rows:
                for cell in row:
                    yield from expressions(cell)
