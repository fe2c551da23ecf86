"""Criteria of a rubric: one plain question each, with a weight, in the shapes that datasets have them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST = 64
HEAVIEST = 1e9
"""The greatest weight, so that no sum of weights overflows."""
_TEXTS = ("text", "criterion", "description", "requirement", "title", "question")
_WEIGHTS = ("weight", "points", "score")
COLUMNS = ("criteria", "rubric", "rubrics")
"""The names of a column with criteria, in `extra_info` or an object of golden answers."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A deed that a response must do, or must not do if its weight is negative."""

    text: str
    weight: float = 1.0


def read_criteria(given: Any) -> tuple[Criterion, ...]:
    """Read criteria from a list of texts, or of objects with a text and a weight (1 if it is missing).

    Raises ValueError if it is none, if there are too many, or if none has a weight above 0.

    >>> read_criteria(["polite", {"criterion": "names a source", "points": 3}])[1]
    Criterion(text='names a source', weight=3.0)
    """
    if not isinstance(given, (list, tuple)) or not given:
        raise ValueError("criteria must be a list of at least one")
    if len(given) > MOST:
        raise ValueError(f"there are {len(given)} criteria, and at most {MOST} can be asked")
    criteria = tuple(_criterion(one, number) for number, one in enumerate(given, 1))
    if not any(criterion.weight > 0 for criterion in criteria):
        raise ValueError("no criterion has a weight above 0")
    return criteria


def found_criteria(ground_truth: Any, extra_info: Mapping[str, Any]) -> tuple[Criterion, ...]:
    """Return the criteria of a rollout, or none. Raises ValueError if they are unreadable."""
    for holder in (extra_info, ground_truth):
        if isinstance(holder, Mapping):
            for column in COLUMNS:
                if holder.get(column):
                    return read_criteria(holder[column])
    return read_criteria(ground_truth) if isinstance(ground_truth, (list, tuple)) and ground_truth else ()


def share(criteria: tuple[Criterion, ...], met: list[float]) -> float:
    """Return Σ weight · met over the sum of the weights above 0, from 0 to 1; `met` is 0 to 1 for each.

    >>> share((Criterion("polite"), Criterion("long", -1.0), Criterion("right", 3.0)), [1.0, 1.0, 1.0])
    0.75
    """
    total = math.fsum(criterion.weight for criterion in criteria if criterion.weight > 0)
    earned = math.fsum(criterion.weight * one for criterion, one in zip(criteria, met, strict=True))
    return min(max(earned / total, 0.0), 1.0)


def _criterion(given: Any, number: int) -> Criterion:
    if isinstance(given, str) and given.strip():
        return Criterion(given.strip())
    if not isinstance(given, Mapping):
        raise ValueError(f"criterion {number} must be a string, or an object with `text` and `weight`")
    text = next(
        (given[name] for name in _TEXTS if isinstance(given.get(name), str) and given[name].strip()), None
    )
    if text is None:
        raise ValueError(f"criterion {number} has no text; it may be called {', '.join(_TEXTS)}")
    weight = next((given[name] for name in _WEIGHTS if given.get(name) is not None), 1.0)
    try:
        number_of_weight = float(weight)
    except (TypeError, ValueError):
        number_of_weight = math.nan
    # The comparison is false for NaN.
    if isinstance(weight, bool) or not abs(number_of_weight) <= HEAVIEST:
        raise ValueError(
            f"criterion {number} has the weight {weight!r}; it must be a number of at most {HEAVIEST:g}"
        )
    return Criterion(text.strip(), number_of_weight)
