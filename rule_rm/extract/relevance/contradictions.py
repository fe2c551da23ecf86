"""Find what in the clause of a value contradicts a question: another amount, unit, part, rate or polarity."""

from __future__ import annotations

import re

from rule_rm.extract.question.asked_for import FUNCTION, AskedFor, lowered
from rule_rm.extract.question.units import UNITS
from rule_rm.extract.words.verbs import base

_NUMERALS = {
    word: str(place)
    for place, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], start=1
    )
}
_AMOUNT = re.compile(
    rf"(?<![\d.,$/])\b(?P<number>\d[\d,.]*|{'|'.join(_NUMERALS)})\s+(?P<thing>[a-z]{{2,}})", re.IGNORECASE
)
"""A number of things: "40 cookies"."""
_LETTERED = re.compile(r"\b(?P<thing>[A-Za-z]{3,})\s+(?P<letter>[A-Z])\b")
"""A thing with its letter: "store B"."""
_THAN = re.compile(r"\bthan\b", re.IGNORECASE)
"""The word before the other side of a comparison: "than"."""
_PAIRED = re.compile(r"[A-Z][a-z]+(?:,\s+[A-Z][a-z]+){0,9},?\s+and\s+[A-Z][a-z]+")
"""Names that a question joins: "April, May and June"."""
_NAME = re.compile(r"[A-Z][a-z]+")
"""A name: `April`."""
_THEY = re.compile(r"\b(?:they|both|them|their)\b", re.IGNORECASE)
"""A pronoun for several: "they"."""
_ONE_PERSON = re.compile(r"\W*(?:[a-z]+\W+)?(?:he|she)\b", re.IGNORECASE)
"""A person at the beginning of a clause: "so she"."""
_OWNER = re.compile(r"\W*(?:[a-z]+\W+)?(?P<name>[A-Z][a-z]+)\s+(?:now\s+|also\s+)?[a-z]+\s*\Z")
"""A name with its verb alone: "So Ann has"."""
_OF_ONE_PERSON = re.compile(r"\b(?:he|she|his|her)\b", re.IGNORECASE)
"""A pronoun for one person: "his"."""
_NOT = re.compile(r"(?<!, )\bnot\b|n['’]t\b", re.IGNORECASE)
"""A negation, but not the one of an apposition like "the area, not the perimeter,": "not"."""
_NEGATIVE = re.compile(
    rf"{_NOT.pattern}|\b(?:un(?!der|til|it|cle)|in|im|non|dis|mis)[a-z]{{3,}}|\bleft\b|\bremain",
    re.IGNORECASE,
)
"""A word of a question that a negation may answer: "unsold", "left"."""
_CURRENCY = re.compile(r"\$\s?\Z")
"""A sign of dollars right before a value: `$`."""
_MONEY = frozenset(map(base, ("dollars", "cents", "money", "change", "bucks")))
_PER = re.compile(
    r"\W*(?:[a-z]+\s+){0,2}(?:(?:per|each|every)\s+(?P<unit>[a-z]+)|an?\s+(?P<time>second|minute|hour|day|week|month|year)\b)"
)
"""A rate behind a value: " pages per minute"."""
_RATE = re.compile(r"\b(?:per|each|every|apiece|average|speed|rate|fast|daily)\b|/", re.IGNORECASE)
"""A sign that a question asks for a rate: "each"."""


def contradiction(before: str, behind: str, value: str, asked: AskedFor) -> str | None:
    """Return what in the parts of a clause before and behind a value contradicts the question; or None.

    >>> from rule_rm.extract.question.asked_for import asked_for
    >>> asked = asked_for("24 buns need 3 cups of flour. How many cups do 40 buns need?")
    >>> [contradiction(f"{buns} buns need ", " cups.", "5", asked) for buns in (24, 40)]
    ['it is about another amount', None]
    """
    amounts = _amounts(asked.clause)
    for thing, numbers in _amounts(f"{before} § {behind}").items():
        if thing in amounts and not numbers & amounts[thing]:
            return "it is about another amount"
    if _is_part(before, behind, asked):
        return "it is about a part"
    # A difference between two stores may be stated of either.
    letters = {} if _THAN.search(asked.clause) else _lettered(asked.clause)
    if any(letters.get(thing, said) != said for thing, said in _lettered(f"{before} § {behind}").items()):
        return "it is about another one"
    if _NOT.search(before + behind) and not _NEGATIVE.search(asked.clause):
        return "it is denied"
    return _measured_otherwise(before, behind, value, asked)


def _amounts(text: str) -> dict[str, set[str]]:
    """Return the numbers of each thing in a text."""
    found: dict[str, set[str]] = {}
    for amount in _AMOUNT.finditer(text):
        number = amount["number"].lower()
        found.setdefault(base(amount["thing"]), set()).add(_NUMERALS.get(number, number))
    return found


def _lettered(text: str) -> dict[str, set[str]]:
    """Return the letters of each thing in a text: the B of "store B"."""
    found: dict[str, set[str]] = {}
    for one in _LETTERED.finditer(text):
        found.setdefault(one["thing"].lower(), set()).add(one["letter"])
    return found


def _is_part(before: str, behind: str, asked: AskedFor) -> bool:
    """Return True for one of several that a question joins: "Ann has" for "do Ann and Bob have"."""
    paired = _PAIRED.search(asked.clause)
    names = set(_NAME.findall(paired.group())) if paired else set()
    said = names & set(_NAME.findall(before + behind))
    if said and said != names:
        return True
    if said or _OF_ONE_PERSON.search(asked.clause) or not (paired or _THEY.search(asked.clause)):
        return False
    owner = _OWNER.match(before)
    name = owner["name"].lower() if owner else ""
    is_named = base(name) in asked.given and name not in FUNCTION
    return is_named or _ONE_PERSON.match(before) is not None


def _measured_otherwise(before: str, behind: str, value: str, asked: AskedFor) -> str | None:
    """Return why a value is a price, is in another unit, or is a rate that nobody asked for; or None."""
    is_price = value.startswith("$") or _CURRENCY.search(before) is not None
    is_counted = asked.clause[:8].lower() == "how many" and bool(asked.counted)
    if is_price and is_counted and not asked.counted & _MONEY:
        return "it is a price"
    units = [word for word in map(base, lowered(behind)[:2]) if word in UNITS]
    sought = {unit[0] for unit in asked.counted & UNITS}
    # "lbs" and "pounds" have no letter in common.
    if is_counted and sought and units and units[0][0] not in sought | {"l"}:
        return "it is in another unit"
    if is_counted and not sought and _is_unit_of_none(behind, asked):
        return "it is in a unit, where things are counted"
    rate = _PER.match(behind)
    if rate is None or _RATE.search(asked.clause):
        return None
    unit = rate["unit"] or rate["time"]
    # A rate per week is what a question for "a week" asks for, but not one for "5 weeks".
    return None if re.search(rf"\b(?:work)?{unit}(?:ly)?\b", asked.sentence) else "it is a rate"


def _is_unit_of_none(behind: str, asked: AskedFor) -> bool:
    """Return True for a unit behind a value that the question does not count: "minutes" for "how many pages".

    In "40 gallon jugs" and "man-hours" the unit is part of the counted noun.
    """
    said = list(map(base, lowered(behind)[:2]))
    if not said or said[0] not in UNITS or any(map(asked.counts, said)):
        return False
    return f"-{said[0]}" not in asked.clause.lower()


_UNKNOWN = re.compile(
    r"\b(?:for|find|of|is)\s+\$?(?P<letter>[a-zA-Z])\$?[?.]?\s*(?:\Z|,|\b(?:if|when|such|given)\b)"
)
"""The unknown that a question asks for: "solve for x"."""
_NO_SIDE = re.compile(r"[=,:;$]|[A-Za-z]{2,}")
"""A sign or word between the sides of equations: `=`."""
_LETTER = re.compile(r"(?<![a-zA-Z])[a-zA-Z](?![a-zA-Z])")
"""A letter alone: `x`."""


_NOT_NOW = re.compile(r"\b(?:will|was|were|ago|later|from\s+now)\b", re.IGNORECASE)
"""A sign of the future or the past: "will"."""
_TIME = re.compile(
    r"\b(?:in|after)\s+(?P<number>\d+)\s+(?P<unit>second|minute|hour|day|week|month|year)s?\b", re.IGNORECASE
)
"""A time of a statement: "in 12 years"."""


def is_at_new_time(clause: str, prompt: str, asking: str) -> bool:
    """Return True for a time in the future or past that a question about the present does not have.

    >>> asked = "Kim is 15. How old is Kim?"
    >>> [is_at_new_time(f"In 8 years, Kim {verb}", asked, asked) for verb in ("will be", "is")]
    [True, False]
    """
    time = _TIME.search(clause)
    if time is None or not _NOT_NOW.search(clause) or _NOT_NOW.search(asking):
        return False
    # "For 8 years" is a time, but "8 years older" a difference.
    asked = rf"\b(?:in|after|for|within|over|of|takes?|every)\s+{time['number']}[\s-]{time['unit']}"
    return re.search(asked, prompt, re.IGNORECASE) is None


def is_other_unknown(before: str, asked: AskedFor) -> bool:
    """Return True for an equation whose other side is another unknown than the one that is asked for.

    >>> from rule_rm.extract.question.asked_for import asked_for
    >>> asked = asked_for("Solve 3x = 27, and find x.")
    >>> [is_other_unknown(side, asked) for side in ("So x = ", "So y = ", "x - 7 = ", "x = 27/3 = ")]
    [False, True, True, False]
    """
    sought = _UNKNOWN.search(asked.clause)
    if sought is None or not before.rstrip(" $").endswith("="):
        return False
    side = _NO_SIDE.split(before.rstrip(" $="))[-1].strip()
    return _LETTER.search(side) is not None and side != sought["letter"]
