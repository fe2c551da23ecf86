"""`substring`: does the short answer contain a golden answer?

For questions whose golden answer is a name that people wrap in different words. An answer of many words is
none: a policy that is paid for containing a name soon lists them all.
"""

from __future__ import annotations

from rule_rm.extract.short_answers import golden_texts, last_tagged, normalised, short_answer
from rule_rm.registry import register
from rule_rm.registry.option_checks import above, one_of
from rule_rm.types import Rollout, Score, Status

_PRESETS = {"rule_rm": short_answer, "verl": last_tagged}


def _check(*, preset: str, most_words: int) -> None:
    one_of("preset", preset, _PRESETS)
    above("most_words", most_words, 0)


@register(
    "substring",
    summary="1 if the short answer contains a golden answer, word for word, else 0",
    metrics=("accuracy",),
    linear=True,
    check=_check,
)
def substring(rollout: Rollout, *, preset: str = "rule_rm", most_words: int = 30) -> Score:
    """1.0 if a golden answer stands in the answer, both normalised as SQuAD does, else 0.0.

    It must stand there in whole words, and the answer have no more than `most_words` beyond those of the
    golden answer. Golden answers and extraction are those of `exact_match`. The preset "verl"
    (`compute_score_subem`, Search-R1) takes the last answer tag, any part of a word and any number of words.

    >>> substring(Rollout("", "<answer>It is in Paris, France.</answer>", "paris")).reward
    1.0
    >>> rollout = Rollout("", "<answer>I know.</answer>", "no")
    >>> substring(rollout).reward, substring(rollout, preset="verl").reward
    (0.0, 1.0)
    """
    _check(preset=preset, most_words=most_words)
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no golden answer")
    golden = golden_texts(rollout.ground_truth)
    if not golden:
        return Score.unscored(Status.BAD_GROUND_TRUTH, "the golden answer is no text, no number, or empty")
    found = _PRESETS[preset](rollout.response)
    if found.answer is None:
        return Score(0.0, Status.NO_ANSWER, None, found.reason, {"accuracy": 0.0})
    answer = normalised(found.answer)
    if preset == "verl":
        is_right = any(normalised(one) in answer for one in golden)
    else:
        is_right = any(_contains(answer, normalised(one), most_words) for one in golden)
    return Score(float(is_right), answer=found.answer[:1000], metrics={"accuracy": float(is_right)})


def _contains(answer: str, golden: str, most_words: int) -> bool:
    return f" {golden} " in f" {answer} " and answer.count(" ") - golden.count(" ") <= most_words
