"""Cut the sentence that leads to a value out of a text, without markup and formulas."""

from __future__ import annotations

import re

from rule_rm.extract.values.numbers import formulas_in
from rule_rm.extract.values.surroundings import is_open
from rule_rm.extract.words import patterns

VALUE = "\N{SECTION SIGN}"
"""The sign that stands for a formula in a clause."""
_MARKUP = re.compile(
    r"\\(?:text(?:bf|it|rm)?|mathrm|mathbf|mbox|textnormal|displaystyle|large|Large|huge|Huge|left"
    r"|right|centering|quad|qquad|[,;:! ])(?![a-zA-Z])"
    r"|(?:^|(?<=\n))\s*[-*+]\s\[[xX✓✔]\]|```\w*|\\(?:text)?color\s*\{[^{}]*\}|[*_`{}&#>|~]|\\\\|<[^<>\n]{1,20}>|\\(?:\[|\(|\$)|\$|\*\*"
)
"""Markup that says nothing, such as `**` or `\\text`."""
_TEXT = re.compile(r"\\(?:text|textbf|textrm|mathrm|mbox)\s*\{([^{}]*)\}")
"""Upright text in a formula: `\\text{cm}`."""
RELATION = re.compile(
    r"(?<![!<>≠/~])(?:=|≈|→|⇒|∴|\\approx|\\equiv|\\simeq|\\to|\\in|∈|\\(?:[Rr]ightarrow|[Ll]ongrightarrow|implies"
    r"|iff|therefore|leadsto))[\s{}&$*~]*\Z"
)
"""A sign before a value that states it: `=`."""
_SENTENCE = re.compile(r"(?:(?<!i\.e)(?<!e\.g)\.|[!?])(?=[\s)\"”*_$]|\Z)|[。！？]|\n[ \t]*\n")
"""The end of a sentence, or a blank line: the `.` of `It is 4. So`."""
_LINE = re.compile(r"[:;,，：；§\d)][ \t]*\n|\n(?=\s*[^a-z\s])")
"""The end of a line that is complete: it ends in a colon, or the next one begins with a capital."""


def before_formula(before: str) -> tuple[str, bool]:
    """Return the text before the formula in which a value is, and True if a sign in it states the value."""
    if not is_open(before, len(before)):
        return before, RELATION.search(before) is not None
    places = [before.rfind("\\["), before.rfind("\\(")]
    if before.rfind("\\begin{") > before.rfind("\\end{"):
        places.append(before.find("\\begin{", max(0, before.rfind("\\end{"))))
    cut = max(places)
    if cut < 0 or before.count("$", cut) % 2:
        cut = before.rfind("$")
    inner = before[cut:]
    words = " ".join(_TEXT.findall(inner))
    by_sign = RELATION.search(inner) is not None
    return f"{before[:cut]} {words} {VALUE if by_sign else ''}", by_sign


def sentence_before(before: str) -> tuple[str, str]:
    """Return the sentence that leads to a value, without markup, and the gap between them."""
    for formula in reversed(formulas_in(before)):
        before = before[: formula.start()] + VALUE + before[formula.end() :]
    plain = patterns.letters(_MARKUP.sub(" ", before))
    sentence = plain.rstrip(" \t\r\n-–•")
    gap = plain[len(sentence) :]
    if sentence.endswith(("…", "..")) and "\n" not in gap:
        sentence = sentence.rstrip("….")
    if not sentence or sentence[-1] in ".!?。！？":
        return "", gap
    ends = [found.end() for pattern in (_SENTENCE, _LINE) for found in pattern.finditer(sentence)]
    return sentence[max(ends, default=0) :].strip(), gap
