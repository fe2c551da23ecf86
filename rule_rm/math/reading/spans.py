r"""Spans of vectors and functions: `\operatorname{span}\{(1,0,1), (0,1,1)\}`."""

from __future__ import annotations

from collections.abc import Callable, Set

from rule_rm.math.reading.brackets import Tokens, closing, split
from rule_rm.math.values.answers import SetOperation, Value
from rule_rm.math.values.expression import UnreadableError

_BRACES = frozenset({r"\{", "{"})
_SHORTEST = 4
"""Tokens of `span(v)`."""


def span(tokens: Tokens, read: Callable[[Tokens], Value]) -> SetOperation | None:
    """Return the span of the values in brackets; None for anything else."""
    if tokens[0].text.lower() != "span" or len(tokens) < _SHORTEST or not _is_in(tokens[1:], _BRACES | {"("}):
        return None
    inner = tokens[2:-1]
    if _is_in(inner, _BRACES):
        inner = inner[1:-1]
    parts, _ = split(inner, {",", ";"})
    if not all(parts):
        raise UnreadableError("a span of nothing")
    return SetOperation("span", tuple(map(read, parts)))


def _is_in(tokens: Tokens, brackets: Set[str]) -> bool:
    return bool(tokens) and tokens[0].text in brackets and closing(tokens, 0) == len(tokens) - 1
