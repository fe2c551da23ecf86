"""What only the question can decide: whether an answer merely repeats it, and the unit that it asks for.

A response that boxes the question's own expression has computed nothing, though as mathematics it is equal
to the answer.
"""

from __future__ import annotations

import re

from rule_rm.math.values.units import Unit, read_unit

_SHORTEST = 3
_LEFT_OUT = re.compile(r"\s+|\$|\\(?:left|right|displaystyle|[,;!: ])|\\[()\\[\\]]|(?<=\\)[dtc](?=frac)")
_OPERATION = re.compile(
    r"(?<!^)[-+*/^!]|\\(?:frac|d?sqrt|cdot|times|div|binom|sin|cos|tan|log|ln|sum|int|lim|prod|pmod|bmod|lfloor)"
)
_ASKED = re.compile(
    r"\b(?:how many|how much|number of|in|nearest|per)\s+(?:whole\s+)?((?:square|cubic|sq)\s+)?([a-z]+)",
    re.IGNORECASE,
)
_UNIT = re.compile(r"[a-zA-Z$€£¥°º]")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?|-?\\?frac\{?-?\d+\}?\{?\d+\}?|-?\d+/\d+")


def relevant(question: str, answer: str) -> str:
    """The part of a question that matters for this answer: what it repeats, and the unit that is asked for.

    >>> relevant("What is $2 + 3$ feet in inches?", "2+3"), relevant("What is 2 + 3?", "5")
    ('2+3', '')
    """
    parts = [_squeezed(answer).rstrip(".")] if restates(answer, question) else []
    if _UNIT.search(answer) and (unit := _asked_words(question)):
        parts.append(f"in {unit}")
    return "\n".join(parts)


def restates(answer: str, question: str) -> bool:
    """True if the answer is an expression with an operation in it that stands in the question.

    One of several that stand there between commas is not meant: that may well be what is asked for.
    """
    if not question or not _OPERATION.search(answer):
        return False
    bare = _squeezed(answer).rstrip(".")
    if len(bare) < _SHORTEST or _PLAIN.fullmatch(bare):
        return False
    before, found, after = _squeezed(question).partition(bare)
    return bool(found) and not before.endswith(",") and not after.startswith(",")


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


def _squeezed(text: str) -> str:
    return _LEFT_OUT.sub("", text)
