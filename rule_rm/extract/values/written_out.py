r"""Write the values of a last sentence in signs: "forty-two" as 42, "infinity" and `3x^2 + 2` in delimiters.

The modules that read prose then find a number or formula, and decide whether the words before it state it.
"""

from __future__ import annotations

import re

from rule_rm.extract.values.spelled import WORDS, value_of
from rule_rm.extract.words.patterns import deferred, run_of

_NUMBER = deferred(
    rf"(?<![\w.'’-])(?:(?P<sign>minus|negative)\s+)?(?P<words>(?:{WORDS})(?:(?:\s+and)?[\s-]+(?:{WORDS}))*)(?![\w'’-])",
    re.IGNORECASE,
)
"""A number in words: "minus forty-two"."""
_STATED = re.compile(r"\b(?:is|are|was|were|be|equals|has|have|gives|needs|leaves|makes)\s*\Z", re.IGNORECASE)
"""A verb right before a number: "is "."""
_INFINITY = re.compile(
    r"(?<![\w(\[,])(?P<sign>(?:positive|plus|negative|minus)\s+|[-+−])?(?:infinity\b|∞)(?!\s*[)\],]|[- ]\w)",
    re.IGNORECASE,
)
"""Infinity, but not as a bound of an interval: "negative infinity"."""
_EXPRESSION = deferred(
    run_of(
        "part",
        r"(?:arc)?(?:sin|cos|tan)(?![a-zA-Z])|(?:ln|log|exp|sqrt|pi)(?![a-zA-Z])|(?<![a-zA-Z])[a-zA-Z](?![a-zA-Z])['′]*"
        r"|(?:(?<=[=+*/(-] )|(?<=[=+*/(-]))[a-zA-Z]{2}(?![a-zA-Z])|(?<![a-zA-Z])[a-zA-Z]{2}(?=\^)"
        r"|[α-ωΑ-ΨπΠ∞√⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺½⅓¼¾]|\d|\.(?=\d)|[()\[\]^_+*/·×÷=<>≤≥≠!|−–-]"
        r"|,(?= ?[-−\w√π∞])| (?=\S)",
        least=1,
    )
)
"""An expression in plain text, in which no two letters are neighbours: `x^2 - 9 = (x - 3)(x + 3)`."""
_ARTICLE = re.compile(r"(?:\A|(?<=\s))(?:a|A|I)\s+(?=[\w(])")
"""A letter that is a word: the `a ` of "a 5"."""
_EDGE = re.compile(r"\A[\s,=+*/·×÷^!)\]–]+|[\s,=+*/·×÷^(\[–<>≤≥-]+\Z")
"""Signs and spaces at an end of a possible expression: ` = `."""
_RELATION = re.compile(r"[=<>≤≥≠]")
"""A relation: `=`."""
_LETTER = re.compile(r"(?<![a-zA-Z])[a-zA-Zα-ωΑ-Ψ](?![a-zA-Z])")
"""A letter alone: `x`."""
_MEASURED = re.compile(r"\d [a-zA-Z]\Z|\d [a-zA-Z][/·]")
"""A number with a unit of one letter at the end: `6 V`."""
_POINT = re.compile(r"[A-Z]\s?\([^()]*,[^()]*\)")
"""A point with its name: `M(4, 7)`."""
_OPERATION = re.compile(r"[-+*/·×÷^=<>≤≥≠(²³⁴−√]|\d[a-zα-ω]")
"""A sign by which letters are an expression: `+`."""
_TEX = re.compile(r"\\[a-zA-Z]|(?<!\\)\$(?!\d)|\\[\[(]")
"""A sign that a sentence has formulas of its own: `\\frac`."""
_SENTENCE = re.compile(r"(?<![.\s][a-z])(?<=[.!?])\s+|\n+")
"""The gap between two sentences, but not that behind "i.e."."""
_LONGEST = 400


def with_signs(text: str) -> str:
    r"""Return a text whose last sentence with a value has it in signs.

    >>> with_signs("She has forty-two apples."), with_signs("The limit is infinity.")
    ('She has 42 apples.', 'The limit is $\\infty$.')
    >>> with_signs("So the derivative is 3x^2 + 2.")
    'So the derivative is $3x^2 + 2$.'
    """
    end = len(text)
    for boundary in reversed([*_SENTENCE.finditer(text, max(0, end - _LONGEST))]):
        changed = _changed(text[boundary.end() : end])
        if changed is not None:
            return text[: boundary.end()] + changed + text[end:]
        end = boundary.start()
    changed = _changed(text[:end]) if end <= _LONGEST else None
    return text if changed is None else changed + text[end:]


def _changed(sentence: str) -> str | None:
    """Return a sentence with its values in signs; None if it has no value."""
    if _TEX.search(sentence):
        return sentence
    said = _INFINITY.sub(_infinity, sentence)
    if said != sentence:
        return said
    said = _NUMBER.sub(_digits, sentence)
    if said != sentence:
        return said
    found = _last_expression(sentence)
    if found is not None:
        return f"{sentence[: found[0]]}${sentence[found[0] : found[1]]}${sentence[found[1] :]}"
    return sentence if any(map(str.isdigit, sentence)) else None


def _infinity(found: re.Match[str]) -> str:
    sign = (found["sign"] or "").strip().lower()
    return r"$-\infty$" if sign in ("negative", "minus", "-", "−") else r"$\infty$"


def _digits(found: re.Match[str]) -> str:
    words = found["words"].lower()
    text, start, end = found.string, found.start(), found.end()
    # The "one" of "one of them" is a pronoun; in a sentence with digits a verb must state a number in words.
    has_digits = words == "one" or any(map(str.isdigit, text))
    if has_digits and (any(map(str.isdigit, text[end:])) or not _STATED.search(text, 0, start)):
        return found.group()
    value = value_of(words)
    return found.group() if value is None else f"{'-' if found['sign'] else ''}{value}"


def _last_expression(sentence: str) -> tuple[int, int] | None:
    """Return where the last expression of a sentence is, if it has a letter and is a formula."""
    last = None
    for found in _EXPRESSION.finditer(sentence):
        if any(map(str.isalnum, found.group())):
            last = found
    if last is None:
        return None
    start, end = last.span()
    for article in _ARTICLE.finditer(sentence, start, end):
        start = article.end()
    while (edge := _EDGE.search(sentence[start:end])) is not None and edge.group():
        if edge.start() == 0:
            start += edge.end()
        else:
            end = start + edge.start()
    said = sentence[start:end]
    is_cut = sentence[start - 1 : start].isalpha() or sentence[end : end + 1].isalpha()
    return None if is_cut or not _is_formula(said) else (start, end)


def _is_formula(said: str) -> bool:
    """Return True for an expression with a letter: its last side, or a side of an inequality, has one."""
    if said.count("(") != said.count(")") or said.count("[") != said.count("]") or _MEASURED.search(said):
        return False
    sides = _RELATION.split(said)
    if not _OPERATION.search(said) or not _LETTER.search(said):
        return False
    is_inequality = re.search("[<>≤≥≠]", said) is not None
    return _LETTER.search(sides[-1]) is not None or is_inequality or _POINT.fullmatch(said) is not None
