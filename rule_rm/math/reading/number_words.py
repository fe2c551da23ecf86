"""Numbers in words: "two", "twenty-one", "three eighths", "two dozen", "三百二十一", and ordinals."""

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
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fifth": 5,
    "eighth": 8,
    "ninth": 9,
    "twelfth": 12,
    **{word + "th": value for value, word in enumerate(_ONES) if value not in (1, 2, 3, 5, 8, 9, 12)},
    **{word.removesuffix("y") + "ieth": 10 * value for value, word in enumerate(_TENS, 2)},
}
PARTS = {
    "half": 2,
    "halves": 2,
    "quarter": 4,
    "quarters": 4,
    "hundredth": 100,
    "hundredths": 100,
    **{word: value for word, value in _ORDINALS.items() if value > 2},
    **{word + "s": value for word, value in _ORDINALS.items() if value > 2},
}
"""Parts of a whole by their name."""
_CHINESE = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_CHINESE_SCALES = {"十": 10, "百": 100, "千": 1_000}
SCALES = {**_SCALES, "dozen": 12, "lakh": 10**5, "crore": 10**7, "万": 10**4, "亿": 10**8}
"""Words that multiply the number before them: "3 million"."""
_MOST_WORDS = 12


def ordinal(digits: str) -> str:
    """Return the ending of a number's ordinal: th for 11, st for 21."""
    if digits[-2:-1] == "1":
        return "th"
    return {"1": "st", "2": "nd", "3": "rd"}.get(digits[-1:], "th")


def chinese_number(text: str) -> Number | None:
    """Return the number that Chinese numerals mean, or None.

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
        elif character in "万亿":
            total, part, digit = (total + part + digit) * SCALES[character], 0, 0
        elif character in _CHINESE_SCALES:
            part += (digit or 1) * _CHINESE_SCALES[character]
            digit = 0
        else:
            return None
    return Number(Fraction(total + part + digit)) if text and len(text) <= _MOST_WORDS else None


def number_in_words(text: str) -> Number | None:
    """Return the number that English words mean, or None.

    >>> number_in_words("one hundred twenty three").value, number_in_words("two thirds").value
    (Fraction(123, 1), Fraction(2, 3))
    >>> number_in_words("two dozen").value, number_in_words("twenty first").value
    (Fraction(24, 1), Fraction(21, 1))
    """
    words = text.lower().replace("-", " ").split()
    if not words or len(words) > _MOST_WORDS:
        return None
    if words[-1] == "dozen":
        count = (
            number_in_words(" ".join(words[:-1])) if words[:-1] not in ([], ["a"]) else Number(Fraction(1))
        )
        return Number(count.value * 12) if count else None
    if words[-1] in PARTS and (len(words) > 1 or words[-1] in ("half", "quarter")):
        return _fraction(words)
    if words[-1] in _ORDINALS:
        return _ordinal(words)
    return _cardinal(words)


def _fraction(words: list[str]) -> Number | None:
    """Return "three eighths", "two and a half", or an ordinal such as "twenty third"."""
    below, above = PARTS[words[-1]], words[:-1]
    if words[-1].endswith("s") or words[-1] in ("half", "quarter") or above in (["one"], ["a"], ["an"]):
        if above[-1:] == ["a"] and above[-2:-1] == ["and"]:
            whole = _cardinal(above[:-2])
            return Number(whole.value + Fraction(1, below)) if whole else None
        count = _cardinal(above) if above not in ([], ["a"], ["an"]) else Number(Fraction(1))
        return Number(count.value / below) if count else None
    return _ordinal(words)


def _ordinal(words: list[str]) -> Number | None:
    last = _ORDINALS.get(words[-1])
    if last is None:
        return None
    if len(words) == 1:
        return Number(Fraction(last))
    before = _cardinal(words[:-1])
    if before is None or before.value % 10 or (last > 9 and before.value % 100):
        return None
    return Number(before.value + last)


def _cardinal(words: list[str]) -> Number | None:
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
        elif word != "and" or not (part or total):
            return None
    return Number(Fraction(total + part)) if words and words[-1] != "and" else None
