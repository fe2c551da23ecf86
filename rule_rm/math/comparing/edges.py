"""Find the points at which an expression jumps or touches a bend, where alone two expressions may differ.

`\\lceil x \\rceil - 1` is `\\lfloor x \\rfloor` except at integers, and no random point is one. A linear
argument is solved exactly. For another, the simplest fraction near a zero or a turning point is proposed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import islice

from rule_rm.math.comparing.approximate import approximate
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.floats import along
from rule_rm.math.comparing.kinks import cuts, kink_arguments
from rule_rm.math.values.expression import Apply, Expression, TooCostlyError, symbols

_MOST = 24
"""Arguments, with their parts, of which the edges are looked for."""
_STEPS = (0, 1, -1, 2)
"""Integers at which a stepped argument is looked at."""
_PROBES = (Fraction(0), Fraction(1), Fraction(7, 3))
"""Places at which a function is asked whether it is linear."""


def edges(expression: Expression, base: Mapping[str, Fraction]) -> Iterator[dict[str, Fraction]]:
    """Yield points on the edges of an expression along each variable, the others as in `base`."""
    for argument, is_stepped in islice(_parts(expression), _MOST):
        for name in sorted(symbols(argument)):
            for value in _along(argument, name, base, _STEPS if is_stepped else (0,)):
                yield {**base, name: value}


def _parts(expression: Expression) -> Iterator[tuple[Expression, bool]]:
    """Yield each argument that bends or steps, and parts of one that steps, as it may touch an integer."""
    seen: dict[Expression, bool] = {}
    for argument, is_stepped in kink_arguments(expression):
        seen[argument] = seen.get(argument, False) or is_stepped
    yield from seen.items()
    yield from (
        (part, False) for argument, is_stepped in seen.items() if is_stepped for part in _within(argument)
    )


def _within(expression: Expression) -> Iterator[Expression]:
    if isinstance(expression, Apply):
        for argument in expression.arguments:
            if isinstance(argument, Apply):
                yield argument
                yield from _within(argument)


def _along(
    argument: Expression, name: str, base: Mapping[str, Fraction], targets: tuple[int, ...]
) -> Iterator[Fraction]:
    """Yield the values of a variable at which an argument is one of the targets, or turns."""
    line = _line(_along_axis(argument, name, base))
    if line is None:
        yield from map(_simplest, cuts(along(argument, name, base)))
    else:
        start, slope = line
        yield from ((target - start) / slope for target in targets)


def _along_axis(
    argument: Expression, name: str, base: Mapping[str, Fraction]
) -> Callable[[Fraction], Fraction | float | None]:
    def value(at: Fraction) -> Fraction | float | None:
        try:
            found = approximate(argument, {**base, name: at}, 20, real=True)
            return found if isinstance(found, Fraction) else float(found)
        except (UndefinedError, TooCostlyError, OverflowError):
            return None

    return value


def is_line(argument: Expression, name: str, base: Mapping[str, Fraction]) -> bool:
    """Return True if an argument is a line along a variable, so that its jumps are at rational numbers."""
    return _line(_along_axis(argument, name, base)) is not None


def _line(value: Callable[[Fraction], Fraction | float | None]) -> tuple[Fraction, Fraction] | None:
    """Return a function's value at zero and its slope if it is linear."""
    start, one, other = map(value, _PROBES)
    if not (isinstance(start, Fraction) and isinstance(one, Fraction) and isinstance(other, Fraction)):
        return None
    slope = one - start
    return (start, slope) if slope and other == start + slope * _PROBES[2] else None


def _simplest(cut: Fraction) -> Fraction:
    """Return a fraction with a small denominator, as near as the search is exact."""
    near = Fraction(1, 2_000) * max(Fraction(1), abs(cut))
    for denominator in (1, 2, 3, 4, 5, 10, 12, 100):
        found = cut.limit_denominator(denominator)
        if abs(found - cut) <= near:
            return found
    return cut
