"""What only the question can decide: the unit that it asks for."""

from __future__ import annotations

import re

from rule_rm.math.values.units import Unit, read_unit

_ASKED = re.compile(
    r"\b(?:how many|how much|number of|in|nearest|per)\s+(?:whole\s+)?((?:square|cubic|sq)\s+)?([a-z]+)",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[-+]?\d+")
"""An integer, such as `-12`."""


def relevant(question: str, answer: str) -> str:
    """Return the part of a question that matters for an answer: nothing for an integer, else all of it.

    >>> relevant("What is $2 + 3$?", "2+3"), relevant("What is $2 + 3$?", "5")
    ('What is $2 + 3$?', '')
    """
    return "" if _PLAIN.fullmatch(answer) else question


def asked_unit(question: str) -> Unit | None:
    """The unit that the question asks for, if it says so.

    >>> asked_unit("How many feet is that?") == asked_unit("Give the length in feet.")
    True
    """
    words = _asked_words(question)
    return read_unit(words) if words else None


def _asked_words(question: str) -> str:
    last = ""
    for found in _ASKED.finditer(question):
        unit = read_unit(found[2]) if len(found[2]) > 1 else None
        if unit is not None and unit.measures:
            last = (found[1] or "") + found[2]
    return " ".join(last.split())
