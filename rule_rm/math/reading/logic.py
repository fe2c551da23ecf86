r"""Propositions: `p \land \neg q`."""

from __future__ import annotations

from rule_rm.math.reading.brackets import Tokens, closing, outer, trimmed
from rule_rm.math.values.answers import Logic
from rule_rm.math.values.expression import UnreadableError

_LOOSEST_FIRST = (
    ("iff", "Leftrightarrow", "leftrightarrow"),
    ("implies", "Rightarrow", "to"),
    ("lor",),
    ("land",),
)
_ARROWS = frozenset({"to", "implies", "iff", "Rightarrow"})
_NAMES = {"iff": "iff", "implies": "if", "lor": "or", "land": "and"}


_BEFORE_DENIAL = frozenset(
    {"land", "lor", "to", "implies", "iff", "Rightarrow", "Leftrightarrow", "(", "not", "sim"}
)


def with_denials(tokens: Tokens) -> Tokens:
    r"""Return a proposition with "not" for the tilde before a letter: `\sim p \lor q`."""
    if not any(token.text == "sim" for token in tokens):
        return tokens
    if not any(token.text in ("land", "lor", "implies", "iff", "to", "Rightarrow") for token in tokens):
        return tokens
    return [
        token._replace(text="not")
        if token.text == "sim" and (not at or tokens[at - 1].text in _BEFORE_DENIAL)
        else token
        for at, token in enumerate(tokens)
    ]


def logic(tokens: Tokens) -> Logic | None:
    """Return a proposition of letters; None if the tokens are not one."""
    arrows = any(
        token.text in ("to", "implies", "iff", "Rightarrow") and token.kind == "command" for token in tokens
    )
    if arrows and not all(token.kind in ("letter", "command") or token.text in "()" for token in tokens):
        return None
    if not arrows and not any(token.text in ("land", "lor", "not") for token in tokens):
        return None
    return _proposition(tokens)


def _proposition(tokens: Tokens) -> Logic:
    tokens = trimmed(tokens)
    for signs in _LOOSEST_FIRST:
        at = next((place for place, token in outer(tokens) if token.text in signs), None)
        if at is not None:
            if not 0 < at < len(tokens) - 1:
                raise UnreadableError("a proposition without a side")
            left, right = _proposition(tokens[:at]), _proposition(tokens[at + 1 :])
            return Logic(_NAMES[signs[0]], (left, right))
    if tokens[0].text == "not" and len(tokens) > 1:
        return Logic("not", (_proposition(tokens[1:]),))
    if tokens[0].text == "(" and closing(tokens, 0) == len(tokens) - 1:
        return _proposition(tokens[1:-1])
    if len(tokens) == 1 and tokens[0].kind == "letter":
        return Logic(tokens[0].text)
    raise UnreadableError("something that is not a proposition")
