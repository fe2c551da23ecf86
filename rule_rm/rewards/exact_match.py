"""`exact_match`: reward a short answer that equals a golden answer up to case, articles and punctuation."""

from __future__ import annotations

from rule_rm.extract.multiple_choice.short_answers import PRESETS, golden_texts, in_other_money, verdict_of
from rule_rm.registry import register
from rule_rm.registry.options import one_of
from rule_rm.types import Rollout, Score, Status


def _check(*, preset: str) -> None:
    one_of("preset", preset, PRESETS)


@register(
    "exact_match",
    summary="1 if the short answer is a golden answer after SQuAD's normalisation, else 0",
    metrics=("accuracy",),
    linear=True,
    check=_check,
)
def exact_match(rollout: Rollout, *, preset: str = "rule_rm") -> Score:
    """Return 1.0 if the answer equals a golden one except for case, articles and punctuation, else 0.0.

    The marks of numbers and names count: -5 is not 5, nor C++ C. With the preset "squad" they do not.

    The golden answers are a text or number, a list of them, or `{"target": …}`. The answer follows the
    thinking: it is the answer tag's or the box's content, what "the answer is", or what the question's
    subject is; else the whole response. Tags that contradict each other have none, and neither has a
    question ("Paris?"). With the preset "verl" (`search_r1_like_qa_em`, Search-R1) it is the last tag's
    content, wherever that stands.

    >>> exact_match(Rollout("", "<answer>the Eiffel Tower.</answer>", ["Eiffel tower", "La tour"])).reward
    1.0
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
        return Score(0.0, Status.NO_ANSWER, None, found.reason, {"accuracy": 0.0})
    if preset == "rule_rm":
        golden = [one for one in golden if not in_other_money(found.answer, one)]
    if found.answer.rstrip().endswith("?") and preset == "rule_rm":
        golden = [one for one in golden if one.rstrip().endswith("?")]
    answer, wanted = form(found.answer), list(map(form, golden))
    is_right = answer in wanted or (preset == "rule_rm" and verdict_of(answer) in wanted)
    return Score(float(is_right), answer=found.answer[:1000], metrics={"accuracy": float(is_right)})
