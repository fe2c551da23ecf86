"""`error_rate`: 1 minus the word or character error rate of a transcript."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from rule_rm.extract.multiple_choice.short_answers import golden_texts
from rule_rm.extract.response.free_text import BAD_REFERENCE, free_text
from rule_rm.registry import register
from rule_rm.registry.options import one_of
from rule_rm.types import Rollout, Score, Status

_UNITS = ("words", "characters")
_WORST = {"error_rate": 1.0}


def _check(*, unit: str, ignore_case: bool, ignore_punctuation: bool) -> None:
    one_of("unit", unit, _UNITS)
    del ignore_case, ignore_punctuation


@register(
    "error_rate",
    summary="1 minus the word error rate (or character error rate) of a transcript, at least 0",
    metrics=("error_rate",),
    check=_check,
)
def error_rate(
    rollout: Rollout, *, unit: str = "words", ignore_case: bool = False, ignore_punctuation: bool = False
) -> Score:
    """Return 1 - (substitutions + deletions + insertions) / units of the reference, at least 0.

    With `unit=words` the rate is the WER of speech recognition, with `unit=characters` the CER, as jiwer
    counts them: words are separated by white space. The best of several references counts. `error_rate` is
    the rate itself, which can exceed 1.

    >>> error_rate(Rollout("", "a quick brown box", "the quick brown fox")).reward
    0.5
    """
    _check(unit=unit, ignore_case=ignore_case, ignore_punctuation=ignore_punctuation)
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no reference")

    def units(text: str) -> Sequence[str]:
        if ignore_case:
            text = text.casefold()
        if ignore_punctuation:
            text = "".join(sign for sign in text if not unicodedata.category(sign).startswith("P"))
        words = unicodedata.normalize("NFC", text).split()
        return words if unit == "words" else " ".join(words)

    references = [wanted for text in golden_texts(rollout.ground_truth) if (wanted := units(text))]
    if not references:
        return Score.unscored(Status.BAD_GROUND_TRUTH, BAD_REFERENCE)
    found = free_text(rollout.response)
    if found.answer is None:
        return Score(0.0, Status.NO_ANSWER, None, found.reason, _WORST)
    said = units(found.answer)
    rate = min(Levenshtein.distance(wanted, said) / len(wanted) for wanted in references)
    return Score(max(0.0, 1.0 - rate), answer=found.answer[:1000], metrics={"error_rate": rate})
