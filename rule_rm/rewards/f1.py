"""`f1`: the share of words that the short answer has in common with the golden answer.

Every word of an answer counts, so an answer that lists all candidates earns less than the right one alone.
"""

from __future__ import annotations

from collections import Counter

from rule_rm.extract.multiple_choice.short_answers import (
    PRESETS,
    VERDICTS,
    golden_texts,
    in_other_money,
    verdict_of,
)
from rule_rm.registry import register
from rule_rm.registry.options import one_of
from rule_rm.types import Rollout, Score, Status

Overlap = tuple[float, float, float]


def _check(*, preset: str) -> None:
    one_of("preset", preset, PRESETS)


@register(
    "f1",
    summary="the F1 of the words that the short answer shares with the best golden answer",
    metrics=("f1", "precision", "recall"),
    linear=True,
    check=_check,
)
def f1(rollout: Rollout, *, preset: str = "rule_rm") -> Score:
    """Return 2 · precision · recall / (precision + recall) over the words, the best of the golden answers.

    The formula is that of SQuAD, with HotpotQA's guard: where either side is "yes", "no" or "noanswer", only
    the very same answer counts. Golden answers, extraction and presets are those of `exact_match`.

    >>> f1(Rollout("", "<answer>in the city of Paris</answer>", "Paris")).reward
    0.4
    >>> f1(Rollout("", "<answer>yes and no</answer>", "yes")).reward
    0.0
    """
    _check(preset=preset)
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no golden answer")
    golden = golden_texts(rollout.ground_truth)
    if not golden:
        return Score.unscored(Status.BAD_GROUND_TRUTH, "the golden answer is no text, no number, or empty")
    extract, form = PRESETS[preset]
    found = extract(rollout.response, rollout.prompt)
    if found.answer is None:
        return _score((0.0, 0.0, 0.0), Status.NO_ANSWER, None, found.reason)
    answer = form(found.answer)
    answer = verdict_of(answer) if preset == "rule_rm" else answer
    words = Counter(answer.split())
    if preset == "rule_rm":
        golden = [one for one in golden if not in_other_money(found.answer, one)]
    best = max((_overlap(answer, words, form(one)) for one in golden), default=(0.0, 0.0, 0.0))
    return _score(best, Status.OK, found.answer[:1000], None)


def _overlap(answer: str, words: Counter[str], golden: str) -> Overlap:
    """Return F1, precision and recall."""
    if answer != golden and not VERDICTS.isdisjoint((answer, golden)):
        return 0.0, 0.0, 0.0
    wanted = Counter(golden.split())
    same = (words & wanted).total()
    if not same:
        return 0.0, 0.0, 0.0
    precision, recall = same / words.total(), same / wanted.total()
    return 2 * precision * recall / (precision + recall), precision, recall


def _score(overlap: Overlap, status: Status, answer: str | None, explanation: str | None) -> Score:
    return Score(
        overlap[0],
        status,
        answer,
        explanation,
        dict(zip(("f1", "precision", "recall"), overlap, strict=True)),
    )
