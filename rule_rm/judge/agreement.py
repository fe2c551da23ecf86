"""Measure how well a judge agrees with labels: kappa, errors, flips, and biases of order and length."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rule_rm.errors import DatasetError
from rule_rm.structured.strict import strict_json
from rule_rm.types import Rollout, Score

_PROMPTS = ("prompt", "question", "problem")
_RESPONSES = ("response", "completion", "output")
_REFERENCES = ("ground_truth", "gold", "reference", "answer", "golden_response", "solution")
_LABELS = ("label", "truth", "expected", "correct", "is_correct")
_WORDS = {"true": True, "false": False, "yes": True, "no": False, "correct": True, "incorrect": False}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A rollout, and whether a person found its response right."""

    rollout: Rollout
    is_right: bool


def read_labels(path: Path) -> list[Labelled]:
    """Return the rows of a JSON Lines file, or of a JSON list. Raises DatasetError if one can't be used."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: can't be read: {error}") from None
    try:
        if text.lstrip().startswith("["):
            rows = list(enumerate(json.loads(text), start=1))
        else:
            lines = enumerate(text.split("\n"), start=1)
            rows = [(number, strict_json(line)) for number, line in lines if line.strip()]
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path}: is not JSON: {error}") from None
    labels = [_labelled(row, f"{path}:{number}") for number, row in rows]
    if not labels:
        raise DatasetError(f"{path}: has no rows")
    return labels


def _labelled(row: Any, place: str) -> Labelled:
    if not isinstance(row, Mapping):
        raise DatasetError(f"{place}: must be an object")
    prompt, response = _first(row, _PROMPTS, ""), _first(row, _RESPONSES)
    label = _first(row, _LABELS)
    if isinstance(label, str):
        label = _WORDS.get(label.strip().casefold())
    if not isinstance(response, str):
        raise DatasetError(f"{place}: needs a string as one of {', '.join(_RESPONSES)}")
    if not isinstance(label, (bool, int, float)):
        raise DatasetError(f"{place}: needs a bool as one of {', '.join(_LABELS)}")
    return Labelled(Rollout(str(prompt), response, _first(row, _REFERENCES)), float(label) > 0.5)


def _first(row: Mapping[str, Any], names: Iterable[str], otherwise: Any = None) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), otherwise)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of verdicts against labels."""

    both_right: int
    false_positives: int
    false_negatives: int
    both_wrong: int

    @property
    def total(self) -> int:
        """The number of labels with a verdict."""
        return self.both_right + self.false_positives + self.false_negatives + self.both_wrong

    @property
    def agreement(self) -> float:
        """The share of verdicts that are those of the labels."""
        return (self.both_right + self.both_wrong) / self.total if self.total else math.nan

    @property
    def base_rate(self) -> float:
        """The share of responses that are right by the labels."""
        return (self.both_right + self.false_negatives) / self.total if self.total else math.nan

    @property
    def kappa(self) -> float:
        """Cohen's kappa: the agreement beyond that of chance, 1 at most; NaN if only one answer occurs.

        >>> round(Agreement(40, 10, 10, 40).kappa, 2)
        0.6
        """
        if not self.total:
            return math.nan
        said = (self.both_right + self.false_positives) / self.total
        chance = said * self.base_rate + (1 - said) * (1 - self.base_rate)
        return (self.agreement - chance) / (1 - chance) if chance < 1 else math.nan

    @property
    def false_positive_rate(self) -> float:
        """The share of wrong responses that the judge finds right."""
        wrong = self.false_positives + self.both_wrong
        return self.false_positives / wrong if wrong else math.nan

    @property
    def false_negative_rate(self) -> float:
        """The share of right responses that the judge finds wrong."""
        right = self.both_right + self.false_negatives
        return self.false_negatives / right if right else math.nan


def agreement(labels: Sequence[Labelled], scores: Sequence[Score]) -> Agreement:
    """Return how verdicts agree with labels; an unscored rollout counts for nothing."""
    counts = Counter(
        (label.is_right, score.reward > 0.5)
        for label, score in zip(labels, scores, strict=True)
        if score.reward is not None
    )
    return Agreement(counts[True, True], counts[False, True], counts[True, False], counts[False, False])


def flips(first: Sequence[Score], second: Sequence[Score]) -> tuple[int, int]:
    """Return how many verdicts differ when asked again, and how many there are twice."""
    pairs = [
        (one.reward > 0.5, other.reward > 0.5)
        for one, other in zip(first, second, strict=True)
        if one.reward is not None and other.reward is not None
    ]
    return sum(one is not other for one, other in pairs), len(pairs)


def by_length(labels: Sequence[Labelled], scores: Sequence[Score]) -> tuple[Agreement, Agreement]:
    """Return the agreement on the shorter half of the responses, and on the longer one."""
    middle = median(len(label.rollout.response) for label in labels)
    halves: tuple[list[Any], list[Any]] = ([], [])
    for pair in zip(labels, scores, strict=True):
        halves[len(pair[0].rollout.response) > middle].append(pair)
    shorter, longer = (
        agreement([label for label, _ in half], [score for _, score in half]) for half in halves
    )
    return shorter, longer


def exchanged(label: Labelled, score: Score) -> Rollout | None:
    """Return the rollout with answer and reference exchanged; None if either is not a short string."""
    reference = label.rollout.ground_truth
    if not isinstance(reference, (str, int, float)) or isinstance(reference, bool) or not score.answer:
        return None
    return Rollout(label.rollout.prompt, f"<answer>{reference}</answer>", score.answer)
