"""Times of day and dates, which look like ratios and products and are neither."""

from __future__ import annotations

import re

from rule_rm.math.reading.brackets import Tokens
from rule_rm.math.values.answers import Clock, Date, Value
from rule_rm.math.values.expression import UnreadableError

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_NUMBER = {name: number for number, name in enumerate(_MONTHS, 1)}
_NUMBER |= {name[:3]: number for name, number in list(_NUMBER.items())} | {"sept": 9}
_MOST_WORDS = 12
_CLOCK = re.compile(
    r"(?:at )?(?P<hour>\d{1,2}) ?: ?(?P<minute>\d\d)(?: ?: ?(?P<second>\d\d))?"
    r"(?: ?(?P<half>am|pm|a m|p m|noon|midnight|in the morning|in the afternoon|in the evening|at night))?"
    r"(?: o clock)?"
    r"|(?:at )?(?P<whole>\d{1,2}) ?(?:(?P<half_of_whole>am|pm|a m|p m)|o clock|uhr|点|時|点钟)"
    r"(?: (?P<later>am|pm))?"
    r"|(?P<word>noon|midnight)"
)
"""A time: `9:30`, `9:30 pm`, `9 a.m.`, `9 o'clock`, noon."""
_DATE = re.compile(
    r"(?:on )?(?:the )?(?:(?P<month>[a-z]+) ?(?:the )?(?P<day>\d{1,2})(?: ?(?:st|nd|rd|th))?"
    r"|(?P<day2>\d{1,2}) ?(?:st|nd|rd|th)? ?(?:of )?(?P<month2>[a-z]+))(?: ?,? ?(?P<year>\d{4}))?"
    r"|(?:(?P<year3>\d{4}) ?年 ?)?(?P<month3>\d{1,2}) ?月 ?(?P<day3>\d{1,2}) ?[日号]"
)
"""A date: `July 4th`, `4 July 2020`, `3月5日`."""
_SLASHED = re.compile(r"(?P<first>\d{1,2}) / (?P<second>\d{1,2}) / (?P<year>[12]\d{3})")
"""A date with slashes and a year: `12/25/2020`, `25/12/2020`."""
_AFTERNOON = frozenset({"pm", "p m", "in the afternoon", "in the evening", "at night"})
_HALF_DAY, _DAY = 12, 24
_MONTHS_OF_YEAR = 12
_PARTS_OF_SLASHED = 5
"""Three numbers and two slashes."""


def calendar(tokens: Tokens) -> Value | None:
    """Return the time or the date that the tokens are, or None."""
    if len(tokens) > _MOST_WORDS or not any(token.kind == "number" for token in tokens):
        if len(tokens) == 1 and tokens[0].text.lower() in ("noon", "midnight"):
            return _clock_of(tokens[0].text.lower())
        return None
    if len(tokens) == _PARTS_OF_SLASHED and tokens[1].text == "/":
        return _slashed(" ".join(token.text for token in tokens))
    if not any(token.kind == "word" or token.text == ":" for token in tokens):
        return None
    text = " ".join(token.text for token in tokens if token.text not in "{}.,'").lower()
    return _clock_of(text) or _date_of(text)


def _clock_of(text: str) -> Clock | None:
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    if found["word"]:
        return Clock(0, "am") if found["word"] == "midnight" else Clock(_HALF_DAY * 60, "pm")
    hour, minute = int(found["hour"] or found["whole"]), int(found["minute"] or 0)
    half = found["half"] or found["half_of_whole"] or found["later"] or ""
    if hour > _DAY or minute > 59 or found["second"]:
        return None
    if half and not 1 <= hour <= _HALF_DAY:
        raise UnreadableError("a time with am or pm after twelve")
    half = "pm" if half in (*_AFTERNOON, "noon") else "am" if half else ""
    if half:
        hour = hour % _HALF_DAY + (_HALF_DAY if half == "pm" else 0)
    return Clock(hour * 60 + minute, half or ("pm" if hour > _HALF_DAY else ""))


def _slashed(text: str) -> Date | None:
    """Return the date if only one of the two numbers before the year can be a month."""
    found = _SLASHED.fullmatch(text)
    if found is None:
        return None
    first, second = int(found["first"]), int(found["second"])
    if first <= _MONTHS_OF_YEAR < second:
        return _date(first, second, found["year"])
    return _date(second, first, found["year"]) if second <= _MONTHS_OF_YEAR < first else None


def _date_of(text: str) -> Date | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    if found["month3"]:
        return _date(int(found["month3"]), int(found["day3"]), found["year3"])
    name = found["month"] or found["month2"]
    month = _NUMBER.get(name)
    return _date(month, int(found["day"] or found["day2"]), found["year"]) if month else None


def _date(month: int, day: int, year: str | None) -> Date | None:
    return Date(month, day, int(year or 0)) if month <= 12 and 1 <= day <= 31 else None
