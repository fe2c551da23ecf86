"""Take a number in words and in digits for one: "thirty-two (32)"."""

from __future__ import annotations

import re

from rule_rm.extract.patterns import deferred

_BELOW_TWENTY = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen
"""
_BEFORE_TY = "twen thir for fif six seven eigh nine"
_UNITS = {word: value for value, word in enumerate(_BELOW_TWENTY.split())}
_TENS = {f"{word}ty": 10 * value for value, word in enumerate(_BEFORE_TY.split(), start=2)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
_SHARES = {"half": "1/2", "third": "1/3", "quarter": "1/4", "fourth": "1/4", "fifth": "1/5"}
_WORDS = "|".join([*_UNITS, *_TENS, *_SCALES, *_SHARES, "and"])
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
    return digits == _value(found["words"].lower())


def _value(words: str) -> str | None:
    """Return the digits of a number in words; None if it is none."""
    parts = [word for word in re.split(r"[\s-]+", words) if word != "and"]
    if parts[-1] in _SHARES:
        return _SHARES[parts[-1]] if parts[:-1] in ([], ["one"]) else None
    total = group = 0
    for word in parts:
        if word in _SCALES:
            group = max(group, 1) * _SCALES[word]
            if word != "hundred":
                total, group = total + group, 0
        elif word in _UNITS or word in _TENS:
            group += _UNITS.get(word, 0) or _TENS.get(word, 0)
        else:
            return None
    return str(total + group)
