"""`bleu`: the similarity of a text to reference translations, by sacrebleu's BLEU."""

from __future__ import annotations

from functools import cache
from typing import Any

from rule_rm.extract.multiple_choice.short_answers import golden_texts
from rule_rm.extract.response.free_text import BAD_REFERENCE, free_text
from rule_rm.registry import register
from rule_rm.registry.options import one_of, package
from rule_rm.types import Rollout, Score, Status

_TOKENIZERS = ("13a", "char", "intl", "none", "zh")
_MODULE, _EXTRA = "sacrebleu", "texts"


def _check(*, tokenize: str) -> None:
    one_of("tokenize", tokenize, _TOKENIZERS)


@register(
    "bleu",
    summary="sacrebleu's sentence BLEU, 0 to 1, of a text and its references",
    extras=((_MODULE, _EXTRA),),
    check=_check,
)
def bleu(rollout: Rollout, *, tokenize: str = "13a") -> Score:
    """Return the BLEU of the answer tag, else of all that follows the thinking, divided by 100.

    Several golden answers are the references of one text. As sacrebleu does for sentences, orders of n-grams
    that the text is too short for are left out, and zero counts are smoothed. `tokenize` is `13a`, `intl`,
    `zh`, `char` or `none`. Needs `pip install 'rule-rm[texts]'`.

    The first of a text's words alone has a high precision, but the brevity penalty makes it cheap.
    """
    _check(tokenize=tokenize)
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no reference")
    references = golden_texts(rollout.ground_truth)
    if not references:
        return Score.unscored(Status.BAD_GROUND_TRUTH, BAD_REFERENCE)
    found = free_text(rollout.response)
    if found.answer is None:
        return Score(0.0, Status.NO_ANSWER, None, found.reason)
    worth = _metric(tokenize).sentence_score(found.answer, references).score / 100
    return Score(min(max(float(worth), 0.0), 1.0), answer=found.answer[:1000])


@cache
def _metric(tokenize: str) -> Any:
    return package(_MODULE, "bleu", _EXTRA).BLEU(tokenize=tokenize, effective_order=True)
