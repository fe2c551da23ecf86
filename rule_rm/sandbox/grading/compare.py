"""Is this output the expected one? Compared here, outside, by rules that a person can say in one sentence.

Never by prefix: a line too many or too few is wrong under every rule.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from rule_rm.sandbox.inside.data.arrays import Array, Iterated
from rule_rm.sandbox.inside.data.values import VIEWS

TOLERANCE = 1e-6
"""Relative or absolute, whichever is wider, where numbers may differ."""
_NUMBER = re.compile(
    r"[+-]?(?:(?:0|[1-9]\d{0,399})(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][+-]?\d{1,3})?\Z", re.ASCII
)
"""A decimal number, such as `-2.50` or `1e9`; not `007` or `00101`, which are codes or binary strings."""
_INTEGER = re.compile(r"[+-]?\d+\Z", re.ASCII)
"""An integer, such as `-12`."""
_BLANKS = " \t\r"
_WORD = re.compile(r"[^ \t\r\n]+")
"""A word, such as `-1.5`, up to a space, tab or line break; other controls and spaces belong to it."""
_SHOWN = 60


def exact(expected: str, actual: str) -> str:
    """Return the difference of two strings, ignoring line breaks at their ends; empty if there is none.

    >>> exact("1 2\\n", "1 2"), exact("1 2", "1  2")
    ('', "expected '1 2', got '1  2'")
    """
    return _difference(expected.rstrip("\r\n"), actual.rstrip("\r\n"))


def lines(expected: str, actual: str) -> str:
    """Return the difference in the words of each line, numbers compared by value; empty if there is none.

    Space at the ends of lines and empty lines at the end of the text don't count.

    >>> lines("1\\n2.50\\n", "1 \\n2.5"), lines("1\\n2", "1"), lines("1 2", "1\\n2")
    ('', 'expected 2 lines, got 1', 'expected 1 line, got 2')
    """
    return _by_lines(expected, actual, _same_number)


def floats(expected: str, actual: str) -> str:
    """Compare as `lines` does, but numbers may differ by TOLERANCE; from an integer, never by a ratio.

    >>> floats("0.333333333", "0.3333333"), floats("0.5", "0.6")
    ('', "line 1: expected '0.5', got '0.6'")
    """
    return _by_lines(expected, actual, _close_number)


def tokens(expected: str, actual: str) -> str:
    """Return the difference in the words of two strings, ignoring line breaks; empty if there is none.

    >>> tokens("1 2", "1\\n2"), tokens("1 2", "1")
    ('', 'expected 2 words, got 1')
    """
    wanted, given = _WORD.findall(expected), _WORD.findall(actual)
    if len(wanted) != len(given):
        return f"expected {_counted(len(wanted), 'word')}, got {len(given)}"
    return next(
        (_difference(one, other) for one, other in zip(wanted, given, strict=True) if one != other), ""
    )


RULES: dict[str, Callable[[str, str], str]] = {
    "lines": lines,
    "exact": exact,
    "tokens": tokens,
    "floats": floats,
}


def values(expected: Any, actual: Any) -> bool:
    """Return whether a value is the expected one, which was written as JSON.

    A tuple, an array or what an iterator gave is as good as a list, and a dict's keys may be numbers where
    JSON has strings. Floats may differ by TOLERANCE where a float is expected; an integer is matched
    exactly.

    >>> values([1, [2.0]], (1, (2.0000000001,))), values({"1": 2}, {1: 2}), values("1", 1)
    (True, True, False)
    >>> values(999999937, 1e9), values(4, 4.0)
    (False, True)
    """
    try:
        return _values(expected, actual)
    except (ArithmeticError, RecursionError, ValueError):
        # A signalling not-a-number, or a number that is too long to be written as a key.
        return False


def _values(expected: Any, actual: Any) -> bool:
    if type(actual) in (Array, Iterated):
        actual = actual.items
    elif type(actual) in VIEWS:
        actual = list(actual)
    if isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)):
        return len(expected) == len(actual) and all(map(_values, expected, actual))
    if isinstance(expected, dict) and isinstance(actual, dict):
        given = {str(key): value for key, value in actual.items()}
        wanted = {str(key): value for key, value in expected.items()}
        # Two keys that are one as strings, such as 1 and "1", would hide each other's value.
        if len(given) != len(actual) or wanted.keys() != given.keys():
            return False
        return all(_values(wanted[key], given[key]) for key in wanted)
    if type(expected) is float:
        return _is_number(actual) and _are_close(expected, actual)
    if type(expected) is int and type(actual) is float:
        return expected == actual
    return type(expected) is type(actual) and bool(expected == actual)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _are_close(one: float, other: float) -> bool:
    try:
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    except OverflowError:
        return False


def _by_lines(expected: str, actual: str, same: Callable[[str, str], bool]) -> str:
    wanted, given = _lines(expected), _lines(actual)
    if len(wanted) != len(given):
        return f"expected {_counted(len(wanted), 'line')}, got {len(given)}"
    for number, (one, other) in enumerate(zip(wanted, given, strict=True), 1):
        if one != other and not _same_words(_WORD.findall(one), _WORD.findall(other), same):
            return f"line {number}: {_difference(one, other)}"
    return ""


def _lines(text: str) -> list[str]:
    found = [line.rstrip(_BLANKS) for line in text.rstrip(_BLANKS + "\n").split("\n")]
    return found if found != [""] else []


def _same_words(wanted: list[str], given: list[str], same: Callable[[str, str], bool]) -> bool:
    return len(wanted) == len(given) and all(
        one == other or (_NUMBER.match(one) and _NUMBER.match(other) and same(one, other))
        for one, other in zip(wanted, given, strict=True)
    )


def _same_number(one: str, other: str) -> bool:
    return Decimal(one) == Decimal(other)


def _close_number(one: str, other: str) -> bool:
    if _same_number(one, other):
        return True
    if _INTEGER.match(one):
        # Relative to a large integer, the tolerance would be whole units.
        return abs(Decimal(one) - Decimal(other)) <= Decimal(TOLERANCE)
    return _are_close(float(one), float(other))


def _difference(expected: str, actual: str) -> str:
    return "" if expected == actual else f"expected {_shown(expected)}, got {_shown(actual)}"


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
