"""Read the facts that only the question has.

These are the unit asked for, the words that an answer may have, the order of a pair, and the choices.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile

from rule_rm.math.values.units import Unit, read_unit, singular

_PLAIN = re.compile(r"[-+]?\d+")
"""An integer, such as `-12`."""
_HOW_MANY = re.compile(
    r"\b(?:how\s+many|how\s+much|number\s+of)\s+((?:[a-z]+\s+){0,3}[a-z]+|[a-z]+)", re.IGNORECASE
)
"""A counted thing: "how many square feet"."""
_COUNTED = re.compile(r"\bhow\s+many\s+((?:[a-z]+\s+){0,3}[a-z]+)", re.IGNORECASE)
"""Things that are counted: "how many brown eggs"."""
_IN_UNITS = re.compile(
    r"\b(?=(?:in|into|to|as|nearest|of)\s+(?:the\s+nearest\s+|units\s+of\s+|terms\s+of\s+|whole\s+)?"
    r"(?!an?\s)((?:[a-zA-Z/^0-9]+\s+){0,3}[a-zA-Z/^0-9]+))",
    re.IGNORECASE,
)
"""The unit of the answer: "in miles per hour"."""
_IN_SYMBOLS = re.compile(
    r"\b[Ii]n (?:\$?\\(?:text|mathrm)\{\s*)?([msgNJWVLKhAC](?:/s|\^2|\^3|/h)?)(?:\}\$?)?"
    r"\s*(?:[.,?)]|$)"
)
"""A symbol at the end of a clause: "in m", "in m/s"."""
_LETTERS = re.compile(r"[^\W\d_]+")
"""A run of letters: `cm` in `12 cm^2`."""
_CHOICE = re.compile(
    r"(?:^|[\s\n(\[*{])(?:\\(?:text|textbf|mathrm|mathbf)\{)?\(?([A-J])(?:\)\}?|\}\)|[.):]\}?)\s*"
    r"(.*?)(?=(?:[\s\n(\[*{])(?:\\(?:text|textbf|mathrm|mathbf)\{)?\(?[A-J](?:\)\}?|\}\)|[.):]\}?)\s|\n|$)",
    re.DOTALL,
)
"""A listed choice with its text: `(B) 12`, `B. 12`."""
_PAIR = re.compile(r"\(\s*(\\?[a-zA-Z]\w*(?:\s*,\s*\\?[a-zA-Z]\w*)+)\s*\)")
"""A tuple of names: `(r, h)`."""
_RATIOS = ("ratio", "proportion", "scale", "odds")
_RATIO = re.compile(rf"\b(?:{'|'.join(_RATIOS)})s?\b|比")
"""A word that asks for a ratio: `ratio` in `Find the ratio of a to b`."""
_POSITIVE = re.compile(
    r"\b(?:positive|nonnegative|non-negative)\s+(?:real\s+)?(?:numbers?|reals?|integers?|constants?|variables?|values?)"
    r"|all\s+variables\s+(?:are|represent)\s+(?:positive|nonnegative)|[a-z]\s*(?:>|\\gt)\s*0\b",
    re.IGNORECASE,
)
r"""A statement that the variables are positive: `positive integers`, `x > 0`."""
_MOST_CHOICES = 10


def relevant(question: str, answer: str, golden: Iterable[str] = ()) -> str:
    """Return the part of a question that matters for an answer: nothing for an integer, else all of it.

    A golden answer with letters needs it: they may be a choice, or a unit that the question asks for.

    >>> relevant("What is $2 + 3$?", "2+3"), relevant("What is $2 + 3$?", "5")
    ('What is $2 + 3$?', '')
    """
    has_letters = any(character.isalpha() for one in golden for character in one)
    return "" if _PLAIN.fullmatch(answer) and not has_letters else question


def asked_unit(question: str) -> Unit | None:
    """Return the unit that the question asks for, if it says so.

    >>> asked_unit("How many feet is that?") == asked_unit("Give the length in feet.")
    True
    """
    for pattern in (_HOW_MANY, _IN_UNITS):
        units = [
            unit for found in pattern.finditer(question) if (unit := _longest_unit(found[1])) is not None
        ]
        if units:
            return units[-1]
    symbols = _IN_SYMBOLS.findall(question)
    return read_unit(symbols[-1]) if symbols else None


def counts_things(question: str) -> bool:
    """Return True if the question asks for a number of things that no unit measures.

    >>> [counts_things(f"How many {noun} are left?") for noun in ("brown eggs", "litres", "more metres")]
    [True, False, False]
    """
    counted = _COUNTED.findall(question)
    return bool(counted) and not any(
        unit.measures for words in counted for word in words.split() if (unit := read_unit(word)) is not None
    )


def _longest_unit(text: str) -> Unit | None:
    words = list(takewhile(lambda word: word.lower() not in _STOPS, text.split()))
    for length in range(len(words), 0, -1):
        if len(words[0]) < 2:
            return None
        unit = read_unit(" ".join(words[:length]))
        if unit is not None and unit.measures and not unit.label:
            return unit
    return None


_SYMBOL_OF_UNIT = re.compile(r"\d\s*(?:\\(?:text|mathrm|,)\s*\{?)?\s*([a-zA-ZµΩ]{1,3})(?![a-zA-Z])")
"""A symbol after a number, which may be a unit: the `cm` of `15 cm`."""
_STOPS = frozenset(
    [
        "in",
        "of",
        "the",
        "are",
        "is",
        "was",
        "were",
        "does",
        "do",
        "did",
        "has",
        "have",
        "can",
        "will",
        "would",
        "to",
        "from",
        "at",
        "on",
        "for",
    ]
)
"""Words at which the name of a unit ends."""


_NOUNS = {
    "percent|probability|chance|rate|proportion|fraction|share|百分|概率": "share",
    "mass|weigh|heavy|重|质量": "mass",
    "length|long\\b|tall|height|high\\b|wide|width|distance|far\\b|radius|diameter|perimeter|deep|depth|area|volume"
    "|长|高|距离|面积|体积": "length",
    "time\\b|how long|when|duration|age\\b|old\\b|period|时间|多久": "time",
    "speed|velocity|fast|rate|acceleration|速度": "length time",
    "force|energy|work\\b|power|pressure|momentum|torque|力|能": "mass length time",
    "temperature|hot|cold|温度": "celsius fahrenheit temperature",
    "cost|price|pay|paid|money|earn|spend|spent|profit|worth|save|charge|钱|价": (
        "dollar euro sterling yuan yen rupee won"
    ),
    "charge|current|voltage|resistance|electric|电": "current mass length time",
    "frequency|频率": "time",
    "moles?\\b|concentration": "amount length",
}
"""The measures that the nouns of a question have."""


@lru_cache(maxsize=256)
def units_in(question: str) -> tuple[Unit, ...]:
    """Return the units in words that a question mentions, and the symbols after its numbers."""
    names = [word for word in _LETTERS.findall(question) if len(word) > 2] + _SYMBOL_OF_UNIT.findall(question)
    return tuple(unit for name in names if (unit := read_unit(name)) is not None and unit.measures)


@lru_cache(maxsize=256)
def measures_in(question: str) -> frozenset[str]:
    """Return the dimensions of the units that a question mentions."""
    found: set[str] = set()
    if "$" in question or "\\$" in question:
        found.add("dollar")
    if "%" in question:
        found.add("share")
    for noun, measures in _NOUNS.items():
        if re.search(rf"\b(?:{noun})", question, re.IGNORECASE):
            found |= set(measures.split())
    for word in re.findall(r"[^\W\d_]+|[€£¥₹₩₽¢°]", question):
        unit = read_unit(word) if len(word) > 1 or not word.isascii() else None
        if unit is not None:
            found |= {measure for measure, _ in unit.measures}
    for symbol in _SYMBOL_OF_UNIT.findall(question):
        unit = read_unit(symbol)
        if unit is not None:
            found |= {measure for measure, _ in unit.measures}
    return frozenset(found)


@lru_cache(maxsize=256)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(stem for word in _LETTERS.findall(text.lower()) for stem in (word, singular(word)))


def is_said(word: str, texts: str) -> bool:
    """Return True if a word, or one with another ending, occurs in a text.

    >>> is_said("apple", "How many apples?"), is_said("wrong", "How many?")
    (True, False)
    """
    lower = word.lower()
    known = _words_of(texts)
    if lower in known or singular(lower) in known:
        return True
    if not lower.isascii() and not lower[0].isalpha():
        return False
    if ord(lower[0]) > 0x2E80:
        return lower in texts
    stem = lower[: max(4, len(lower) - 2)]
    return len(lower) > 4 and any(one.startswith(stem) and abs(len(one) - len(lower)) <= 3 for one in known)


def choices_of(question: str) -> dict[str, str]:
    r"""Return the listed choices, each letter with its text.

    >>> choices_of("Which?\n(A) 5\n(B) 12")
    {'A': '5', 'B': '12'}
    """
    found: dict[str, str] = {}
    for letter, text in _CHOICE.findall(question):
        if len(found) == _MOST_CHOICES or letter != "ABCDEFGHIJ"[len(found)]:
            continue
        found[letter] = text.strip().strip("$").rstrip(".;,").strip()
    return found if len(found) > 1 and all(found.values()) else {}


def order_of_names(question: str, names: frozenset[str]) -> tuple[str, ...]:
    """Return the names in the order of a tuple in the question: `(r, h)`; nothing if there is none."""
    for found in _PAIR.finditer(question):
        order = tuple(name.strip().lstrip("\\") for name in found[1].split(","))
        if frozenset(order) == names and len(order) == len(names):
            return order
    return ()


def is_about_ratios(question: str) -> bool:
    """Return True if a question asks about a ratio."""
    is_possible = "比" in question or any(word in question for word in _RATIOS)
    return is_possible and _RATIO.search(question) is not None


def says_positive(question: str) -> bool:
    """Return True if a question says that its variables are positive."""
    return _POSITIVE.search(question) is not None


_BARE = re.compile(r"[\s{}()\\$]|left|right|cdot|displaystyle")
r"""Parts of a formula without meaning for its value: spaces, braces, `\left`, `\displaystyle`."""


def mentions(question: str, formula: str) -> bool:
    """Return True if a formula, however it is set, occurs in the question."""
    bare = _BARE.sub("", formula)
    return bool(bare) and bare in _BARE.sub("", question)
