r"""Take a number from prose with all that belongs to it: "12!", "7 or 8", "5 million" are not 12, 7 and 5."""

from __future__ import annotations

import re

from rule_rm.extract.words.patterns import deferred, run_of

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)?(?:\.\d+)?(?<=\d)(?:\s?/\s?\d+(?![\d.]))?"
_SCALE = (
    r"(?:hundred|thousand|million|billion|trillion|dozen|score|lakh|crore|half|halves|thirds?|quarters?"
    r"|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?|hundredths?"
    r"|thousandths?|squared|cubed|percent|per cent|万|亿|億|千|百)"
)
_AFTER = (
    r"(?:\s?(?:%|!|°|π|pi\b|²|³|⁴|[¼-¾⅐-⅞]|√\d+|\^\s?\(?\{?-?\d+\}?\)?|\\pi|\\%"
    r"|[ap]\.?m\b(?:\.(?=\W|\Z))?|(?:in\s)?base[ -]?\d+)|(?<=\d)i\b"
    rf"|(?:\s|-)?{_SCALE}(?![a-zA-Z]))*"
)
_ATOM = rf"(?:[-−+±]\s?)?(?:\\?[$€£¥₹]\s?)?(?:√?{_DIGITS}|π|√\(\d+\)?){_AFTER}"
_JOIN = (
    r"(?:\s?[-+−–*×·÷:^/]\s?|\s*=\s*|\s+(?:or|and|to|through|x|by|plus|minus|times|over|out of"
    r"|in(?!\s+\d+\s+(?:more\s+)?(?:second|minute|hour|day|week|month|year)s?\b))\s+"
    r"|,\s*(?:and\s+|or\s+)?"
    r"|\s*(?:或|和|与|至|到|~|～)\s*|\s+(?=\d+/\d))"
)
_RUN = deferred(_ATOM + run_of("joined", rf"{_JOIN}(?={_ATOM})(?:and\s+)?{_ATOM}"), re.IGNORECASE)
"""A number with its sign, currency, powers, scale and what it is joined with, such as `3 + 4 = 7`."""
_BEFORE = re.compile(r"(?![\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f])[\w.]\Z|[第#]\Z")
"""A character that makes the digits after it a part of a word, such as the `x` of `x2`, but not 剩."""
CONTINUED = r"\s*\\(?!(?:text\w*|mathrm|mbox|rm|quad|qquad|circ|degree)\b)[a-zA-Z]"
r"""The beginning of a command of LaTeX that goes on with a value: the `\sqrt` of `5\sqrt{2}`."""
_FOLLOWED = re.compile(
    rf"(?!(?:kgs?|km|cm|mm|mg|g|mL|ml|lbs?|oz|mph|hrs?|mins?|°[CF])(?!\w|\s*[*^(]))[a-zA-Z_\d\u0300-\u036f]"
    r"|\.\.+\d|[ \t]+\d|[ \t]*[&|][ \t]*\d|[ \t]+(?:choose|mod|modulo)\b"
    rf"|[ \t]*[*·×+−-][ \t]*(?![aAI]\b)[a-zA-Z](?![a-zA-Z'’])|{CONTINUED}"
)
"""The rest of a larger value behind a number: the `..5` of `3..5`, the `*x` of `3*x`, a command of LaTeX."""
_MATHS = re.compile(
    r"\$\$(?P<a>[^$]+)\$\$|(?<!\\)\$(?P<b>(?:[^$\\\n]|\\.)+)\$(?!\d)|\\\[(?P<c>(?:[^\\]|\\[^\[\]])+)\\\]|\\\((?P<d>(?:[^\\]|\\[^()])+)\\\)",
)
"""A formula in its delimiters, such as `$x$`."""
_LONGEST = 200


def number_at(text: str, at: int) -> re.Match[str] | None:
    """Return the number at a place, with all that belongs to it; None if it is part of something else.

    >>> [number_at(text, 0).group() for text in ("12! ways", "7 or 8", "5 million people", "17, in total")]
    ['12!', '7 or 8', '5 million', '17']
    >>> number_at("5x", 0)
    """
    found = _RUN.match(text, at, at + _LONGEST)
    if found is None or _FOLLOWED.match(text, found.end()):
        return None
    return found


def numbers_in(text: str) -> list[re.Match[str]]:
    """Return the numbers of a text, each with all that belongs to it."""
    found: list[re.Match[str]] = []
    at = 0
    while at < len(text):
        number = _RUN.search(text, at)
        if number is None:
            break
        at = max(number.end(), at + 1)
        if not _BEFORE.search(text[max(0, number.start() - 1) : number.start()]):
            found.append(number)
    return found


def formula_at(text: str, at: int) -> re.Match[str] | None:
    """Return the formula in delimiters at a place."""
    return _MATHS.match(text, at)


def formulas_in(text: str) -> list[re.Match[str]]:
    """Return the formulas in delimiters of a text."""
    return list(_MATHS.finditer(text))


def content(formula: re.Match[str]) -> str:
    """Return the content between the delimiters of a formula."""
    return next(group for group in formula.groups() if group is not None).strip()
