"""Put the values together that are one answer: "$x = 4$ and $y = 7$", "9π ≈ 28.27"."""

from __future__ import annotations

import re

_NAME = r"[a-zA-Z](?:_\{?\d\}?|[₀-₉])?"
_ONE = (
    rf"(?<![\w$\\^+/-])(?<![\w)]\*)(?<![+*/-]\s){_NAME}"
    r"\s*=\s*[-−]?(?:√?\d+(?:\.\d+)?(?:/\d+)?)(?![\d/%!^²³]|\.\d)"
)
_RUN = re.compile(
    rf"(?P<run>{_ONE}(?:\*{{0,2}}(?:\s*,\s*(?:and|or)\s+|\s*[,;]\s*|\s+(?:and|or|und|oder|et|ou|y|o|e)\s+)\*{{0,2}}{_ONE})+)[\s.*]*\Z"
)
"""Equations in plain text that end it: `x = 4 and y = 7`."""
_STATED = re.compile(
    r"\b(?:is|be|becomes|equation)\s*:?\s*\*{0,2}"
    r"(?P<one>[a-zA-Z](?:\([a-z]\))?\s*=\s*(?![a-zA-Z]{2})[^\W_]"
    r"(?:[ \d.+*/^()²³√π−-]|(?<![a-zA-Z])[a-zA-Z](?![a-zA-Z]))*?)[\s.*]*\Z"
)
"""An equation in plain text that ends a sentence with a verb: "the line is y = 2x + 1."."""
_IMPLIES = re.compile(r"\\(?:implies|Rightarrow|Longrightarrow|iff)(?![a-zA-Z])|[⟹⇒]")
r"""A sign before what follows from an equation: `\implies`."""
_OR = re.compile(r"\s*,?\s*\b(?:or|oder|ou|o)\s+|或", re.IGNORECASE)
"""A word between alternatives: " or "."""
_NAMED = re.compile(rf"({_NAME})\s*=")
"""The name of an equation: the `x =` of `x = 4`."""
_ROUNDED = re.compile(
    r"(?:\A|(?<=[\s=*:]))(?P<exact>[-−]?[\d.\s/()]*(?:√\(?\d+\)?|π)[\d√π/()\s]*?)\s*(?:≈|\\approx)\s*(?P<near>[-−]?\d[\d.,]*\d|\d)"
    r"(?:\s+[^\W\d_²³]+(?:\s+[^\W\d_²³]+)?[²³]?)?[\s.*]*\Z"
)
"""An exact value before its rounded one at the end of a text: `9π ≈ 28.27`."""
Found = tuple[str, int, int, str]
"""An answer, where it starts and ends, and where it was found."""


def after_implication(formula: str) -> str | None:
    r"""Return the equation that follows from the ones before it in a formula; None if there is none.

    >>> after_implication(r"2x = 6 \implies x = 3"), after_implication("x = 3")
    ('x = 3', None)
    """
    steps = _IMPLIES.split(formula)
    is_chain = len(steps) > 1 and all("=" in step for step in steps)
    return steps[-1].strip() if is_chain and _NAMED.match(steps[-1].strip()) else None


def equations(text: str) -> Found | None:
    """Return the equations in plain text that end a text, if they are one answer.

    >>> equations("So x = 4 and y = 7."), equations("x = 4 or y = 7")
    (('x = 4, y = 7', 3, 18, 'the last formula'), None)
    """
    if "=" not in text[-80:]:
        return None
    found = _RUN.search(text, max(0, len(text) - 200))
    if found is None and (one := _STATED.search(text, max(0, len(text) - 200))) is not None:
        return one["one"].strip(), one.start("one"), one.end("one"), "the last formula"
    if found is None:
        return None
    run = found["run"]
    names = {name[0] for name in _NAMED.findall(run)}
    if len(names) > 1 and _OR.search(run):
        return None
    parts = re.split(
        r"\s*[,;]\s*(?:(?:and|or)\s+)?|\s+(?:and|or|und|oder|et|ou|y|o|e)\s+", run.replace("*", "")
    )
    return ", ".join(parts), found.start("run"), found.end("run"), "the last formula"


def exact_before_rounded(text: str) -> tuple[Found, str] | None:
    """Return the exact value at the end of a text and its rounded one, which must agree.

    >>> exact_before_rounded("9π ≈ 28.27 square units")
    (('9π', 0, 2, 'the last formula'), '28.27')
    """
    found = _ROUNDED.search(text, max(0, len(text) - 200)) if "≈" in text[-80:] else None
    if found is None:
        return None
    exact = found["exact"].strip()
    start = text.index(exact, found.start())
    return (exact, start, start + len(exact), "the last formula"), found["near"]
