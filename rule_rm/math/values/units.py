"""Units of measurement: what they measure and how much of it, so that 2 feet are 24 inches and not 2 inches.

A word that is no unit is a label ("12 apples"): it says nothing about the value, but two different labels
contradict each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

_TABLE = """
length: m meter metre 米 1, cm centimeter centimetre 厘米 1/100, mm millimeter millimetre
 毫米 1/1000, km kilometer kilometre 千米 公里 1000, dm decimeter decimetre 1/10, nm nanometer
 nanometre 1/1000000000, micrometer micron 1/1000000, in inch inches 127/5000, ft foot
 feet 381/1250, yd yard 1143/1250, mi mile 201168/125
mass: g gram gramme 克 1, kg kilogram kilogramme kilo 千克 公斤 1000, mg milligram 1/1000, t
 ton tonne 1000000, lb lbs pound 45359237/100000, oz ounce 45359237/1600000
time: s sec second 秒 1, min minute 分钟 60, h hr hour 小时 3600, day 天 86400, week 604800,
 ms millisecond 1/1000, month 2629746, yr year 31556952, century centuries 3155695200,
 decade 315569520
money: dollar usd buck 1, cent penny pennies 1/100
euro: euro eur 1
sterling: gbp 1
yuan: yuan rmb 元 1
rupee: rupee inr 1
angle: degree deg 度 1, radian rad 180/pi
share: percent pct percentage 1
volume: l L liter litre 1, ml milliliter millilitre 1/1000, gallon gal
 473176473/125000000, quart 473176473/500000000, pint 473176473/1000000000, cup
 473176473/2000000000
energy: j J joule 1, kj kilojoule 1000, ev electronvolt
 801088317/5000000000000000000000000000, erg 1/10000000
force: n N newton 1, kn kilonewton 1000, dyne 1/100000
power: w W watt 1, kw kilowatt 1000
frequency: hz hertz 1, khz kilohertz 1000, mhz megahertz 1000000
temperature: k K kelvin 1
amount: mol mole 1
current: a A ampere amp 1
voltage: v V volt 1
pressure: pa pascal 1, kpa kilopascal 1000, atm atmosphere 101325
"""
_ONLY_AFTER_NUMBER = {"m", "g", "t", "s", "h", "l", "j", "n", "w", "k", "a", "v", "in", "oz"}
_WRITTEN_OUT = {"mph": "mile/hour", "kph": "km/hour", "kmh": "km/hour", "平方": "square ", "立方": "cubic "}
_PREFIXES = {"square": 2, "sq": 2, "cubic": 3, "cu": 3, "squared": 2, "cubed": 3}
_WORD = re.compile(r"[^\W\d_]+|\^\s*\{?\s*(-?\d+)\s*\}?|/|\d+|\S")
_EMPTY = {"of", "the", "a", "an", "in", "total", "about", "each", "approximately"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of powers of measures, and how many of their base units it is; or a label."""

    measures: tuple[tuple[str, int], ...]
    factor: Fraction = Fraction(1)
    label: str = ""
    radians: int = 0
    """The power of 180/pi that the factor has besides."""
    name: str = field(default="", compare=False)
    """As it was written."""


def _entries() -> dict[str, tuple[str, Fraction, int]]:
    entries = {}
    for line in _TABLE.replace("\n ", " ").strip().splitlines():
        measure, _, units = line.partition(":")
        for unit in units.split(","):
            *names, factor = unit.split()
            radians = factor.endswith("/pi")
            for name in names:
                entries[name] = (measure, Fraction(1 if radians else factor), int(radians))
    return entries


_UNITS = _entries()


def is_unit(word: str) -> bool:
    """True if the word is a unit even when it stands in a formula without `\\text`: `cm`, but not `m`."""
    return _singular(word) in _UNITS and word.lower() not in _ONLY_AFTER_NUMBER


def is_letter_unit(letter: str) -> bool:
    """True if the letter is a unit where `\\text` or a number before it says so: `m`, `s`, `N`."""
    return letter in _UNITS


@lru_cache(maxsize=4096)
def read_unit(text: str) -> Unit | None:
    r"""The unit in a text, or a label; None if there is nothing.

    >>> read_unit("square feet") == read_unit("ft^2"), read_unit("m/s").measures
    (True, (('length', 1), ('time', -1)))
    """
    powers: dict[str, int] = {}
    factor, radians, sign, pending = Fraction(1), 0, 1, 1
    label: list[str] = []
    last: str | None = None
    for found in _WORD.finditer(_written_out(text)):
        word = found.group()
        exponent = int(found[1]) if found[1] else _PREFIXES.get(word.lower()) if word.endswith("ed") else None
        if exponent is not None and last is None and label:
            label[-1] += f"^{exponent}"
        elif exponent is not None and last is not None and abs(exponent) <= 9:
            measure, size, turns = _UNITS[last]
            extra = (exponent - 1) * sign
            powers[measure] += extra
            factor *= size**extra
            radians += turns * extra
        elif word in ("/", "per"):
            sign = -1
        elif word.lower() in _PREFIXES:
            pending = _PREFIXES[word.lower()]
        elif (name := _singular(word)) in _UNITS:
            measure, size, turns = _UNITS[name]
            powers[measure] = powers.get(measure, 0) + sign * pending
            factor *= size ** (sign * pending)
            radians += turns * sign * pending
            pending, last = 1, name
        elif word.lower() not in _EMPTY and word[0].isalpha():
            label.append(name + (f"^{pending}" if pending > 1 else ""))
            pending, last = 1, None
    measures = tuple(sorted((measure, power) for measure, power in powers.items() if power))
    if measures:
        return Unit(measures, factor, radians=radians, name=text.strip())
    return Unit((), label=" ".join(label)) if label else None


def _written_out(text: str) -> str:
    text = text.replace("\\", " ").replace("{", " ").replace("}", " ")
    for short, long in _WRITTEN_OUT.items():
        text = text.replace(short, long)
    return text


def _singular(word: str) -> str:
    if word in _UNITS:
        return word
    lower = word.lower()
    if lower in _UNITS and len(lower) > 1:
        return lower
    for ending, stem in (("ies", "y"), ("es", ""), ("s", "")):
        if len(lower) > 3 and lower.endswith(ending) and not lower.endswith(("ss", "us")):
            if lower.removesuffix(ending) + stem in _UNITS:
                return lower.removesuffix(ending) + stem
            if ending != "es":
                return lower.removesuffix(ending) + stem
    return lower
