"""Statements about a place: "maximum at (1, 4)", "increasing on (0, 2)", "converges to 2"."""

from __future__ import annotations

from collections.abc import Callable

from rule_rm.math.reading.brackets import Tokens, outer
from rule_rm.math.reading.phrases import canonical
from rule_rm.math.reading.sentences import changes_value
from rule_rm.math.reading.vocabulary import words
from rule_rm.math.values.answers import Named, Several, Value, parts_of

Read = Callable[[Tokens], Value]
MARK = " @"
"""The end of a name that is a statement about a place."""
_PLACED = words("at on for")
_LIMITS = words("converge converges convergent tend tends")
"""Verbs before "to" and a limit."""
_SAME = {
    "maximum": "max",
    "maxima": "max",
    "minimum": "min",
    "minima": "min",
    "relative": "local",
    "increases": "increasing",
    "decreases": "decreasing",
    "rel": "local",
    **dict.fromkeys(("converge", "convergent"), "converges"),
    **dict.fromkeys(("occurs", "occur", "point", "points", "value"), ""),
}
"""Words of one meaning; an empty one says nothing here."""
_VERBS = words("is has")
_MOST_WORDS = 8


def placed(tokens: Tokens, read: Read) -> Value | None:
    """Return a place under the statement about it as a name; None for anything else."""
    at = next(
        (
            place
            for place, token in outer(tokens)
            if token.kind == "word" and token.text.lower() in _PLACED | {"to"}
        ),
        0,
    )
    if not 0 < at <= _MOST_WORDS or at + 1 == len(tokens) or tokens[at + 1].kind == "word":
        return None
    before = [token.text.lower() for token in tokens[:at]]
    if tokens[at].text.lower() == "to" and before[-1] not in _LIMITS:
        return None
    if any(token.kind not in ("word", "letter") for token in tokens[:at]) or tokens[at - 1].kind != "word":
        return None
    if any(map(changes_value, before)) or _goes_on(tokens[at + 1 :]):
        return None
    name = said(before)
    return Named(name + MARK, read(tokens[at + 1 :])) if name else None


def _goes_on(tokens: Tokens) -> bool:
    """Return True if another statement follows: ", local minimum at x = 3"."""
    return any(
        token.text in (",", ";", "and") and tokens[at + 1 :] and tokens[at + 1].kind == "word"
        for at, token in outer(tokens)
    )


def said(before: list[str]) -> str:
    """Return words without their subject, in one form: "local max" for "f has a relative maximum"."""
    if len(before[0]) == 1 and len(before) > 1 and before[1] in _VERBS:
        before = before[2:]
    found = [_SAME.get(word, word) for word in canonical(" ".join(before)).split()]
    return " ".join(word for word in found if word)


def lacks_what_is_said(golden: Value, answer: Value) -> bool:
    """Return True if a golden answer says different things of its places, and an answer has places alone."""
    if not isinstance(golden, Several):
        return False
    names = {one.name for one in golden.values if isinstance(one, Named) and one.name.endswith(MARK)}
    if len(names) < 2:
        return False
    return not any(isinstance(one, Named) and one.name.endswith(MARK) for one in parts_of(answer))
