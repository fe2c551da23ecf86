r"""Extreme values with their places: "maximum 5 at x = 2", `\min = -3 \text{ when } x = 1`."""

from __future__ import annotations

from collections.abc import Callable

from rule_rm.math.reading.brackets import Tokens, outer
from rule_rm.math.reading.value_names import symbol_of
from rule_rm.math.reading.vocabulary import words
from rule_rm.math.values.answers import Named, Several, Value
from rule_rm.math.values.expression import Symbol

_KINDS = {
    **dict.fromkeys(("max", "maximum", "greatest", "largest"), "max"),
    **dict.fromkeys(("min", "minimum", "least", "smallest"), "min"),
}
"""Words for an extreme value."""
_LINKS = words("value of is equals : =")
"""Words and signs between the kind and the value."""
_PLACED = words("at when where for")
"""Words before the place."""

Read = Callable[[Tokens], Value]


def extreme(tokens: Tokens, read: Read) -> Value | None:
    """Return an extreme value and its place as a named pair; None for anything else."""
    kind = _KINDS.get(tokens[0].text.lower())
    if kind is None:
        return None
    start = 1
    while start < len(tokens) and tokens[start].text.lower() in _LINKS:
        start += 1
    end = next((at for at, token in outer(tokens) if at > start and token.text.lower() in _PLACED), 0)
    if not end:
        return None
    value, place = tokens[start:end], tokens[end + 1 :]
    equals = next((at for at, token in enumerate(place) if token.text == "="), 0)
    if not equals or equals == len(place) - 1 or any(token.kind == "word" for token in (*value, *place)):
        return None
    variable = symbol_of(place[:equals])
    if not isinstance(variable, Symbol):
        return None
    return Named(f"\\{kind}@{variable.name}", Several((read(value), read(place[equals + 1 :])), "("))
