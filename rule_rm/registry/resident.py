"""Residents: rewards that stay in the server's process, since they hold something open and mostly wait.

A judge's client or a model's process is opened once, shared by all requests, and closed with the engine. A
worker could do none of that: it may be killed at any time, and a waiting worker keeps another from computing.
In return a resident must keep its time itself, for a thread can't be killed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rule_rm.types import Rollout, Score


@dataclass(frozen=True, slots=True)
class Ask:
    """The context of a rollout for a resident: its deadline, and a way to score by other rewards."""

    until: float
    """The monotonic time, in seconds, after which the score is of no use."""
    score: Callable[[str, Rollout], Score]
    """Scores a rollout with another reward type, one of `Resident.parts`.

    Waits until `until` at most; a failure is an unscored score, never an exception.
    """
    sandbox: str | None = None
    """The address of the sandbox, if there is one."""


class Resident:
    """A reward that `@register` takes as a class: its keyword-only parameters are its options.

    A class with many options takes one frozen dataclass of them instead, as its parameter `options`. The
    class is opened when the engine starts, and raises ConfigurationError then for invalid options.
    """

    parts: tuple[str, ...] = ()
    """The reward types that it asks for; the engine opens those that are residents too."""
    needs: tuple[str, ...] = ()
    """The services that it needs, such as `sandbox`."""

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        """Score one rollout; called from many threads at once. An UnavailableError makes it unscored."""
        raise NotImplementedError

    def state(self) -> dict[str, Any]:
        """Return the entry for `/health`."""
        return {}

    def close(self) -> None:
        """Release its resources; it scores nothing any more."""
