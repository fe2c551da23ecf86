"""`edit_similarity`: the similarity of two texts, by the edits that turn one into the other."""

from __future__ import annotations

import unicodedata

from rapidfuzz.distance import Levenshtein

from rule_rm.extract.multiple_choice.short_answers import golden_texts
from rule_rm.extract.response.free_text import free_text
from rule_rm.registry import register
from rule_rm.types import Rollout, Score, Status


@register(
    "edit_similarity",
    summary="1 minus the Levenshtein distance, divided by the length of the longer text",
    metrics=("distance",),
)
def edit_similarity(rollout: Rollout, *, ignore_case: bool = False) -> Score:
    """Return 1 - distance / length of the longer text, in characters, for the best golden answer.

    White space counts as one space. It suits codes, names and short texts with typing errors; for transcripts
    see `error_rate`. `distance` is the number of insertions, deletions and substitutions.

    >>> edit_similarity(Rollout("", "<answer>kitten</answer>", "sitten")).metrics["distance"]
    1.0
    """
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no golden answer")

    def form(text: str) -> str:
        plain = " ".join(unicodedata.normalize("NFC", text).split())
        return plain.casefold() if ignore_case else plain

    golden = [form(text) for text in golden_texts(rollout.ground_truth)]
    if not golden:
        why = "the golden answer is neither a string nor a number, or empty"
        return Score.unscored(Status.BAD_GROUND_TRUTH, why)
    found = free_text(rollout.response)
    said = form(found.answer or "")
    if not said:
        return Score(0.0, Status.NO_ANSWER, None, found.reason, {"distance": float(max(map(len, golden)))})
    distances = {wanted: Levenshtein.distance(wanted, said) for wanted in golden}
    nearest = min(golden, key=lambda wanted: distances[wanted] / max(len(wanted), len(said)))
    distance = distances[nearest]
    return Score(
        1.0 - distance / max(len(nearest), len(said)),
        answer=said[:1000],
        metrics={"distance": float(distance)},
    )
