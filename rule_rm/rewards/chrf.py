"""`chrf`: the similarity of a text to reference translations, by sacrebleu's chrF and chrF++."""

from __future__ import annotations

from functools import cache
from typing import Any

from rule_rm.extract.multiple_choice.short_answers import golden_texts
from rule_rm.extract.response.free_text import BAD_REFERENCE, free_text
from rule_rm.registry import register
from rule_rm.registry.options import package, within
from rule_rm.types import Rollout, Score, Status

_MODULE, _EXTRA = "sacrebleu", "texts"
_MOST = 10
"""The greatest order of n-grams: more than any published variant has."""


def _check(*, char_order: int, word_order: int, beta: int) -> None:
    within("char_order", char_order, 1, _MOST)
    within("word_order", word_order, 0, _MOST)
    within("beta", beta, 1, _MOST)


@register(
    "chrf",
    summary="sacrebleu's sentence chrF, 0 to 1, of a text and its references",
    extras=((_MODULE, _EXTRA),),
    check=_check,
)
def chrf(rollout: Rollout, *, char_order: int = 6, word_order: int = 0, beta: int = 2) -> Score:
    """Return the chrF of the answer tag, else of all that follows the thinking, divided by 100.

    It is the F-score of character n-grams, and of word n-grams with `word_order=2` (chrF++). Recall counts
    `beta` times as much as precision. The best of several references counts. It needs no tokenizer, so it
    suits languages without spaces. Needs `pip install 'rule-rm[texts]'`.
    """
    _check(char_order=char_order, word_order=word_order, beta=beta)
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no reference")
    references = golden_texts(rollout.ground_truth)
    if not references:
        return Score.unscored(Status.BAD_GROUND_TRUTH, BAD_REFERENCE)
    found = free_text(rollout.response)
    if found.answer is None:
        return Score(0.0, Status.NO_ANSWER, None, found.reason)
    worth = _metric(char_order, word_order, beta).sentence_score(found.answer, references).score / 100
    return Score(min(max(float(worth), 0.0), 1.0), answer=found.answer[:1000])


@cache
def _metric(char_order: int, word_order: int, beta: int) -> Any:
    return package(_MODULE, "chrf", _EXTRA).CHRF(char_order=char_order, word_order=word_order, beta=beta)
