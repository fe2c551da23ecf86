r"""Rates of growth: `O(n \log n)`, `\Theta(2^n)`."""

from __future__ import annotations

from rule_rm.math.reading.brackets import Tokens, closing, outer
from rule_rm.math.reading.quantities import quantity
from rule_rm.math.values.answers import Growth
from rule_rm.math.values.expression import symbols

_SIGNS = frozenset({"O", "o", "Theta", "Omega", "omega"})
"""The signs of rates of growth."""
_SHORTEST = 4
"""Tokens of `O(1)`."""
_COORDINATES = frozenset("xyztus")
r"""Letters of which `\Theta` is a function, rather than a rate."""


def growth(tokens: Tokens) -> Growth | None:
    """Return a rate of growth; None for anything else."""
    if tokens[0].text not in _SIGNS or len(tokens) < _SHORTEST or tokens[1].text != "(":
        return None
    inner = tokens[2:-1]
    if closing(tokens, 1) != len(tokens) - 1 or any(
        token.text in (",", ";", ":", "=") for _, token in outer(inner)
    ):
        return None
    rate = quantity(inner)
    if rate.unit or rate.percent or symbols(rate.expression) & _COORDINATES:
        return None
    return Growth(tokens[0].text, rate.expression)
