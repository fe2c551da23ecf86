r"""Give the arguments of floors, ceilings and remainders letters where no point meets their jumps exactly.

`\lfloor|\sin x|\rfloor` is 0 except at `\pi/2`. `\lfloor x^2+c\rfloor` may be `\lceil x^2+c\rceil-1` except
at irrational numbers. With t for `x^2` the jumps are at rational ones. Functions that are equal for every t
are equal for every x. The converse does not hold, so some equal pairs stay undecided.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from fractions import Fraction
from typing import Any

import mpmath

from rule_rm.math.comparing.approximate import approximate
from rule_rm.math.comparing.edges import is_line
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.kinks import JUMPING, has
from rule_rm.math.values.expression import (
    ZERO,
    Apply,
    Expression,
    Number,
    Symbol,
    TooCostlyError,
    difference,
    negative,
    symbols,
)

_MOST = 8
"""Arguments that get letters; expressions with more are too costly to compare."""
_LARGEST_DENOMINATOR = 1_000
_NOISE = Fraction(1, 10**30)
_BITS = 150
"""Binary places that are kept of a value; 100 are enough for the noise."""
_INSIDE = "inside "
"""The first part of the name of a jump inside the argument of another."""
_PLACES = (Fraction(1_234_567, 3_100_007), Fraction(5_000_011, 2_900_017))
"""Values of all variables, at which two arguments are seen to differ by a constant."""

Same = Callable[[Expression, Expression], bool]


def with_letters(
    golden: Expression, answer: Expression, whole: Collection[str], same: Same
) -> tuple[Expression, Expression] | None:
    """Return both with letters for the arguments that jump where no point is; None if there are none.

    `whole` are the variables that stand for integers. Arguments that are the same up to a sign and a
    rational constant have one letter.
    """
    found = _Letters(whole, same)
    found.know_lines(golden)
    found.know_lines(answer)
    pair = found.replaced(golden), found.replaced(answer)
    return pair if pair != (golden, answer) else None


class _Letters:
    """The letters that arguments have been given."""

    def __init__(self, whole: Collection[str], same: Same) -> None:
        self.whole, self.same, self.count = whole, same, 0
        self.known: list[tuple[Expression, Expression]] = [(ZERO, ZERO)]

    def replaced(self, expression: Expression) -> Expression:
        if not isinstance(expression, Apply) or not symbols(expression):
            return expression
        function, arguments = expression.function, expression.arguments
        if function not in JUMPING:
            return Apply(function, tuple(map(self.replaced, arguments)))
        inside = _inside(expression)
        if not self._escapes(inside):
            return Apply(function, tuple(map(self.replaced, arguments)))
        letter = self._letter(inside)
        if function != "mod":
            return Apply(function, (letter,))
        return Apply(function, (Apply("multiply", (arguments[1], letter)), arguments[1]))

    def know_lines(self, expression: Expression) -> None:
        r"""Note the arguments that need no letter: another may be the same, `\sin^2x+\cos^2x+x` and x."""
        if not isinstance(expression, Apply) or not symbols(expression):
            return
        if expression.function in JUMPING:
            inside = _inside(expression)
            if symbols(inside) and not has(inside, JUMPING) and not self._escapes(inside):
                self.known.append((inside, inside))
        for argument in expression.arguments:
            self.know_lines(argument)

    def _escapes(self, inside: Expression) -> bool:
        """Return True if no variable takes the argument from one integer to the next along a rational line.

        A jump inside the argument is an integer there.
        """
        inside = _without_jumps(inside)
        names = {name for name in symbols(inside) - frozenset(self.whole) if not name.startswith(_INSIDE)}
        if not names:
            return False
        base = {name: _PLACES[at % 2] + at for at, name in enumerate(sorted(symbols(inside)))}
        return not any(is_line(inside, name, base) for name in names)

    def _letter(self, inside: Expression) -> Expression:
        for other, letter in self.known:
            for signed, written in ((other, letter), (negative(other), negative(letter))):
                constant = _constant_between(inside, signed)
                if constant is not None and self.same(inside, _plus(signed, constant)):
                    return _plus(written, constant)
        self.count += 1
        if self.count > _MOST:
            raise TooCostlyError(f"more than {_MOST} jumps")
        letter = Symbol(f"t {self.count}")
        self.known.append((inside, letter))
        return letter


def _inside(jump: Apply) -> Expression:
    """Return what jumps at integers, or a remainder's quotient."""
    return Apply("divide", jump.arguments) if jump.function == "mod" else jump.arguments[0]


def without_inner_rounding(expression: Expression) -> Expression:
    r"""Return an expression with `\lfloor\sqrt{\lfloor x\rfloor}\rfloor` as `\lfloor\sqrt x\rfloor`.

    It holds for every continuous increasing function that is an integer at integers only: roots, shifts by
    integers and quotients by natural numbers, one in another. A ceiling in a ceiling likewise.
    """
    if not isinstance(expression, Apply):
        return expression
    arguments = tuple(map(without_inner_rounding, expression.arguments))
    if expression.function in ("floor", "ceil"):
        return Apply(expression.function, (_unrounded(arguments[0], expression.function),))
    return Apply(expression.function, arguments)


def _unrounded(expression: Expression, rounding: str) -> Expression:
    match expression:
        case Apply(function, (inner,)) if function == rounding:
            return _unrounded(inner, rounding)
        case Apply("root" | "divide" as function, (inner, Number(value) as other)) if _is_natural(value):
            return Apply(function, (_unrounded(inner, rounding), other))
        case Apply("add", terms):
            shifts = [term for term in terms if _is_integer(term)]
            others = [term for term in terms if not _is_integer(term)]
            if len(others) == 1:
                return Apply("add", (_unrounded(others[0], rounding), *shifts))
    return expression


def _is_natural(value: Fraction) -> bool:
    return value.denominator == 1 and value > 0


def _is_integer(expression: Expression) -> bool:
    """Return True for an integer that is written as a number."""
    match expression:
        case Number(value):
            return value.denominator == 1
        case Apply("negative", (inner,)):
            return _is_integer(inner)
    return False


def _without_jumps(expression: Expression) -> Expression:
    if not isinstance(expression, Apply):
        return expression
    if expression.function in JUMPING:
        return Symbol(f"{_INSIDE}{expression!r}")
    return Apply(expression.function, tuple(map(_without_jumps, expression.arguments)))


def _plus(expression: Expression, constant: Fraction) -> Expression:
    if expression in (ZERO, negative(ZERO)):
        return Number(constant)
    return Apply("add", (expression, Number(constant))) if constant else expression


def _constant_between(one: Expression, other: Expression) -> Fraction | None:
    """Return a rational number by which two arguments seem to differ everywhere."""
    gap = difference(one, other)
    found = set()
    for place in _PLACES:
        try:
            value = approximate(gap, dict.fromkeys(symbols(gap), place), real=True)
        except (UndefinedError, TooCostlyError):
            return None
        exact = value if isinstance(value, Fraction) else _fraction(value)
        if exact is None:
            return None
        found.add(exact)
    return found.pop() if len(found) == 1 else None


def _fraction(value: Any) -> Fraction | None:
    """Return the simple fraction that an approximate value is, up to noise."""
    near = Fraction(int(mpmath.ldexp(value, _BITS)), 2**_BITS)
    simple = near.limit_denominator(_LARGEST_DENOMINATOR)
    return simple if abs(simple - near) < _NOISE else None
