"""Represent what comes out of a response."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extraction:
    """The final answer, or the reason why there is none."""

    answer: str | None
    reason: str
    also: tuple[str, ...] = ()
    """What the response says the answer is elsewhere, in another form: it must have the same value."""
