"""Find whether the words behind a number are its unit, or things that the question counts: "17 hens"."""

from __future__ import annotations

import re

from rule_rm.extract.question.asked import asking_sentence
from rule_rm.extract.question.units import MEASURES
from rule_rm.extract.words.patterns import deferred

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
"""A word, such as `isn't`."""
_RESULTS = re.compile(
    r"(?:need|requir|obtain|reach|attain|achiev|form|produc|creat|us|calculat|comput|determin|deriv|verifi|confirm"
    r"|express|simplifi|round|reduc|list|seat|arrang|select|allow|realiz|realis|satisfi|expect|complet|includ|cover"
    r"|provid|support|justifi|design|call|box|present|defin|bas|relat|associat|locat|position|measur|serv|travel"
    r"|work|earn|deliver|finish|exceed|bound|plac|assign|divid|combin|count|remov|exclud|reject|eliminat|fail)ed",
    re.IGNORECASE,
)
"""A participle of a result: "needed"."""
UNITS = deferred(
    r"\s*(?:(?:square|cubic|more|fewer|such|possible|different|distinct|total|of|whole|full|US|new"
    r"|other|additional)\s+)*"
    rf"(?:{MEASURES}|times|ways|people|students|points|coins|numbers|solutions|integers|values|items|pieces|books"
    r"|cookies|apples|eggs|marbles|tickets|games|cards|balls)\b",
)
"""A unit, such as "square meters"."""
_MEASURED = deferred(
    r"(?:[\s~$}]|\\[,;: ]|\\(?:text|mathrm)\s*\{)*(?:(?:square|cubic)\s+)?"
    rf"(?:{MEASURES}|\\Omega|°)(?![^\W\d_])"
)
"""A unit of measurement behind a number, also in TeX: `}\\text{ km}`."""


_UNIT = deferred(
    rf"\s?\*{{0,2}}\s?(?P<unit>(?:(?:square|cubic)\s+)?(?:{MEASURES})(?:(?:\s*/\s*|\s+per\s+|\s+an?\s+)(?:{MEASURES})|[\s·]\s?(?:{MEASURES})⁻[¹²³])?)"
    r"(?![\w/^²³⁻·-]|\s*[\d(+*=<>]|\s+(?:and|or)\s+\d|\s+per\b)"
)
"""A unit right behind a number in a sentence, but not the first of several: " km/h"."""


_ASKED_UNIT = deferred(rf"\b(?=\w\w)(?:{MEASURES})\b|\d\s?(?:{MEASURES})\b")
"""A unit in a question: `hours`, `12 V`."""


def with_unit(text: str, number: re.Match[str], prompt: str) -> str:
    """Return a number of a sentence with the unit behind it, if the question has units.

    >>> number = re.compile("42").search("It is 42 years old.")
    >>> [with_unit(number.string, number, asked) for asked in ("How many years?", "How many eggs?")]
    ['42 years', '42']
    """
    if not _ASKED_UNIT.search(prompt):
        return number.group().strip()
    unit = _UNIT.match(text, number.end())
    value = number.group().strip()
    if unit is None or not value[-1:].isdigit():
        return value
    rate = _RATE.search(unit["unit"])
    if rate is not None and _counts_per(unit["unit"], rate, asking_sentence(prompt)):
        return f"{value} {unit['unit'][: rate.start()]}"
    return f"{value} {unit['unit']}"


def _counts_per(unit: str, rate: re.Match[str], asking: str) -> bool:
    """Return True if a question like "how many metres does he run a week?" asks for the metres of a rate."""
    is_counted = re.search(rf"(?i:how\s+many)\b[^.?]*\b{re.escape(unit[: rate.start()])}\b", asking)
    as_rate = re.search(
        rf"\b{re.escape(unit[: rate.start()])}(?:\s*/\s*|\s+(?:per|an?)\s+){rate['per']}", asking
    )
    return is_counted is not None and as_rate is None and rate["per"] in asking


_RATE = re.compile(r"(?:\s*/\s*|\s+per\s+|\s+an?\s+)(?P<per>[a-z]+)\Z")
"""The end of a unit that is a rate: " per week"."""
_LONGEST = 200
_TWO_COUNTS = re.compile(
    r"(?<![\w.,])(?P<pair>\d+\s+(?P<one>[a-z]+)\s+and\s+\d+\s+(?P<other>[a-z]+))[\s.!*]*\Z"
)
"""The numbers of two things that end a text: "8 apples and 4 pears"."""
_LEFT = re.compile(r"\b(?:left|remain\w*|unsold|unused|still)\b")
"""A word of a question about a remainder, such as "left"."""


def is_undone(participle: str | None, prompt: str) -> bool:
    """Return True for a participle by which the counted things are others than those that are asked for."""
    if participle is None or not prompt or _RESULTS.fullmatch(participle):
        return False
    asking = asking_sentence(prompt).lower()
    # "54 were sold. How many are left?" asks for none of those that were sold.
    said = asking if _LEFT.search(asking) else prompt.lower()
    if participle.lower() in said:
        return False
    asked = {_stem(word).removesuffix("ed") for word in _WORD.findall(said)}
    return _stem(participle.lower().removesuffix("ed")).removesuffix("e") not in asked


def is_measured(behind: str) -> bool:
    r"""Return True if a unit of measurement is behind a number, so that it may be rounded.

    >>> is_measured(r"}\text{ km}."), is_measured(" eggs.")
    (True, False)
    """
    return _MEASURED.match(behind) is not None


def two_counts(text: str, prompt: str) -> tuple[str, int, int, str] | None:
    """Return the numbers of two things at the end of a text, if the question asks how many there are of each.

    >>> two_counts("So there are 8 apples and 4 pears.", "How many apples and pears are there?")
    ('8 apples and 4 pears', 13, 33, 'the last numbers')
    """
    found = _TWO_COUNTS.search(text[-_LONGEST:])
    if found is None:
        return None
    asking = asking_sentence(prompt).lower()
    pair = rf"\b{_stem(found['one'])}\w*(?:\s+and|,)\s+(?:how\s+many\s+)?{_stem(found['other'])}"
    if re.search(pair, asking) is None or "how many" not in asking:
        return None
    offset = max(0, len(text) - _LONGEST)
    return found["pair"], offset + found.start("pair"), offset + found.end("pair"), "the last numbers"


def is_counted(first: str, prompt: str) -> bool:
    """Return True for a unit, a noun of the question, or a noun with its verb: "students passed"."""
    if UNITS.match(first) or first.strip()[:1] in "\\%°":
        return True
    words = _WORD.findall(first)
    asked = {_stem(word) for word in _WORD.findall(prompt)}
    if words and _stem(words[0]) in asked:
        return True
    return any(
        word.lower() in ("are", "were", "remain", "remained", "will", "can") for word in words[1:4]
    ) or first.strip()[:3].lower() in ("of ", "on ", "in ")


def _stem(word: str) -> str:
    return word.lower().removesuffix("s").removesuffix("e")
