"""The verdicts that need no mathematics: equal texts and plain numbers.

This runs in the server's own process for every rollout, so it stays within microseconds and imports
nothing. It must always agree with `compare`, and leaves all unclear cases to it.
"""

from __future__ import annotations

import re
from fractions import Fraction

from rule_rm.math.values.verdict import Layer, Verdict

_INTEGER = re.compile(r"[-+]?\d{1,300}\Z", re.ASCII)
"""An integer of at most 300 digits: `-12`."""
_RATIONAL = re.compile(
    r"(?P<sign>[-+]?)(?:\\[dt]?frac\{(?P<a>\d{1,100})\}\{(?P<b>\d{1,100})\}|(?P<c>\d{1,100})/(?P<d>\d{1,100})"
    r"|(?P<e>\d{1,100})(?:\.0{0,100})?)\Z",
    re.ASCII,
)
r"""A fraction or an integer of short numbers: `\frac{1}{2}`, `1/2`, `3.0`."""


def quick(answer: str, golden: str) -> Verdict | None:
    r"""Return the verdict if both are plain numbers or one text, else None.

    A fraction equals another here only in the same terms: whether it may stand in others depends on the
    question.

    >>> quick(r"\frac{1}{2}", "1/2").equal, quick("7", "8").equal, quick("2x", "3x"), quick("3/6", "1/2")
    (True, False, None, None)
    """
    if answer == golden and answer[:1].isascii() and answer.isalnum():
        return Verdict(True, Layer.TEXT, "the same text")
    if (ours := plain_number(answer)) is None or (theirs := plain_number(golden)) is None:
        return None
    (mine, terms), (other, other_terms) = ours, theirs
    if mine == other and terms not in (None, other_terms):
        return None
    if mine == other:
        return Verdict(True, Layer.NUMBER, "the same number")
    return Verdict(False, Layer.NUMBER, "different numbers")


def plain_number(text: str) -> tuple[Fraction | int, tuple[int, int] | None] | None:
    """Return the value of an integer or a fraction of two, and the terms of the fraction."""
    text = text.strip().strip("$").rstrip(".")
    if _INTEGER.match(text):
        return int(text), None
    found = _RATIONAL.match(text)
    if found is None:
        return None
    whole = found["e"]
    if whole:
        return (-int(whole) if found["sign"] == "-" else int(whole)), None
    terms = int(found["a"] or found["c"]), int(found["b"] or found["d"])
    if not terms[1]:
        return None
    value = Fraction(*terms)
    return (-value if found["sign"] == "-" else value), terms
