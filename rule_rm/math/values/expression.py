"""An expression as a tree of four kinds of nodes, and nothing that could be run.

Freezing the nodes would triple the time to make one. Their fields are final: nothing assigns to them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import repeat
from typing import Final

from rule_rm.errors import InternalError


class UnreadableError(InternalError, ValueError):
    """A text that is not mathematics; the message has the reason."""


class BeyondReadingError(UnreadableError):
    """Mathematics that is left to math-verify: sums, integrals, limits and the like."""


class TooCostlyError(InternalError, ValueError):
    """An expression whose value is too large to be worked out."""


@dataclass(slots=True, unsafe_hash=True)
class Number:
    """A number as it was written. `decimals` are the digits after the point, None without a point."""

    value: Final[Fraction]
    decimals: Final[int | None] = None
    repeating: Final[bool] = field(default=False, repr=False)
    r"""Return True for a decimal that goes on, `0.\overline{3}`; its `decimals` are None."""


@dataclass(slots=True, unsafe_hash=True)
class Symbol:
    """A variable, with its index: `x_1`."""

    name: Final[str]


@dataclass(slots=True, unsafe_hash=True)
class Constant:
    """`pi`, `e`, `i`, `infinity` or `degree`."""

    name: Final[str]


@dataclass(slots=True, unsafe_hash=True)
class Apply:
    """An operation or a function on its arguments, such as `add`, `multiply`, `power`, `sin`."""

    function: Final[str]
    arguments: Final[tuple[Expression, ...]]
    names: frozenset[str] | None = field(default=None, init=False, repr=False, compare=False)
    """The names of its variables, once `symbols` was asked for them."""


Expression = Number | Symbol | Constant | Apply

ZERO, ONE, TWO = Number(Fraction(0)), Number(Fraction(1)), Number(Fraction(2))
INFINITY = Constant("infinity")


def negative(expression: Expression) -> Expression:
    """Return the negative of an expression; that of a number is a number."""
    if isinstance(expression, Number):
        return Number(-expression.value, expression.decimals, expression.repeating)
    return Apply("negative", (expression,))


def difference(left: Expression, right: Expression) -> Expression:
    """Return left − right."""
    return left if right == ZERO else Apply("add", (left, negative(right)))


_NONE: frozenset[str] = frozenset()


def symbols(expression: Expression) -> frozenset[str]:
    """Return the names of the variables in an expression; the index of a sum is none of them."""
    if not isinstance(expression, Apply):
        return frozenset((expression.name,)) if isinstance(expression, Symbol) else _NONE
    if expression.names is None:
        expression.names = _names(expression)
    return expression.names


def _names(expression: Apply) -> frozenset[str]:
    match expression:
        case Apply("sum" | "prod", (Symbol(bound), low, high, body)):
            return symbols(low) | symbols(high) | symbols(body) - {bound}
    return _NONE.union(*map(symbols, expression.arguments))


def depth_of(expression: Expression) -> int:
    """Return the levels of a tree, without recursion: it may be deeper than the stack."""
    levels, nodes = 0, [expression]
    while nodes:
        levels += 1
        nodes = [argument for node in nodes if isinstance(node, Apply) for argument in node.arguments]
    return levels


def uses(expression: Expression, name: str) -> bool:
    """Return True if a constant or a function of this name is in the expression."""
    if isinstance(expression, Apply):
        if expression.function == name:
            return True
        return any(map(uses, expression.arguments, repeat(name)))
    return isinstance(expression, Constant) and expression.name == name


def substitute(expression: Expression, name: str, value: Expression) -> Expression:
    """Return the expression with a variable replaced."""
    match expression:
        case Symbol(symbol) if symbol == name:
            return value
        case Apply("sum" | "prod" as function, (Symbol(bound), low, high, body)):
            if bound in symbols(value):  # The index gets another name, which no text can have.
                body, bound = substitute(body, bound, Symbol(f"{bound}'{name}")), f"{bound}'{name}"
            low, high = substitute(low, name, value), substitute(high, name, value)
            inner = body if bound == name else substitute(body, name, value)
            return Apply(function, (Symbol(bound), low, high, inner))
        case Apply(function, arguments):
            return Apply(function, tuple(substitute(argument, name, value) for argument in arguments))
    return expression


def of_squares(expression: Expression, bound: frozenset[str] = _NONE) -> Expression:
    """Return the expression with a square for each variable: it is then seen at positive values only.

    The index of a sum, which is `bound`, is left as it is.
    """
    match expression:
        case Symbol(name):
            return expression if name in bound else Apply("power", (expression, TWO))
        case Apply("sum" | "prod" as function, (Symbol(name), *rest)):
            inner = (of_squares(one, bound | {name}) for one in rest)
            return Apply(function, (expression.arguments[0], *inner))
        case Apply(function, arguments):
            return Apply(function, tuple(of_squares(argument, bound) for argument in arguments))
    return expression


def variants(expression: Expression) -> list[Expression]:
    """Return the two expressions that a plus-minus sign stands for; the expression itself without one."""
    if not uses(expression, "plus_minus"):
        return [expression]
    return [_signed(expression, 1), _signed(expression, -1)]


def _signed(expression: Expression, sign: int) -> Expression:
    if not isinstance(expression, Apply):
        return expression
    arguments = tuple(_signed(argument, sign) for argument in expression.arguments)
    if expression.function in ("plus_minus", "minus_plus"):
        positive = (expression.function == "plus_minus") == (sign > 0)
        return arguments[0] if positive else negative(arguments[0])
    return Apply(expression.function, arguments)
