"""An alarm that sounds, and the bounds that all alarms share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

WINDOW = 512
"""The latest rollouts that shares are compared over."""
SURE = 6.0
"""Standard deviations of a group's share: chance alone does not reach half of them in 100 runs."""
GROUP = 8
"""Rollouts that count as one: those of a group go together."""
EVIDENCE = 8
"""Rollouts that an alarm names."""
PAID = 0.5
"""The least reward of a response that counts as paid."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A sign that something is wrong."""

    kind: str
    subject: str
    """The reward type, component or answer that it is about."""
    message: str
    evidence: tuple[int, ...]
    """The identities of rollouts to look at."""


Sound = Iterator[Alarm]
