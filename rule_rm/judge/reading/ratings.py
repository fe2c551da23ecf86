"""Read numbers on a scale, one alone or one for each dimension."""

from __future__ import annotations

import math
import re
from typing import Any

from rule_rm.judge.reading.menu import JudgeVerdict, Menu, NoVerdictError, fold, folded_word
from rule_rm.judge.reading.unwrapping import unwrapped

_NUMBER = re.compile(
    r"([-−+]?(?:\d+(?:\.\d+)?|\.\d+))\s*"  # 7, 0.5, .5
    r"(?:(?:/|out of|of|von|sur|de|из)\s*(\d+(?:\.\d+)?))?\s*(?:points?|分|点|점)?\Z",  # /10, points
    re.IGNORECASE,
)
_PAIR = re.compile(r"[\s*_`\"'{-]*(.+?)[\s*_`\"']*[:=]\s*(.+)\Z")
"""A dimension and its number: `- **logic**: 8`, `"clarity": 7`."""
_BETWEEN_PAIRS = re.compile(r"[,;、،؛|\n]")
"""The separator of two ratings: the comma in `logic=8, clarity=7`."""


def rating(said: str, scale: tuple[float, float]) -> JudgeVerdict:
    """Return a number on the scale. Raises NoVerdictError if it is not one number, or off the scale.

    >>> rating(".1", (0.0, 1.0)).value, rating("8 / 10", (0.0, 10.0)).value
    (0.1, 0.8)
    >>> rating("3/4", (0.0, 1.0)).value
    0.75
    """
    least, greatest = scale
    match = _NUMBER.match(fold(said))
    if match is None:
        raise NoVerdictError(f"is not a number from {least:g} to {greatest:g}", said)
    number = float(match[1].replace("−", "-"))
    if match[2] and scale == (0.0, 1.0) and float(match[2]) > 0:
        # From 0 to 1, 3/4 is a fraction. On another scale, its denominator must be the greatest number.
        number /= float(match[2])
    elif match[2] and float(match[2]) != greatest:
        raise NoVerdictError(f"is off the scale from {least:g} to {greatest:g}", said)
    return on_scale(number, scale)


def on_scale(number: float, scale: tuple[float, float]) -> JudgeVerdict:
    """Return the verdict of a number. Raises NoVerdictError if it is off the scale."""
    least, greatest = scale
    # The comparison is false for NaN.
    if not least <= number <= greatest:
        raise NoVerdictError(f"is off the scale from {least:g} to {greatest:g}", f"{number:g}")
    return JudgeVerdict((number - least) / (greatest - least), f"{number:g}")


def read_pairs(said: str) -> list[tuple[str, Any]]:
    """Return name and number of each dimension in a line such as `logic=8, clarity=7`."""
    parts = [part for part in _BETWEEN_PAIRS.split(said) if unwrapped(part)]
    matches = [_PAIR.match(part) for part in parts]
    return [(match[1], match[2]) if match else ("", "") for match in matches]


def ratings(pairs: list[tuple[str, Any]], menu: Menu) -> JudgeVerdict:
    """Return the mean over all dimensions, each of which must have been rated once."""
    names = {folded_word(name): name for name in menu.dimensions}
    given = [folded_word(unwrapped(name)) for name, _ in pairs]
    if sorted(given) != sorted(names) or menu.scale is None:
        raise NoVerdictError(f"the ratings are not one each for {', '.join(menu.dimensions)}")
    rated = {name: any_rating(number, menu.scale) for name, (_, number) in zip(given, pairs, strict=True)}
    said = ", ".join(f"{names[name]}={rated[name].said}" for name in names)
    return JudgeVerdict(math.fsum(one.value for one in rated.values()) / len(rated), said)


def any_rating(given: object, scale: tuple[float, float]) -> JudgeVerdict:
    """Return the rating in a string or a JSON number. Raises NoVerdictError if it is anything else."""
    if isinstance(given, str):
        return rating(unwrapped(given), scale)
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise NoVerdictError("a rating in the JSON is not a number")
    try:
        return on_scale(float(given), scale)
    except OverflowError:
        raise NoVerdictError("a number in the JSON has too many digits") from None
