r"""Compare hypotheses of a statistical test: `H_0: \mu = 50, H_a: \mu > 50`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from rule_rm.math.values.verdict import Layer, Verdict

_NAME = re.compile(
    r"(?:\\(?:text|mathrm|mathbf)\s*\{\s*)?H(?:\s*_\s*(?:\{\s*)?(?:\\(?:text|mathrm)\s*\{\s*)?|(?=[01]))([01aAoO])"
    r"[\s}]{0,5}(?:\$\s*)?(?::|\\colon(?![a-zA-Z]))"
)
r"""The name of a hypothesis and its colon: `H_0:`, `H_{\text{a}}:`."""
_MARK = r"[\s,;.$]|\\q?quad(?![a-zA-Z])|\\[\\,;: ]"
_FIRST = re.compile(rf"^(?:{_MARK}|}})")
"""A space or mark before a hypothesis: `, `."""
_LAST = re.compile(
    rf"(?:{_MARK}|\\text\s?\{{\s?(?:and|vs\.?|versus|against)\s?\}}|\b(?:and|vs|versus|against))$"
)
r"""A space, a mark or a joining word behind a hypothesis: the `\text{ and }` of `50 \text{ and }`."""
_Compare = Callable[[str, str], Verdict]


@lru_cache(maxsize=1024)
def hypotheses(text: str) -> tuple[str, str] | None:
    r"""Return the null and the alternative hypothesis of a text that has both; None for any other text.

    >>> hypotheses(r"H_0: \mu = 50, H_a: \mu > 50"), hypotheses("H_0: p = 0.5")
    (('\\mu = 50', '\\mu > 50'), None)
    """
    if "H" not in text or ("\\colon" not in text and ":" not in text):
        return None
    before, *rest = _NAME.split(text)
    names = ["0" if name in "0oO" else "1" for name in rest[::2]]
    if sorted(names) != ["0", "1"] or before.strip(" $"):
        return None
    bodies = dict(zip(names, map(_bare, rest[1::2]), strict=True))
    return (bodies["0"], bodies["1"]) if all(bodies.values()) else None


def _bare(text: str) -> str:
    """Return a hypothesis without the marks around it."""
    while (found := _FIRST.search(text)) is not None:
        text = text[found.end() :]
    while (found := _LAST.search(text)) is not None:
        text = text[: found.start()]
    return text


def by_hypotheses(answer: str, golden: str, compare: _Compare) -> Verdict | None:
    """Return the verdict on a pair of hypotheses: both must be the golden answer's."""
    reference = hypotheses(golden)
    if reference is None:
        return None
    stated = hypotheses(answer)
    if stated is None:
        return Verdict(False, Layer.TEXT, "these are not a null and an alternative hypothesis")
    found = [compare(*pair).equal for pair in zip(stated, reference, strict=True)]
    if None in found:
        return Verdict(None, Layer.READING, "a hypothesis of the golden answer can't be read")
    return Verdict(all(found), Layer.STRUCTURE, "both hypotheses are compared")
