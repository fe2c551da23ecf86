"""The verdicts that need no mathematics: equal texts and plain numbers.

This runs in the server's own process for every rollout, so it stays within microseconds and imports
nothing. It must agree with `compare` always: what it is not sure of it leaves to it.
"""

from __future__ import annotations

import re
from fractions import Fraction

from rule_rm.math.values.verdict import Layer, Verdict

_INTEGER = re.compile(r"[-+]?\d{1,300}\Z", re.ASCII)
_RATIONAL = re.compile(
    r"(?P<sign>[-+]?)(?:\\[dt]?frac\{(?P<a>\d{1,100})\}\{(?P<b>\d{1,100})\}|(?P<c>\d{1,100})/(?P<d>\d{1,100})"
    r"|(?P<e>\d{1,100})(?:\.0{0,100})?)\Z",
    re.ASCII,
)


def quick(answer: str, golden: str) -> Verdict | None:
    r"""The verdict if both are plain numbers or one text, else None.

    >>> quick(r"\frac{3}{6}", "1/2").equal, quick("7", "8").equal, quick("2x", "3x")
    (True, False, None)
    """
    if answer == golden and answer[:1].isascii() and answer.isalnum():
        return Verdict(True, Layer.TEXT, "the same text")
    ours, theirs = _plain(answer), _plain(golden)
    if ours is None or theirs is None:
        return None
    if ours == theirs:
        return Verdict(True, Layer.NUMBER, "the same number")
    return Verdict(False, Layer.NUMBER, "different numbers")


def _plain(text: str) -> Fraction | int | None:
    """The value of an integer or a fraction of two."""
    text = text.strip().strip("$").rstrip(".")
    if _INTEGER.match(text):
        return int(text)
    found = _RATIONAL.match(text)
    if found is None:
        return None
    above, below = found["a"] or found["c"] or found["e"], found["b"] or found["d"] or "1"
    if not int(below):
        return None
    value = Fraction(int(above), int(below))
    return -value if found["sign"] == "-" else value
