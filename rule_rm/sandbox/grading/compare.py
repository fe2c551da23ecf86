"""Is this output the expected one? Compared here, outside, by rules that a person can say in one sentence.

Never by prefix: a line too many or too few is wrong under every rule.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

TOLERANCE = 1e-6
"""Relative or absolute, whichever is wider, where numbers may differ."""
_NUMBER = re.compile(r"[+-]?(?:\d{1,400}\.?\d{0,400}|\.\d{1,400})(?:[eE][+-]?\d{1,3})?\Z", re.ASCII)
_SHOWN = 60


def exact(expected: str, actual: str) -> str:
    """The same text, but for line breaks at its very end. Returns what differs, or nothing.

    >>> exact("1 2\\n", "1 2"), exact("1 2", "1  2")
    ('', "expected '1 2', got '1  2'")
    """
    return _difference(expected.rstrip("\r\n"), actual.rstrip("\r\n"))


def lines(expected: str, actual: str) -> str:
    """The same lines, each with the same words; numbers are equal if they are the same number.

    Space at the ends of lines and empty lines at the end of the text don't count.

    >>> lines("1\\n2.50\\n", "1 \\n2.5"), lines("1\\n2", "1"), lines("1 2", "1\\n2")
    ('', 'expected 2 lines, got 1', 'expected 1 line, got 2')
    """
    return _by_lines(expected, actual, _same_number)


def floats(expected: str, actual: str) -> str:
    """As `lines`, but numbers may differ by TOLERANCE.

    >>> floats("0.333333333", "0.3333333"), floats("0.5", "0.6")
    ('', "line 1: expected '0.5', got '0.6'")
    """
    return _by_lines(expected, actual, _close_number)


def tokens(expected: str, actual: str) -> str:
    """The same words, wherever lines break.

    >>> tokens("1 2", "1\\n2"), tokens("1 2", "1")
    ('', 'expected 2 words, got 1')
    """
    wanted, given = expected.split(), actual.split()
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
    """The same value, where the expected one was written as JSON.

    So a tuple is as good as a list, a dict's keys may be numbers where JSON has texts, and floats may differ
    by TOLERANCE; otherwise as Python's `==`.

    >>> values([1, [2.0]], (1, (2.0000000001,))), values({"1": 2}, {1: 2}), values("1", 1)
    (True, True, False)
    """
    try:
        return _values(expected, actual)
    except (ArithmeticError, RecursionError, ValueError):
        # A signalling not-a-number, or a number that is too long to be written as a key.
        return False


def _values(expected: Any, actual: Any) -> bool:
    if isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)):
        return len(expected) == len(actual) and all(map(_values, expected, actual))
    if isinstance(expected, dict) and isinstance(actual, dict):
        given = {str(key): value for key, value in actual.items()}
        wanted = {str(key): value for key, value in expected.items()}
        return wanted.keys() == given.keys() and all(_values(wanted[key], given[key]) for key in wanted)
    if type(actual) is float or type(expected) is float:
        return _is_number(expected) and _is_number(actual) and _are_close(expected, actual)
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
        if one != other and not _same_words(one.split(), other.split(), same):
            return f"line {number}: {_difference(one, other)}"
    return ""


def _lines(text: str) -> list[str]:
    found = [line.rstrip() for line in text.rstrip().split("\n")]
    return found if found != [""] else []


def _same_words(wanted: list[str], given: list[str], same: Callable[[str, str], bool]) -> bool:
    return len(wanted) == len(given) and all(
        one == other or (_NUMBER.match(one) and _NUMBER.match(other) and same(one, other))
        for one, other in zip(wanted, given, strict=True)
    )


def _same_number(one: str, other: str) -> bool:
    return Decimal(one) == Decimal(other)


def _close_number(one: str, other: str) -> bool:
    return _same_number(one, other) or _are_close(float(one), float(other))


def _difference(expected: str, actual: str) -> str:
    return "" if expected == actual else f"expected {_shown(expected)}, got {_shown(actual)}"


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
