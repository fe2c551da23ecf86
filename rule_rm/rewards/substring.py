"""`substring`: reward a short answer that contains a golden answer.

It suits questions whose golden answer is a name that people wrap in different words. A policy that is paid
for containing a name soon lists them all, so neither a long answer nor a list counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rule_rm.extract.multiple_choice.short_answers import PRESETS, VERDICTS, golden_texts
from rule_rm.extract.words import stance
from rule_rm.registry import register
from rule_rm.registry.options import above, one_of
from rule_rm.types import Rollout, Score, Status

_SEPARATOR = re.compile(r"[,;/|\n、，；]|\b(?:or|and|oder|ou|o|y|und|et)\b|[或和]")
"""A separator of the items of a list: `Rome, Paris or Bonn` has two."""
_MOST_SEPARATORS = 2
_NUMBER = re.compile(r"[-+]?\.?\d")
"""The beginning of a number, such as `-5`."""


def _check(*, preset: str, most_words: int) -> None:
    one_of("preset", preset, PRESETS)
    above("most_words", most_words, 0)


@register(
    "substring",
    summary="1 if the short answer contains a golden answer, word for word, else 0",
    metrics=("accuracy",),
    linear=True,
    check=_check,
)
def substring(rollout: Rollout, *, preset: str = "rule_rm", most_words: int = 10) -> Score:
    """Return 1.0 if the answer contains a golden answer, both normalised as SQuAD does, else 0.0.

    Whole words must match, and no "not" may precede them. The answer may have at most `most_words` words and
    two separators of a list, such as commas, more than the golden answer. Golden answers and extraction
    are those of `exact_match`. The preset "verl" (`compute_score_subem`, Search-R1) takes the last answer
    tag, any part of a word, and an answer of any length.

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
        return Score.unscored(
            Status.BAD_GROUND_TRUTH, "the golden answer must be a string or a number, and not empty"
        )
    extract, form = PRESETS[preset]
    found = extract(rollout.response, rollout.prompt)
    if found.answer is None:
        return Score(0.0, Status.NO_ANSWER, None, found.reason, {"accuracy": 0.0})
    answer = form(found.answer)
    if preset == "verl":
        is_right = any(form(one) in answer for one in golden)
    else:
        separators = len(_SEPARATOR.findall(found.answer))
        is_right = any(
            _contains(answer, form(one), most_words)
            and separators <= len(_SEPARATOR.findall(one)) + _MOST_SEPARATORS
            and not _is_denied(found.answer, one)
            for one in golden
        )
    return Score(float(is_right), answer=found.answer[:1000], metrics={"accuracy": float(is_right)})


def _contains(answer: str, golden: str, most_words: int) -> bool:
    """Return True if an answer of few words has the golden answer, and no other of its kind."""
    if f" {golden} " not in f" {answer} " or answer.count(" ") - golden.count(" ") > most_words:
        return False
    others = [word for word in answer.split() if word != golden]
    return not any(map(_kind(golden), others))


def _is_denied(answer: str, golden: str) -> bool:
    """Return True if the clause of a golden answer denies it: "not Paris"."""
    at = answer.casefold().find(golden.casefold())
    return at >= 0 and stance.denied_before(answer, at)


def _kind(golden: str) -> Callable[[str], bool]:
    """Return a test for words that compete with a golden answer: verdicts, numbers or single letters."""
    if golden in VERDICTS:
        return VERDICTS.__contains__
    if _NUMBER.match(golden):
        return lambda word: _NUMBER.match(word) is not None
    return lambda word: len(golden) == 1 and len(word) == 1 and word not in ("a", "i")
