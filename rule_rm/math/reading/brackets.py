"""Brackets in a list of tokens: where they close, and the parts between marks outside of them."""

from __future__ import annotations

from collections.abc import Sequence, Set

from rule_rm.math.reading.letters import Token
from rule_rm.math.values.expression import UnreadableError

Tokens = Sequence[Token]

OPENING = frozenset({"(", "[", "{", r"\{", "lfloor", "lceil", "begin"})
CLOSING = frozenset({")", "]", "}", r"\}", "rfloor", "rceil", "end"})
_PUNCTUATION = frozenset({".", ",", ";", ":", "&", "cr"})
_LEADING = frozenset({",", ";", ":", "&", "therefore", "implies", "Rightarrow", "to"})


def trimmed(tokens: Tokens) -> Tokens:
    """Return the tokens without punctuation at the ends and braces around them."""
    while tokens and tokens[-1].text in _PUNCTUATION:
        tokens = tokens[:-1]
    while tokens and tokens[0].text in _LEADING:
        tokens = tokens[1:]
    if not tokens:
        raise UnreadableError("there is nothing")
    if tokens[0].text == "{" and closing(tokens, 0) == len(tokens) - 1:
        return trimmed(tokens[1:-1])
    if tokens[0].text == '"' and tokens[-1].text == '"' and len(tokens) > len('""'):
        return trimmed(tokens[1:-1])
    return tokens


def closing(tokens: Tokens, start: int) -> int:
    """Return the index of the closing bracket for `start`; half-open intervals pair unlike brackets."""
    depth = 0
    for at in range(start, len(tokens)):
        depth += (tokens[at].text in OPENING) - (tokens[at].text in CLOSING)
        if depth == 0:
            return at
    raise UnreadableError("a bracket is not closed")


def deepest(tokens: Tokens) -> int:
    """Return the most brackets within each other."""
    depth = most = 0
    for token in tokens:
        if token.text in OPENING:
            depth += 1
            if depth > most:
                most = depth
        elif token.text in CLOSING:
            depth -= 1
    return most


def without_single_braces(texts: list[str]) -> list[str]:
    """Return the texts of tokens without braces around one token: `H_{0}` is `H_0`.

    >>> without_single_braces(["H", "_", "{", "0", "}"])
    ['H', '_', '0']
    """
    kept: list[str] = []
    for at, text in enumerate(texts):
        opens = text == "{" and texts[at + 2 : at + 3] == ["}"] and kept[-1:] in (["_"], ["^"])
        closes = text == "}" and texts[at - 2 : at - 1] == ["{"] and kept[-2:-1] in (["_"], ["^"])
        if not opens and not closes:
            kept.append(text)
    return kept


def outer(tokens: Tokens) -> list[tuple[int, Token]]:
    """Return the tokens outside of brackets with their places; opening brackets are among them."""
    depth, found = 0, []
    for at, token in enumerate(tokens):
        depth -= token.text in CLOSING
        if depth == 0 and token.text not in CLOSING:
            found.append((at, token))
        depth += token.text in OPENING
    return found


def split(tokens: Tokens, marks: Set[str]) -> tuple[list[Tokens], list[str]]:
    """Return the parts between marks outside of brackets, and the marks."""
    if not any(token.text in marks for token in tokens):
        return [tokens], []
    parts: list[Tokens] = []
    found: list[str] = []
    depth = start = 0
    for at, token in enumerate(tokens):
        depth += (token.text in OPENING) - (token.text in CLOSING)
        if depth == 0 and token.text in marks and token.kind != "word":
            parts.append(tokens[start:at])
            found.append(token.text)
            start = at + 1
    parts.append(tokens[start:])
    return parts, found
