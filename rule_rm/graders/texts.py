"""string_check and text_similarity: two texts, compared without a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from rapidfuzz import fuzz

from rule_rm.errors import ConfigurationError
from rule_rm.graders.case import Case, Grade, Means
from rule_rm.graders.filling import check_slots, filled

OPERATIONS: Mapping[str, Callable[[str, str], bool]] = {
    "eq": lambda text, reference: text == reference,
    "ne": lambda text, reference: text != reference,
    "like": lambda text, reference: reference in text,
    "ilike": lambda text, reference: reference.casefold() in text.casefold(),
}
_ROUGE = {**{f"rouge_{n}": f"rouge{n}" for n in range(1, 6)}, "rouge_l": "rougeL"}
_NEEDS = {**dict.fromkeys(_ROUGE, "rouge_score"), "bleu": "nltk", "gleu": "nltk"}
"""The module that a metric needs; `pip install 'rule-rm[graders]'` has both."""
METRICS = ("fuzzy_match", *_NEEDS)
_LEFT_OUT = {
    "cosine": "needs OpenAI's embeddings",
    "meteor": "needs a dictionary of synonyms that can't be packaged",
}
LONGEST = 100_000
"""Characters of the longest text that is compared by similarity; a longer one has a similarity of 0."""


@dataclass(frozen=True, slots=True)
class StringCheck:
    """1 if the operation holds between input and reference, else 0."""

    name: str
    input: str
    reference: str
    operation: str

    def __post_init__(self) -> None:
        if self.operation not in OPERATIONS:
            raise ConfigurationError(
                f"grader {self.name!r}: operation must be one of {', '.join(OPERATIONS)}, "
                f"not {self.operation!r}"
            )
        _check_texts(self.name, self.input, self.reference)

    def grade(self, case: Case, means: Means) -> Grade:
        """Return 1.0 if the operation holds, else 0.0."""
        del means
        texts = filled(self.input, case), filled(self.reference, case)
        return Grade(float(OPERATIONS[self.operation](*texts)))


@dataclass(frozen=True, slots=True)
class TextSimilarity:
    """The similarity of input and reference, 0 to 1."""

    name: str
    input: str
    reference: str
    metric: str

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            why = _LEFT_OUT.get(self.metric, f"is none of {', '.join(METRICS)}")
            raise ConfigurationError(f"grader {self.name!r}: the metric {self.metric!r} {why}")
        _check_texts(self.name, self.input, self.reference)
        if self.metric in _NEEDS:
            try:
                import_module(_NEEDS[self.metric])
            except ImportError as error:
                raise ConfigurationError(
                    f"grader {self.name!r}: {self.metric} needs a package: "
                    f"pip install 'rule-rm[graders]' ({error})"
                ) from None

    def grade(self, case: Case, means: Means) -> Grade:
        """Return the similarity."""
        del means
        text, reference = filled(self.input, case), filled(self.reference, case)
        if max(len(text), len(reference)) > LONGEST:
            return Grade(0.0, explanation=f"longer than {LONGEST} characters")
        return Grade(min(max(_similarity(self.metric, text, reference), 0.0), 1.0))


def _check_texts(name: str, *texts: str) -> None:
    for text in texts:
        check_slots(text, f"grader {name!r}")


def _similarity(metric: str, text: str, reference: str) -> float:
    if metric == "fuzzy_match":
        return fuzz.ratio(text, reference) / 100
    if metric in _ROUGE:
        scorer: Any = import_module("rouge_score.rouge_scorer").RougeScorer([_ROUGE[metric]])
        return float(scorer.score(reference, text)[_ROUGE[metric]].fmeasure)
    words, wanted = text.split(), reference.split()
    if not words or not wanted:
        return float(words == wanted)
    if metric == "gleu":
        return float(import_module("nltk.translate.gleu_score").sentence_gleu([wanted], words))
    bleu: Any = import_module("nltk.translate.bleu_score")
    smoothing = bleu.SmoothingFunction().method1
    weights = (1 / min(4, len(words), len(wanted)),) * min(4, len(words), len(wanted))
    return float(bleu.sentence_bleu([wanted], words, weights, smoothing_function=smoothing))
