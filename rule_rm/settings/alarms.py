"""The kinds of alarms, and the bound of each. `rule_rm.journal.alarms` says what each is."""

from __future__ import annotations

from collections.abc import Sequence

from rule_rm.errors import ConfigurationError
from rule_rm.settings.reading import did_you_mean

KINDS = {
    "unscored": 0.1,
    "constant": 2000.0,
    "drift": 0.1,
    "one-answer": 12.0,
    "fuzzy": 0.1,
    "exploit": 0.1,
    "judge": 0.2,
    "recheck": 0.15,
}
"""The default bounds: of `constant` rollouts, of `one-answer` golden answers, else moves of a mean."""


def read_bounds(given: Sequence[str]) -> dict[str, float]:
    """Return the bounds of all alarms, some of them given as NAME=VALUE; `off` leaves one out.

    Raises ConfigurationError if there is no such alarm, or its bound is not a number above 0.

    >>> read_bounds(["drift=off", "fuzzy=0.2"])  # doctest: +NORMALIZE_WHITESPACE
    {'unscored': 0.1, 'constant': 2000.0, 'one-answer': 12.0, 'fuzzy': 0.2, 'exploit': 0.1, 'judge': 0.2,
    'recheck': 0.15}
    """
    bounds = dict(KINDS)
    for one in given:
        name, _, value = one.partition("=")
        if name not in KINDS:
            near = did_you_mean(name, KINDS) or f"; there are {', '.join(KINDS)}"
            raise ConfigurationError(f"--alarm {name}: there is no such alarm{near}")
        if value in ("off", "false"):
            # YAML reads a bare off as false.
            bounds.pop(name, None)
            continue
        try:
            bounds[name] = float(value)
        except ValueError:
            raise ConfigurationError(f"--alarm {name}: {value!r} must be a number, or off") from None
        if not bounds[name] > 0:
            raise ConfigurationError(f"--alarm {name}: {value!r} must be above 0")
    return bounds
