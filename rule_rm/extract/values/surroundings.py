r"""Read the formula around a box: `-\boxed{42}` says −42, `x > \boxed{42}` is not 42."""

from __future__ import annotations

import re

_OPENING = re.compile(r"\$\$?|\\\[|\\\(|\\begin\s*\{[a-z*]+\}(?:\{[^{}]*\})?|\\\\|&|\n\s*\n")
"""The latest beginning of the formula of a box, such as `$` or a line of an alignment."""
_CLOSING = re.compile(r"\$\$?|\\\]|\\\)|\\end\s*\{[a-z*]+\}|\\\\|&|\n\s*\n")
"""The latest end of the formula of a box, such as `$` or a blank line."""
_LEAD = re.compile(
    r".*(?:(?<!\\not)(?<!\\not\s)(?<![<>!:/~\\≠≡])(?:=|\\approx|≈|\\simeq|\\equiv(?![^$]*\\pmod)|:=|\\in(?![a-zA-Z])|∈)(?!=)"
    r"|\\(?:[Rr]ightarrow|[Ll]ongrightarrow|implies|iff|therefore|Longleftrightarrow|leadsto|colon|qquad|quad|to)(?![a-zA-Z])|[⇒→∴：]"
    r"|:(?=\s|\Z)|[,;](?=\s|\\))",
    re.DOTALL,
)
"""Text before a box that says nothing of its value: all up to the last `=`, arrow or colon."""
_TYPE = re.compile(
    r"(?:\\(?:displaystyle|textstyle|large|Large|LARGE|huge|Huge|normalsize|bf|rm|it|mathbf|mathrm|textbf"
    r"|textit|underline|text|mbox|bm|boldsymbol|ensuremath|emph|left|right|[,;:!> ]|[hv]space\{[^{}]*\}"
    r"|centering|limits|[bB]ig[lr]?)(?![a-zA-Z])"
    r"|\\(?:color|textcolor)\s*\{[^{}]*\}|[\s{}*~_.])*"
)
"""Type, spaces and braces around a box: `{\\color{red}`."""
_ENDS = re.compile(
    r"(?:[\s.,;:}*~。，；]|\\(?:[,;:!> ]|quad|qquad|checkmark|blacksquare|square|Box|blacktriangle|hfill|qed"
    r"|tag\{[^{}]*\}|right|cr|nonumber|smiley)(?![a-zA-Z])|[✓✔✅☑■□∎▪👍🎉️])*"
)
"""Marks after a box that say nothing of its value: `.`, `\\checkmark`."""
_TEXT = re.compile(r"\\(?:text|textbf|textrm|mathrm|mbox|textit)\s*\{([^{}]*)\}")
r"""Upright text in a formula: `\text{cm}`."""
_BULLET = re.compile(r"(?:^|\n)\s*(?:(?:[-*+•–—>]|[=-]>|\d+[.)]|\(?[a-z][.)])\s+)?\Z")
"""The start of a line with its bullet or number: `- `."""
_PLAIN_BEFORE = re.compile(
    r"(?:(?<![\w}])[-+−±]\s?|(?:[\d\w)}]\s*)?(?:[-+−*/^×·÷<>≤≥≠√∛¬~]|\\(?:cdot|times|div|pm|neq?|le|ge|lt|gt|leq|geq|sqrt|neg|not|lnot|not\s*=)(?![a-zA-Z]))\s*"
    r"|[\w)]*[\d)])\Z"
)
"""A sign or factor right before a box outside of a formula: `2*`."""
_PLAIN_AFTER = re.compile(
    r"[ \t]*(?!--|\*\*|__)"
    r"(?:[-+−*/^×·÷<>≤≥≠!_%°²³](?![\s*]*\n)\s*[\w({\\]*[\w)}]*|\\(?:cdot|times|div|pm|neq?|le|ge|%)"
    r"(?![a-zA-Z])\s*[\w{}.]*)|:\d[\d.]*|\{,\}\d[\d{},.]*|[,.]\d[\d,.]*|\s*per\s?cent\b"
)
"""A sign and its operand, or further digits, right after a box outside of a formula: `/2`, `,000`."""
_LONGEST = 300


def statement(text: str, start: int, content: int, content_end: int, end: int) -> str:
    r"""Return the statement of a box together with its formula.

    >>> text = r"So $x = 2\cdot\boxed{21}$."
    >>> statement(text, 14, 21, 23, 24)
    '2\\cdot 21'
    """
    inner = text[content:content_end].strip()
    before, after, in_formula = _formula(text, start, end)
    if in_formula:
        lead = _LEAD.match(before)
        head = (
            before[lead.end() :]
            if lead and not _opens(before[lead.end() :]) and _balanced(before)
            else before
        )
        tail = after
    else:
        bullet = _BULLET.search(text, max(0, start - 12), start)
        found = None if bullet else _PLAIN_BEFORE.search(text, max(0, start - 40), start)
        follows = _PLAIN_AFTER.match(text, end, end + 60)
        head, tail = found.group() if found else "", follows.group() if follows else ""
    head = _without_words(head)
    if _TYPE.fullmatch(head):
        head = ""
    if _ENDS.fullmatch(tail if in_formula else tail.strip("!")):
        tail = ""
    if not head and re.match(
        r"\s*(?:=|\\pmod|\(\\bmod|\\approx|≈|\\Rightarrow|\\implies|\\quad\s*\\text|\\text\s*\{\s*(?:because|since|as|where|by)\b)",
        tail,
    ):
        tail = ""
    if not head and not tail:
        return inner
    return f"{head.strip()} {inner} {tail.strip()}".strip()


def _formula(text: str, start: int, end: int) -> tuple[str, str, bool]:
    """Return the parts of the formula before and after a box, and True if there is one."""
    low = max(0, start - _LONGEST)
    opened = next(reversed(list(_OPENING.finditer(text, low, start))), None)
    if opened is None or not is_open(text, start):
        return "", "", False
    closed = _CLOSING.search(text, end, end + _LONGEST)
    return text[opened.end() : start], text[end : closed.start() if closed else end], True


_BRACKET = re.compile(r"\\[\])]")
r"""The end of a formula: `\]`."""
_DOLLARS = re.compile(r"\$+")
"""The end of a formula: `$$`."""
_END = re.compile(r"\\end\{\w*\*?\}")
r"""The end of an environment: `\end{align*}`."""


def closing(text: str, start: int) -> re.Pattern[str] | None:
    r"""Return a pattern for what closes the formula that is open at a place: `\]`, dollars, `\end{align}`."""
    paragraph = max(text.rfind("\n\n", 0, start), max(0, start - 2_000))
    before = text[paragraph:start]
    if max(before.rfind("\\["), before.rfind("\\(")) > max(before.rfind("\\]"), before.rfind("\\)")):
        return _BRACKET
    if before.replace("\\$", "").replace("$$", "$").count("$") % 2 == 1:
        return _DOLLARS
    return _END if before.count("\\begin{") > before.count("\\end{") else None


def is_open(text: str, start: int) -> bool:
    """Return True if a formula is open at a place."""
    return closing(text, start) is not None


def _opens(head: str) -> bool:
    return head.count("}") > head.count("{")


def _balanced(before: str) -> bool:
    return before.replace("\\{", "").count("{") == before.replace("\\}", "").count("}")


def _without_words(head: str) -> str:
    """Remove `\\text{…}` of words before a box: a denial in them has been looked for."""
    return _TEXT.sub(lambda found: " " if len(found[1].strip()) > 1 else found.group(), head)
