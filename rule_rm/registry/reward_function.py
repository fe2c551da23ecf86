"""A registered reward: its declaration, its options, and how to call it in any convention."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from rule_rm.errors import RegistrationError
from rule_rm.registry.declaration import Declaration
from rule_rm.registry.resident import Resident
from rule_rm.settings.reading import did_you_mean
from rule_rm.types import Rollout, Score

Work = Any
"""The value that a first step returns for a second one: anything that can be pickled, except a Score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardFunction(Declaration):
    """A registered reward: its declaration, and how to call it in any convention."""

    call: Callable[..., Any]
    """Called as `(rollout, **options)`. Returns a Score; with `decide` it may return work instead."""
    source: str
    """The module or the file that registers it when imported."""
    version: str
    """A digest of the release and of all code that the function reaches in this package or next to its file.
    Equal versions give equal rewards, if the packages of others are the same."""
    defaults: Mapping[str, Any]
    """Its options, with their defaults."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Former names of options, each with the name of today."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The options that were set."""
    opens: Callable[..., Resident] | None = None
    """Builds the resident from its options; None for a function."""
    parts: tuple[RewardFunction, ...] = ()
    """Functions that a resident asks for and that are not registered."""

    @property
    def least(self) -> float:
        """The reward of a response that takes too long to score; it must not exceed that of a wrong one."""
        if self.timeout_reward is not None:
            return self.timeout_reward
        return self.lowest(**{**self.defaults, **self.options}) if self.lowest else 0.0

    @property
    def is_resident(self) -> bool:
        """True if it must be opened, and scores in the server's process."""
        return self.opens is not None

    @property
    def is_pure(self) -> bool:
        """True if its scores may be remembered: equal rollouts, and equal work, have equal scores."""
        return self.linear or self.decide is not None

    def open(self) -> Resident:
        """Return the resident, opened with its options. Raises ConfigurationError if they are invalid."""
        if self.opens is None:
            raise RegistrationError(f"{self.name} is a function, not a resident")
        return self.opens(**self.options)

    def __call__(self, rollout: Rollout) -> Score:
        """Score one rollout, in both steps."""
        prepared = self.prepare(rollout)
        return prepared if isinstance(prepared, Score) else self.score_work(prepared)

    def prepare(self, rollout: Rollout) -> Score | Work:
        """Take the first step, in linear time. The work of a function with a single step is the rollout."""
        return self.call(rollout, **self.options) if self.is_pure else rollout

    def score_work(self, work: Work) -> Score:
        """Take the second step, which may take long."""
        if self.decide is None:
            score: Score = self.call(work, **self.options)
            return score
        return self.decide(work, **_accepted(self.decide, self.options))

    def with_options(self, texts: Iterable[str]) -> RewardFunction:
        """Return this function with options set, each `NAME=VALUE`.

        Raises RegistrationError if one is unknown or its value invalid.
        """
        options = dict(self.options)
        for text in texts:
            name, equals, value = text.partition("=")
            if name in self.renamed:
                new = self.renamed[name]
                raise RegistrationError(f"reward option {text!r}: {self.name} calls it {new} now")
            if not equals or name not in self.defaults:
                known = (
                    ", ".join(f"{key}={default}" for key, default in self.defaults.items()) or "no options"
                )
                near = did_you_mean(name, self.defaults)
                raise RegistrationError(f"reward option {text!r}: {self.name} has {known}{near}")
            options[name] = _option_value(text, value, self.defaults[name])
        if self.check is not None:
            self.check(**{**self.defaults, **options})
        return replace(self, options=options)

    def with_defaults(self, values: Mapping[str, Any]) -> RewardFunction:
        """Return this function with the values of its options of these names, where none was set."""
        known = {name: value for name, value in values.items() if name in self.defaults}
        return replace(self, options={**known, **self.options})


@cache
def _parameters(function: Callable[..., Any]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)


def _accepted(function: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that the function has parameters for."""
    return (
        {name: value for name, value in options.items() if name in _parameters(function)} if options else {}
    )


def _option_value(text: str, value: str, default: Any) -> Any:
    try:
        if isinstance(default, bool):
            return {"true": True, "1": True, "false": False, "0": False}[value.lower()]
        option = type(default)(value)
        if isinstance(option, float) and not math.isfinite(option):
            raise ValueError
        return option
    except (KeyError, ValueError):
        kinds = {bool: "true or false", int: "a whole number", float: "a number"}
        kind = kinds.get(type(default), "a text")
        raise RegistrationError(f"reward option {text!r}: the value must be {kind}") from None
