"""Units of measurement: their measure and factor, so that 2 feet are 24 inches and not 2 inches.

A word that is not a unit is a label ("12 apples"). It says nothing about the value, but two different labels
contradict each other, and `compare` asks where a label comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from rule_rm.math.values.unit_table import AMBIGUOUS, PREFIXES, WORD_PREFIXES, Entry, entries

_PLAIN, _SYMBOLS, _NAMES = entries()
_RADIANS = frozenset({"rad", "radian", "radians", "rads"})
_POWERS = {"square": 2, "sq": 2, "cubic": 3, "cu": 3, "平方": 2, "立方": 3}
_POWERS_AFTER = {"squared": 2, "cubed": 3}
_PER = frozenset({"/", "per", "an", "每"})
_FILLERS = frozenset({"of", "the", "a", "in", "total", "about", "each", "approximately", "·", "*", "-"})
_PIECE = re.compile(r"\^\s*\{?\s*(-?\s*\d+)\s*\}?|平方|立方|[^\W\d_]+\$?|[°%$€£¥₹₩₽¢‰][CF]?(?![a-zA-Z])|\S")
"""A unit's name, a power (`^2`, `^{-1}`), a sign such as `°C`, or a mark."""
_SCALE = re.compile(r"degrees?\s*([CF])(?![a-zA-Z])")
"""A temperature's scale: `degree C`."""
_DOLLAR = {"$": "dollar", "‰": "permille"}
_SCALES = frozenset({"celsius", "fahrenheit", "temperature"})
_NOT_UNITS = frozenset({"us", "pt", "hs", "cd", "am"})
"""Symbols with a prefix that are words first."""
_SYMBOLS_WITH_PLURAL = frozenset(
    ("km", "cm", "mm", "kg", "mg", "ml", "hr", "lb", "yd", "oz", "mi", "gm", "min", "sec")
) | {"bit", "bar", "mol", "cal", "kcal", "mmol"}
_SHORTEST_PLURAL = 3
_LARGEST_POWER = 9


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of powers of measures, and how many of their base units it is; or a label."""

    measures: tuple[tuple[str, int], ...]
    factor: Fraction = Fraction(1)
    label: str = ""
    radians: int = 0
    """The power of 180/pi that the factor has besides."""
    name: str = field(default="", compare=False)
    """The unit as written."""
    other: Unit | None = field(default=None, compare=False)
    """The second meaning of an ambiguous name, such as pounds of money."""


def is_unit(word: str) -> bool:
    """Return True if the word is the name of a unit."""
    return _entry(word) is not None


def is_written_out(word: str) -> bool:
    """Return True if a unit's name is a word rather than a symbol: `feet`, `hours`, not `mg`."""
    return len(word) > _SHORTEST_PLURAL and is_unit(word) and word not in _SYMBOLS


@lru_cache(maxsize=4096)
def read_unit(text: str) -> Unit | None:
    r"""Return the unit in a text, or a label; None if there is nothing.

    >>> read_unit("square feet") == read_unit("ft^2"), read_unit("m/s").measures
    (True, (('length', 1), ('time', -1)))
    >>> read_unit("N m") == read_unit("J"), read_unit("m s^{-1}") == read_unit("m/s")
    (True, True)
    """
    reading = _Reading()
    for found in _PIECE.finditer(_SCALE.sub(r"°\1", text.replace("\\", " "))):
        reading.take(found.group(), found[1])
    return reading.unit(text)


class _Reading:
    """The part of a unit that has been read."""

    def __init__(self) -> None:
        self.powers: dict[str, int] = {}
        self.factor, self.radians = Fraction(1), 0
        self.sign = self.pending = 1
        self.label: list[str] = []
        self.last: tuple[Entry, int, int] | None = None
        self.ambiguous = ""

    def take(self, word: str, exponent: str | None) -> None:
        lower = word.lower()
        if exponent is not None or lower in _POWERS_AFTER:
            self.raised(int(exponent.replace(" ", "")) if exponent else _POWERS_AFTER[lower])
        elif lower in _PER and (lower != "an" or self.powers):
            self.sign = -1
        elif lower in _POWERS:
            self.pending = _POWERS[lower]
        elif (entry := _entry(word)) is not None:
            self.ambiguous = self.ambiguous or _ambiguous(word)
            self.add(entry, self.sign * self.pending, int(word.lower() in _RADIANS))
            self.pending = 1
        elif lower not in _FILLERS and word[0].isalpha():
            name = "unit" if lower in ("u", "units") else singular(word)
            self.label.append(name + (f"^{self.pending}" if self.pending > 1 else ""))
            self.pending, self.last = 1, None

    def add(self, entry: Entry, power: int, turns: int) -> None:
        for measure, exponent in entry[0].items():
            self.powers[measure] = self.powers.get(measure, 0) + exponent * power
        self.factor *= entry[1] ** power
        self.radians += turns * power
        self.last = (entry, power, turns)

    def raised(self, exponent: int) -> None:
        if abs(exponent) > _LARGEST_POWER:
            self.label.append(f"^{exponent}")
        elif self.last is not None:
            entry, power, turns = self.last
            self.add(entry, power * (exponent - 1), turns)
        elif self.label:
            self.label[-1] += f"^{exponent}"

    def without_zeros(self) -> None:
        """Make kelvins of degrees in a product, where only differences count: `J/(kg °C)`."""
        for scale, size in (("celsius", Fraction(1)), ("fahrenheit", Fraction(5, 9))):
            if power := self.powers.pop(scale, 0):
                self.powers["temperature"] = self.powers.get("temperature", 0) + power
                self.factor *= size**power

    def unit(self, text: str) -> Unit | None:
        if self.powers.get("angle") == 1 and self.powers.keys() & _SCALES:
            del self.powers["angle"]
        if len(self.powers) > 1 or set(self.powers.values()) != {1}:
            self.without_zeros()
        measures = tuple(sorted((measure, power) for measure, power in self.powers.items() if power))
        label = " ".join(self.label)
        if self.powers:
            second = AMBIGUOUS.get(self.ambiguous) if len(self.powers) == 1 else None
            other = Unit(((second[1], 1),), label=label) if second else None
            return Unit(measures, self.factor, label, self.radians, text.strip(), other)
        return Unit((), label=label) if label else None


def _ambiguous(word: str) -> str:
    name = singular(word)
    return name if name in AMBIGUOUS else ""


def _entry(word: str) -> Entry | None:
    """Return the table's entry of a word: as written, in lower case, or as a plural."""
    word = _DOLLAR.get(word, word)
    for name in (word, word.lower(), *_singulars(word)) if len(word) > 1 else (word,):
        if (found := _lookup(name)) is not None:
            return found
    return None


@lru_cache(maxsize=4096)
def _lookup(name: str) -> Entry | None:
    if name == "¥":
        return _PLAIN["yuan"]
    for table in (_PLAIN, _SYMBOLS, _NAMES):
        if name in table:
            return table[name]
    for length in (1, 2):
        base = _SYMBOLS.get(name[length:])
        if base is not None and name[:length] in PREFIXES and name not in _NOT_UNITS:
            return base[0], base[1] * Fraction(10) ** PREFIXES[name[:length]]
    for prefix, power in WORD_PREFIXES.items():
        base = _NAMES.get(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if base is not None:
            return base[0], base[1] * Fraction(10) ** power
    return None


def _singulars(word: str) -> Iterable[str]:
    lower = word.lower()
    if not lower.endswith("s") or lower.endswith("ss"):
        return
    if lower[:-1] in _SYMBOLS_WITH_PLURAL or (len(lower) > _SHORTEST_PLURAL and _is_name(lower[:-1])):
        yield lower[:-1]
    if lower.endswith("es") and _is_name(lower[:-2]):
        yield lower[:-2]
    if lower.endswith("ies") and _is_name(lower[:-3] + "y"):
        yield lower[:-3] + "y"


def _is_name(word: str) -> bool:
    """Return True for a unit's name in words, which has a plural."""
    return (
        word in _PLAIN
        or word in _NAMES
        or any(word.removeprefix(prefix) in _NAMES for prefix in WORD_PREFIXES if word.startswith(prefix))
    )


def singular(word: str) -> str:
    """Return a word in lower case without its plural's ending."""
    lower = word.lower()
    if len(lower) > _SHORTEST_PLURAL and lower.endswith("s") and not lower.endswith(("ss", "us")):
        return lower[:-3] + "y" if lower.endswith("ies") else lower[:-1]
    return lower
