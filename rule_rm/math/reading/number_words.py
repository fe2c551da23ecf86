"""Numbers in English words: "two", "twenty-one", "one half"."""

from __future__ import annotations

from fractions import Fraction

from rule_rm.math.values.expression import Number

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(_TENS, 2)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_PARTS = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "thirds": 3,
    "quarter": 4,
    "quarters": 4,
    "fourth": 4,
    "fourths": 4,
    "fifth": 5,
    "fifths": 5,
}


_CHINESE = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_CHINESE_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
SCALES = {**_SCALES, "dozen": 12, "万": 10_000, "亿": 100_000_000}
"""Words that multiply the number before them: "3 million"."""


def chinese_number(text: str) -> Number | None:
    """The number that Chinese numerals mean, or None.

    >>> chinese_number("三百二十一").value, chinese_number("二分之一").value
    (Fraction(321, 1), Fraction(1, 2))
    """
    below, is_fraction, above = text.partition("分之")
    if is_fraction:
        parts = chinese_number(above), chinese_number(below)
        return Number(parts[0].value / parts[1].value) if parts[0] and parts[1] and parts[1].value else None
    total = part = digit = 0
    for character in text:
        if character in _CHINESE:
            digit = digit * 10 + _CHINESE[character]
        elif character == "万":
            total, part, digit = (total + part + digit) * 10_000, 0, 0
        elif character in _CHINESE_SCALES:
            part += (digit or 1) * _CHINESE_SCALES[character]
            digit = 0
        else:
            return None
    return Number(Fraction(total + part + digit)) if text and len(text) <= 12 else None


def number_in_words(text: str) -> Number | None:
    """The number that the words mean, or None.

    >>> number_in_words("one hundred twenty three").value, number_in_words("two thirds").value
    (Fraction(123, 1), Fraction(2, 3))
    """
    words = text.split()
    if not words or len(words) > 12:
        return None
    if words[-1] in _PARTS:
        above = (
            number_in_words(" ".join(words[:-1])) if words[:-1] not in ([], ["a"]) else Number(Fraction(1))
        )
        return Number(above.value / _PARTS[words[-1]]) if above else None
    total = part = 0
    for word in words:
        if word in _VALUES:
            if part % 10 or (part % 100 and _VALUES[word] > 9):
                return None
            part += _VALUES[word]
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in _SCALES:
            total, part = total + (part or 1) * _SCALES[word], 0
        elif word != "and" or not part:
            return None
    return Number(Fraction(total + part))
