"""The result of an extraction: an answer, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

TAIL = 20_000
"""The last characters of a response that are searched."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """The final answer, or the reason why there is no answer."""

    answer: str | None
    reason: str
    also: tuple[str, ...] = ()
    """The answer in other forms, elsewhere in the response: each must have the same value."""
