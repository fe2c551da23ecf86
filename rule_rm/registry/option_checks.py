"""Checks of a reward's options, for `@register(check=…)`: an invalid value is an error at start."""

from __future__ import annotations

from collections.abc import Iterable

from rule_rm.errors import ConfigurationError


def one_of(name: str, value: str, known: Iterable[str]) -> None:
    """Raise ConfigurationError unless the value is one of those that are known."""
    known = tuple(known)
    if value not in known:
        raise ConfigurationError(f"reward option {name} must be one of {', '.join(known)}, not {value!r}")


def above(name: str, value: float, bound: float) -> None:
    """Raise ConfigurationError unless the value is above the bound."""
    if not value > bound:
        raise ConfigurationError(f"reward option {name} must be above {bound:g}, not {value!r}")


def listed(text: str) -> list[str]:
    """Return the parts of an option that is a list of strings separated by commas.

    >>> listed("one, two words,")
    ['one', 'two words']
    """
    return [part.strip() for part in text.split(",") if part.strip()]
