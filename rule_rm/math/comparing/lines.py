r"""Lines as sets of points: `(1,2,3) + t(2,-1,4)`, `x = 1+2t, y = 2-t`, `\frac{x-1}{2} = \frac{y-2}{-1}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from rule_rm.math.comparing.equations import Line, is_one_line, through
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.identity import identical
from rule_rm.math.comparing.statements import is_line
from rule_rm.math.values.answers import Chain, Conditioned, Named, Quantity, Several, Value
from rule_rm.math.values.expression import (
    ZERO,
    Apply,
    Expression,
    Number,
    Symbol,
    UnreadableError,
    difference,
    substitute,
    symbols,
)

_ASKED = re.compile(r"\blines?\b|\bdroite|\brecta|\bGerade|直线|прям", re.IGNORECASE)
"""A question about a line: "parametric equations of the line"."""
_COORDINATES = ("x", "y", "z")
_SPACE = 3


def same_line(golden: Value, answer: Value, question: str) -> bool:
    """Return True for one line, from another point or in another notation.

    Two parametrisations are one line only if a line is asked for: a moving point has a time for each place.
    """
    are_parametrised = not isinstance(golden, Chain) and not isinstance(answer, Chain)
    are_sets = any(isinstance(side, Conditioned) for side in (golden, answer))
    if are_parametrised and not are_sets and not _ASKED.search(question):
        return False
    try:
        ours, theirs = _line(golden), _line(answer)
        return ours is not None and theirs is not None and is_one_line(ours, theirs)
    except (UndefinedError, UnreadableError):
        return False


def _line(value: Value) -> Line | None:
    while isinstance(value, Conditioned) or (isinstance(value, Named) and isinstance(value.value, Several)):
        value = value.value
    if isinstance(value, Chain):
        return through(value) if is_line(value) else None
    if not isinstance(value, Several):
        return None
    named = [one for one in value.values if isinstance(one, Named)]
    names = (
        tuple(one.name for one in named)
        if len(named) == len(value.values)
        else _COORDINATES[: len(value.values)]
    )
    inner = [one.value if isinstance(one, Named) else one for one in value.values]
    entries = [one.expression for one in inner if isinstance(one, Quantity) and not one.unit]
    if len(entries) < len(inner) or len(set(names)) < len(inner) or not set(names) <= set(_COORDINATES):
        return None
    if value.bracket not in ("(", "[") and not named:
        return None
    return _moving(dict(zip(names, entries, strict=True)))


def _moving(entries: Mapping[str, Expression]) -> Line | None:
    """Return a line whose coordinates are linear in one parameter; None for a curve or a point."""
    letters = frozenset().union(*map(symbols, entries.values()))
    if len(letters) != 1 or letters & set(_COORDINATES) or len(entries) not in (2, _SPACE):
        return None
    (parameter,) = letters
    found = {}
    for name, entry in entries.items():
        start, step = (substitute(entry, parameter, Number(Fraction(place))) for place in (0, 1))
        slope = difference(step, start)
        on_line = Apply("add", (start, Apply("multiply", (Symbol(parameter), slope))))
        if not identical(entry, on_line):
            return None
        found[name] = start, slope
    return None if all(identical(slope, ZERO) for _, slope in found.values()) else found
