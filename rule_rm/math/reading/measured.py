r"""Vectors with a unit behind them: `\langle 3, -4 \rangle \text{ N}`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rule_rm.math.reading.brackets import Tokens, closing
from rule_rm.math.reading.quantities import quantity
from rule_rm.math.reading.unit_names import first_word, unit_of
from rule_rm.math.values.answers import Quantity, Several, Value
from rule_rm.math.values.expression import UnreadableError

Read = Callable[[Tokens], Value]


def measured(tokens: Tokens, read: Read) -> Value | None:
    """Return a tuple of numbers with its unit for each of them; None for anything else."""
    if tokens[0].text not in ("(", "["):
        return None
    try:
        end = closing(tokens, 0)
    except UnreadableError:  # A half-open interval: `[0, 1[`.
        return None
    rest = tokens[end + 1 :]
    if not rest or first_word(tokens) != end + 1:
        return None
    unit, whole = unit_of(rest), read(tokens[: end + 1])
    if unit is None or not unit.measures or unit.label or not isinstance(whole, Several):
        return None
    entries = [value for value in whole.values if isinstance(value, Quantity) and not value.unit]
    if len(entries) < len(whole.values) or whole.bracket not in ("(", "["):
        return None
    return Several(tuple(replace(entry, unit=unit) for entry in entries), whole.bracket)


def with_unit_in_letters(tokens: Tokens) -> Quantity | None:
    """Return a number with a unit in letters that are set apart, `12 m/s` in a sentence; None for others."""
    if tokens[0].kind != "number" or not any(token.kind == "letter" and token.spaced for token in tokens):
        return None
    try:
        found = quantity(tokens, units=True)
    except UnreadableError:
        return None
    return found if isinstance(found, Quantity) and found.unit else None
