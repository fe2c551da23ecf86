r"""Answers: read one from its LaTeX and hold it against what a computation yields.

The type of the computed value says how the answer is to be read, so `(1,2)` is a point where the computation
yields a tuple and an interval where it yields an interval. Nothing is compared as floating point: decimals
are read exactly, and a value that is only known numerically must agree to 30 digits.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from functools import singledispatch
from typing import Any

from math_verify import parse
from sympy import Eq, Expr, FiniteSet, Float, I, MatrixBase, N, Rational, S, Set, Symbol, simplify

# Points at which two expressions are compared that `simplify` does not bring together.
SAMPLE_POINTS = (Rational(7, 5), Rational(13, 11), Rational(29, 10))
TOLERANCE = Rational(1, 10**30)


@dataclass(frozen=True)
class InBase:
    r"""A number to be written in a base, as `1101_{2}`."""

    number: int
    base: int


@dataclass(frozen=True)
class Measure:
    r"""A number with a unit, to be written as `36\text{ cm}^2`."""

    value: object
    unit: str


def read(latex: str) -> object:
    """The mathematical object that math-verify, as it stands, makes of a boxed answer."""
    candidates = [c for c in parse(rf"\boxed{{{latex}}}") if not isinstance(c, str)]
    if not candidates:
        raise ValueError(f"math-verify reads nothing in {latex!r}")
    return candidates[0]


def split(latex: str) -> list[str]:
    """The parts of `latex` between commas that stand outside all brackets: `(1,2), 3` has two."""
    parts, depth, start = [], 0, 0
    for position, char in enumerate(latex):
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            parts.append(latex[start:position].strip())
            start = position + 1
    return [*parts, latex[start:].strip()]


@singledispatch
def agrees(computed: object, latex: str) -> bool:
    """Whether the answer `latex` is the computed value."""
    raise TypeError(f"a computation must not yield a {type(computed).__name__}")


@agrees.register(int)
@agrees.register(Fraction)
@agrees.register(Expr)
def _(computed: int | Fraction | Expr, latex: str) -> bool:
    return same_value(read(latex), S(computed))


@agrees.register
def _(computed: str, latex: str) -> bool:
    return latex == rf"\text{{{computed}}}"


@agrees.register
def _(computed: InBase, latex: str) -> bool:
    match = re.fullmatch(r"([0-9A-F]+)_\{(\d+)\}", latex)
    return (
        match is not None
        and int(match[2]) == computed.base
        and int(match[1], computed.base) == computed.number
    )


@agrees.register
def _(computed: Measure, latex: str) -> bool:
    match = re.fullmatch(r"(.+?)\\text\{ (.+)\}(\^[23])?", latex)
    return (
        match is not None
        and match[2] + (match[3] or "") == computed.unit
        and agrees(computed.value, match[1])
    )


@agrees.register
def _(computed: tuple, latex: str) -> bool:
    latex = latex.replace(r"\left", "").replace(r"\right", "")
    if not (latex.startswith("(") and latex.endswith(")")):
        return False
    parts = split(latex[1:-1])
    return len(parts) == len(computed) and all(map(agrees, computed, parts))


@agrees.register(set)
@agrees.register(frozenset)
@agrees.register(FiniteSet)
def _(computed: Collection[object], latex: str) -> bool:
    latex = latex.replace(r"\left", "").replace(r"\right", "")
    braced = latex.startswith(r"\{") and latex.endswith(r"\}")
    parts = split(latex[2:-2] if braced else latex)
    for value in computed:
        match = next((part for part in parts if agrees(value, part)), None)
        if match is None:
            return False
        parts.remove(match)
    return not parts


@agrees.register
def _(computed: Set, latex: str) -> bool:
    if re.search(r"\[-\\infty|\\infty\]", latex.replace(r"\right", "").replace(r"\left", "")):
        return False  # infinity is no real number, so it never belongs to the set
    answer = read(latex)
    return isinstance(answer, Set) and simplify(answer.symmetric_difference(computed)) == S.EmptySet


@agrees.register
def _(computed: MatrixBase, latex: str) -> bool:
    answer = read(latex)
    return (
        isinstance(answer, MatrixBase)
        and answer.shape == computed.shape
        and all(map(same_value, answer.flat(), computed.flat()))
    )


@agrees.register
def _(computed: Eq, latex: str) -> bool:
    """Two equations are the same when their sides differ by a constant factor."""
    answer = read(latex)
    if not isinstance(answer, Eq):
        return False
    factor = simplify(plain(answer.lhs - answer.rhs) / plain(computed.lhs - computed.rhs))
    return bool(factor.is_number and factor != 0)


def plain(expression: Expr) -> Expr:
    """`expression` with exact decimals and with symbols that carry a name alone."""
    decimals = {number: Rational(str(number)) for number in expression.atoms(Float)}
    names = {symbol: Symbol(symbol.name) for symbol in expression.atoms(Symbol)}
    return expression.xreplace({**decimals, **names}).doit()


def same_value(answer: Any, computed: Any) -> bool:
    """Whether the answer read is the computed expression in all its symbols."""
    if not isinstance(answer, Expr):
        return False
    answer = plain(answer).subs(Symbol("i"), I)
    if computed.is_Rational:
        return bool(simplify(answer) == computed)
    if not computed.atoms(Float):
        computed = plain(computed)
    symbols = sorted(computed.free_symbols, key=str)
    if answer.free_symbols != set(symbols):
        return False
    return all(
        negligible((answer - computed).subs({s: start + 3 * i for i, s in enumerate(symbols)}))
        for start in SAMPLE_POINTS
    )


def negligible(difference: Expr) -> bool:
    return bool(abs(N(difference, 50)) < TOLERANCE)
