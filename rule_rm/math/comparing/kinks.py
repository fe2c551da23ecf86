"""Find where an expression bends or jumps, so that no piece of it escapes a numerical test.

`|x - 20|` is `20 - x` up to 20: at small numbers there is no difference. Each argument of an absolute value,
maximum, floor, remainder, root or sign is searched along each variable. The search finds its zeros and
turning points, and proposes a point in every piece between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from rule_rm.math.comparing.floats import along
from rule_rm.math.values.expression import (
    TWO,
    Apply,
    Constant,
    Expression,
    Number,
    Symbol,
    TooCostlyError,
    difference,
    symbols,
)

STEPPED = frozenset({"floor", "ceil", "mod"})
"""Functions that jump at infinitely many places."""
JUMPING = STEPPED | {"sgn"}
"""Functions with a jump."""
BENDING = JUMPING | {"abs", "max", "min"}
"""Functions that are made of pieces."""
_FOLDING = frozenset({"asin", "acos", "atan", "root"})
"""Functions that take angles of several quadrants to one."""
_TURNING = frozenset({"sin", "cos", "tan"})
DISCRETE = frozenset({"factorial", "double factorial", "binomial", "nPr", "gcd", "lcm"})
"""Functions that are meant for integers."""
_MOST = 12
"""Kink arguments looked at; an expression with more is too costly to compare."""
_GRID = sorted(
    {sign * Fraction(value) for value in (0, 1, 2, 3, 5, 8, 13, 21, 34) for sign in (1, -1)}
    | {sign * Fraction(value, 10) for value in (2, 5, 8, 15, 25) for sign in (1, -1)}
    | {sign * Fraction(55 * 2**step) for step in range(0, 24, 2) for sign in (1, -1)}
)
_TARGETS = [Fraction(target, 10) for target in (-15, -10, -5, 5, 10, 15, 20, 35, 105, 1005)]
"""Values that the argument of a stepped function is to take: within steps, and at their edges."""
_BISECTIONS = 60


def kink_arguments(expression: Expression) -> Iterator[tuple[Expression, bool]]:
    """Yield each argument to follow through zero, and whether it jumps at every integer."""
    if not isinstance(expression, Apply) or expression.function in ("sum", "prod"):
        return
    arguments = expression.arguments
    if expression.function in _FOLDING or (expression.function == "power" and _is_fraction(arguments[1])):
        yield from _quadrants(arguments[0])
    match expression.function:
        case "mod":
            yield Apply("divide", arguments), True
        case "floor" | "ceil":
            yield arguments[0], True
        case "max" | "min":
            for at, argument in enumerate(arguments):
                for other in arguments[at + 1 :]:
                    yield difference(argument, other), False
        case "abs" | "sgn":
            yield arguments[0], False
        case "root" if _may_touch_zero(arguments[0]):
            yield arguments[0], False
        case "power" if _is_fraction(arguments[1]) and _may_touch_zero(arguments[0]):
            yield arguments[0], False
    for argument in arguments:
        yield from kink_arguments(argument)


def _quadrants(expression: Expression) -> Iterator[tuple[Expression, bool]]:
    r"""Yield the angles within, in right angles: `\arcsin(\sin x)` is x in one quadrant of two."""
    if not isinstance(expression, Apply) or expression.function in ("sum", "prod"):
        return
    if expression.function in _TURNING and symbols(expression):
        right_angle = Apply("divide", (Constant("pi"), TWO))
        yield Apply("divide", (expression.arguments[0], right_angle)), True
        return
    for argument in expression.arguments:
        yield from _quadrants(argument)


def _may_touch_zero(expression: Expression) -> bool:
    """Return True for a possible square in disguise, such as `x^2 - 8x + 16`."""
    return has(expression, frozenset({"add"})) and has(expression, frozenset({"power", "multiply"}))


def _is_fraction(exponent: Expression) -> bool:
    match exponent:
        case Number(value):
            return value.denominator != 1
        case Apply("divide", (Number(above), Number(below))) if below:
            return (above / below).denominator != 1
        case Apply("negative", (inner,)):
            return _is_fraction(inner)
    return False


def under_roots(expression: Expression) -> frozenset[str]:
    r"""Return the letters that a square root of a product shows not to be negative: both of `\sqrt{L/g}`.

    A letter with an even exponent, as in `\sqrt{x^2y}`, may be negative.
    """
    if not isinstance(expression, Apply):
        return frozenset()
    found = frozenset().union(*map(under_roots, expression.arguments))
    match expression:
        case Apply("root", (inside, Number(degree))) if degree.denominator == 1 and degree % 2 == 0:
            exponents = _exponents(inside)
            if exponents is not None and len(exponents) > 1:
                found |= {name for name, exponent in exponents.items() if exponent % 2}
    return found


def _exponents(expression: Expression) -> dict[str, int] | None:
    """Return the exponents of a product of letters and positive numbers; None if it is another expression."""
    match expression:
        case Number(value):
            return {} if value > 0 else None
        case Constant("pi" | "e"):
            return {}
        case Symbol(name):
            return {name: 1}
        case Apply("power", (Symbol(name), Number(exponent))) if exponent.denominator == 1:
            return {name: int(exponent)}
        case Apply("multiply" | "divide", factors):
            found: dict[str, int] = {}
            for factor in factors:
                inner = _exponents(factor)
                if inner is None:
                    return None
                for name, count in inner.items():
                    found[name] = found.get(name, 0) + count
            return found
    return None


def pieces(expression: Expression, base: Mapping[str, Fraction]) -> Iterator[dict[str, Fraction]]:
    """Yield points in every piece of the expression along each variable, the others as in `base`."""
    seen: dict[Expression, bool] = {}
    for argument, is_stepped in kink_arguments(expression):
        if symbols(argument):
            seen[argument] = seen.get(argument, False) or is_stepped
    if len(seen) > _MOST:
        raise TooCostlyError(f"more than {_MOST} bends")
    for argument, is_stepped in seen.items():
        for name in sorted(symbols(argument)):
            for value in _between(along(argument, name, base), stepped=is_stepped):
                yield {**base, name: value}


def cuts(function: Callable[[Fraction], float | None]) -> set[Fraction]:
    """Return where a function changes its sign, begins to have a value, or turns."""
    grid = [(at, function(at)) for at in _GRID]
    return set(_zeros(function, grid)) | set(_turns(function, grid))


def _between(function: Callable[[Fraction], float | None], *, stepped: bool) -> list[Fraction]:
    """Return one point in each piece between the zeros, turns and edges of a function."""
    grid = [(at, function(at)) for at in _GRID]
    cuts = set(_zeros(function, grid)) | set(_turns(function, grid))
    for target in _TARGETS if stepped else []:
        shifted = [(at, None if value is None else value - float(target)) for at, value in grid]
        cuts |= set(_zeros(lambda at, target=target: _less(function(at), target), shifted))  # type: ignore[misc]
    ordered = sorted(cuts)
    if not ordered:
        return []
    # Not their middle: that is zero for many, where a product says nothing about its other factors.
    inner = [(4 * low + 5 * high) / 9 for low, high in pairwise(ordered)]
    margin = Fraction(1, 7)
    outer = [ordered[0] - 1 - abs(ordered[0]) * margin, ordered[-1] + 1 + abs(ordered[-1]) * margin]
    beside = [cut + sign * margin / 10 for cut in ordered for sign in (1, -1)]
    return [_short(at) for at in [*inner, *outer, *beside]]


def _less(value: float | None, target: Fraction) -> float | None:
    return None if value is None else value - float(target)


def _zeros(
    function: Callable[[Fraction], float | None], grid: list[tuple[Fraction, float | None]]
) -> Iterator[Fraction]:
    """Yield where the function changes its sign, or begins to have a value."""
    for (low, before), (high, after) in pairwise(grid):
        if before == 0:
            yield low
        if _sign(before) != _sign(after) and after != 0 and before != 0:
            yield _bisected(lambda at: _sign(function(at)), low, high)


def _turns(
    function: Callable[[Fraction], float | None], grid: list[tuple[Fraction, float | None]]
) -> Iterator[Fraction]:
    """Yield where the function has a least or a greatest value: a square may touch zero there."""
    step = Fraction(1, 10**6)

    def rising(at: Fraction) -> int | None:
        before, after = function(at), function(at + step)
        return None if before is None or after is None else (after > before) - (after < before)

    for first, middle, last in zip(grid, grid[1:], grid[2:], strict=False):
        values = [value for _, value in (first, middle, last) if value is not None]
        if len(values) == 3 and (values[1] - values[0]) * (values[2] - values[1]) <= 0:
            yield _bisected(rising, first[0], last[0])


def _sign(value: float | None) -> int | None:
    return None if value is None else (value > 0) - (value < 0)


def _bisected(side: Callable[[Fraction], int | None], low: Fraction, high: Fraction) -> Fraction:
    first = side(low)
    for _ in range(_BISECTIONS):
        middle = _short((low + high) / 2)
        if middle in (low, high) or high - low < Fraction(1, 10**4) * max(Fraction(1), abs(low)):
            break
        if side(middle) == first:
            low = middle
        else:
            high = middle
    return high


def _short(value: Fraction) -> Fraction:
    return value.limit_denominator(10**6)


def has(expression: Expression, functions: frozenset[str]) -> bool:
    """Return True if one of these functions is in the expression."""
    return isinstance(expression, Apply) and (
        expression.function in functions or any(has(argument, functions) for argument in expression.arguments)
    )


def counts(expression: Expression) -> bool:
    r"""Return True for a sum or a product up to a letter, which is an integer: `\sum_{k=1}^n k`."""
    match expression:
        case Apply("sum" | "prod", (_, low, high, _)) if symbols(low) | symbols(high):
            return True
    return isinstance(expression, Apply) and any(map(counts, expression.arguments))


def is_kinked(expression: Expression) -> bool:
    """Return True if some piece of the expression may differ from another."""
    return next(kink_arguments(expression), None) is not None


def alternates(expression: Expression) -> bool:
    """Return True for a power whose base is negative and whose exponent varies: `(-1)^n` needs integers."""
    match expression:
        case Apply("power", (base, exponent)) if symbols(exponent) and not symbols(base):
            if isinstance(base, Number) and base.value < 0:
                return True
            if isinstance(base, Apply) and base.function == "negative":
                return True
    return isinstance(expression, Apply) and any(map(alternates, expression.arguments))
