"""The kinds of answers: a quantity, words, several things, a relation, a set of real numbers, a matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from rule_rm.math.values.expression import INFINITY, Expression, negative, symbols
from rule_rm.math.values.units import Unit


@dataclass(slots=True, unsafe_hash=True)
class Quantity:
    """An expression with the unit it is in; `unit` is None if there is none. Not frozen, as `Expression`."""

    expression: Final[Expression]
    unit: Final[Unit | None] = None
    percent: Final[bool] = False


@dataclass(frozen=True, slots=True)
class Words:
    """A text in words, lower-case, without punctuation."""

    text: str


@dataclass(frozen=True, slots=True)
class Several:
    """Several values. `bracket` is `(` or `[` for a tuple, `{` for a set, nothing for a bare list.

    It is `or` for values of unlike names of which one holds: "x = 1 or y = 2".
    """

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
    source: str = field(default="", compare=False)
    """The first member as it was written, without spaces."""


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
    """`cup`, `cap` or `setminus` of sets; `span` of vectors or functions."""

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


@dataclass(frozen=True, slots=True)
class Progression:
    """The first terms of a list that goes on, `2, 4, 6, ...`, and the difference or quotient of two of them.

    `kind` is `sum` for equal differences, `product` for equal quotients, nothing if the rule is unknown.
    """

    terms: tuple[Fraction, ...]
    kind: str
    step: Fraction
    last: Expression | None = None
    r"""The last term of `1, 2, \\ldots, n`."""


@dataclass(frozen=True, slots=True)
class Congruence:
    """`x ≡ 3 (mod 7)`; `symbol` is nothing for a bare `3 (mod 7)`."""

    residue: Expression
    modulus: Expression
    symbol: Expression | None = None


@dataclass(frozen=True, slots=True)
class Piecewise:
    """The rows of a function by cases, each a value and its condition; None: otherwise."""

    rows: tuple[tuple[Value, Value | None], ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """A condition on variables: `k ∈ ℤ`, or the relation that they fulfil; no `within`: for all of them."""

    names: tuple[str, ...]
    within: Value | None


@dataclass(frozen=True, slots=True)
class Conditioned:
    """A value with the domains of its variables: `2πk, k ∈ ℤ`; `is_set` for `{2k : k ∈ ℤ}`."""

    value: Value
    domains: tuple[Domain, ...]
    is_set: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in minutes; `half` is am, pm or nothing."""

    minutes: int
    half: str = ""


@dataclass(frozen=True, slots=True)
class Date:
    """A day of a month; a year of 0 is not given."""

    month: int
    day: int
    year: int = 0


@dataclass(frozen=True, slots=True)
class Logic:
    """A proposition: `and`, `or`, `not`, `if` or `iff` of others; an atom has its name as operator."""

    operator: str
    parts: tuple[Logic, ...] = ()


@dataclass(frozen=True, slots=True)
class Growth:
    r"""A rate of growth, `O(n^2)`; `sign` is its letter."""

    sign: str
    expression: Expression


Value = (
    Quantity
    | Words
    | Several
    | Named
    | Chain
    | Inequality
    | Interval
    | SetOperation
    | Matrix
    | Based
    | Ratio
    | Progression
    | Congruence
    | Piecewise
    | Conditioned
    | Clock
    | Date
    | Logic
    | Growth
)

REALS = Interval(negative(INFINITY), INFINITY, False, False)
EMPTY_SET = Several((), "{")


def mapped(value: Value, change: Callable[[Expression], Expression]) -> Value:
    """Return a value with each of its expressions changed."""

    def of(inner: Value) -> Value:
        return mapped(inner, change)

    match value:
        case Quantity(expression):
            return replace(value, expression=change(expression))
        case Chain(members):
            return replace(
                value, members=tuple(replace(one, expression=change(one.expression)) for one in members)
            )
        case Inequality(members):
            return replace(value, members=tuple(map(change, members)))
        case Growth(sign, expression):
            return Growth(sign, change(expression))
        case Interval(low, high):
            return replace(value, low=change(low), high=change(high))
        case Ratio(terms):
            return Ratio(tuple(map(change, terms)))
        case Congruence(residue, modulus):
            return replace(value, residue=change(residue), modulus=change(modulus))
        case Named(name, inner, symbol):
            return Named(name, of(inner), None if symbol is None else change(symbol))
    return _with_parts(value, of)


def _with_parts(value: Value, of: Callable[[Value], Value]) -> Value:
    """Return a value that is made of others, each of them changed."""
    match value:
        case Several(values):
            return replace(value, values=tuple(map(of, values)))
        case SetOperation(sign, sets):
            return SetOperation(sign, tuple(map(of, sets)))
        case Matrix(rows):
            return Matrix(tuple(tuple(map(of, row)) for row in rows))
        case Piecewise(pieces):
            return Piecewise(tuple((of(one), None if when is None else of(when)) for one, when in pieces))
        case Conditioned(inner):
            return replace(value, value=of(inner))
    return value


def parts_of(value: Value) -> Iterator[Value]:
    """Yield the values within a value, one level down."""
    match value:
        case Several(values) | SetOperation(_, values) | Chain(values):
            yield from values
        case Named(_, inner) | Conditioned(inner):
            yield inner
        case Matrix(rows):
            for row in rows:
                yield from row
        case Piecewise(pieces):
            for inner, condition in pieces:
                yield inner
                if condition is not None:
                    yield condition


def expressions(value: Value) -> Iterator[Expression]:
    """Yield all expressions in a value."""
    if isinstance(value, (Quantity, Growth)):
        yield value.expression
        return
    match value:
        case Inequality(members) | Ratio(members):
            yield from members
        case Interval(low, high):
            yield from (low, high)
        case Congruence(residue, modulus):
            yield from (residue, modulus)
    for part in parts_of(value):
        yield from expressions(part)


def variables(value: Value) -> frozenset[str]:
    """Return the names of the variables in a value."""
    return frozenset().union(*map(symbols, expressions(value)))
