"""Take a number in words and in digits for one: "thirty-two (32)"."""

from __future__ import annotations

import re

from rule_rm.extract.words.patterns import deferred

_BELOW_TWENTY = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen
"""
_BEFORE_TY = "twen thir for fif six seven eigh nine"
_UNITS = {word: value for value, word in enumerate(_BELOW_TWENTY.split())}
_TENS = {f"{word}ty": 10 * value for value, word in enumerate(_BEFORE_TY.split(), start=2)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_SHARES = {**_PARTS, **{f"{word}s": value for word, value in _PARTS.items()}, "halves": 2}
WORDS = "|".join([*_UNITS, *_TENS, *_SCALES, *_SHARES])
"""The words of numbers, as alternatives of a regular expression."""
_WORDS = f"{WORDS}|and"
_TWICE = deferred(
    rf"\b(?P<words>(?:{_WORDS})(?:[\s-]+(?:{_WORDS}))*)\b(?P<noun>\s+(?:dollars|euros|pounds|percent|cents))?"
    r"\s*[(（]\s*(?P<digits>\\?[$€£]?\d[\d,./]*\s?%?)\s*[)）]",
    re.IGNORECASE,
)
"""A number in words with its digits in brackets behind it: "thirty-two (32)"."""


def with_digits_alone(text: str) -> str:
    """Return a text in which numbers in words with their digits in brackets are the digits, if they agree.

    >>> with_digits_alone("It is thirty-two (32)."), with_digits_alone("It is thirty (32).")
    ('It is 32.', 'It is thirty (32).')
    """
    return _TWICE.sub(lambda found: found["digits"] if _agree(found) else found.group(), text)


def _agree(found: re.Match[str]) -> bool:
    digits = re.sub(r"[\\$€£%,\s]", "", found["digits"])
    return digits == value_of(found["words"].lower())


def value_of(words: str) -> str | None:
    """Return the digits of a number in words; None if it is none.

    >>> value_of("one hundred and twenty-five"), value_of("three quarters"), value_of("half")
    ('125', '3/4', '1/2')
    """
    parts = [word for word in re.split(r"[\s-]+", words) if word != "and"]
    if parts[-1] in _SHARES:
        above = value_of(" ".join(parts[:-1])) if parts[:-1] else "1"
        return f"{above}/{_SHARES[parts[-1]]}" if above and "/" not in above else None
    total = group = 0
    for place, word in enumerate(parts):
        if word in _SCALES:
            group = max(group, 1) * _SCALES[word]
            if word != "hundred":
                total, group = total + group, 0
        elif word in _TENS or word in _UNITS:
            if place and parts[place - 1] not in _SCALES and (word in _TENS or parts[place - 1] not in _TENS):
                return None
            group += _UNITS.get(word, 0) or _TENS.get(word, 0)
        else:
            return None
    return str(total + group)
