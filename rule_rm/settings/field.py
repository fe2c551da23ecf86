"""Make the fields of the table, each with what the command line, the documentation and the checks need."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import field
from typing import Any, NamedTuple


class Check(NamedTuple):
    """A condition of a value, and its name in an error."""

    holds: Callable[[Any], bool]
    wanted: str


def at_least(least: float) -> Check:
    """Return the check of a number that has no upper bound."""
    return Check(lambda value: value >= least, f"at least {least:g}")


def above(bound: float) -> Check:
    """Return the check of a finite number above a bound."""
    return Check(lambda value: bound < value < math.inf, f"above {bound:g}")


def between(least: float, most: float) -> Check:
    """Return the check of a number between two others, which it may equal."""
    return Check(lambda value: least <= value <= most, f"from {least:g} to {most:g}")


def part(most: float) -> Check:
    """Return the check of a number above 0, up to a greatest."""
    return Check(lambda value: 0 < value <= most, f"above 0 and at most {most:g}")


def setting(
    group: str,
    default: Any,
    text: str,
    env: str | None = None,
    *,
    value: str = "",
    choices: tuple[str, ...] = (),
    or_text: bool = False,
    secret: bool = False,
    check: Check | None = None,
) -> Any:
    """Return a field: its group in the help, its default, help and variable, and the name of its value.

    With `or_text` the value may also be a text that no name of a choice looks like: it has other characters
    than letters, digits, hyphens and underscores.
    """
    metadata = {
        "group": group,
        "help": text,
        "env": env,
        "value": value,
        "choices": choices,
        "or_text": or_text,
        "secret": secret,
        "check": check,
    }
    return field(default=default, repr=not secret, metadata=metadata)
