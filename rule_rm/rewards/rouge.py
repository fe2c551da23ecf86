"""`rouge`: the overlap of a summary with a reference, by rouge-score's ROUGE."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from rule_rm.extract.multiple_choice.short_answers import golden_texts
from rule_rm.extract.response.free_text import free_text
from rule_rm.registry import register
from rule_rm.registry.options import one_of, package
from rule_rm.types import Rollout, Score, Status

_KINDS = ("rouge1", "rouge2", "rougeL", "rougeLsum")
_PARTS = ("fmeasure", "precision", "recall")
_TOKENS = ("unicode", "rouge_score")
_SIGNS = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_SIGNS}]|[^\W_{_SIGNS}]+")
"""A character of Chinese or Japanese, or a word of letters and digits: `über`, `42`."""
_METRICS = ("precision", "recall")
_MODULE, _EXTRA = "rouge_score.rouge_scorer", "texts"


def _check(*, kind: str, part: str, tokens: str, stemmer: bool) -> None:
    one_of("kind", kind, _KINDS)
    one_of("part", part, _PARTS)
    one_of("tokens", tokens, _TOKENS)
    del stemmer


@register(
    "rouge",
    summary="rouge-score's ROUGE, 0 to 1, of a text and the best of its references",
    metrics=_METRICS,
    extras=((_MODULE, _EXTRA),),
    check=_check,
)
def rouge(
    rollout: Rollout,
    *,
    kind: str = "rougeL",
    part: str = "fmeasure",
    tokens: str = "unicode",
    stemmer: bool = False,
) -> Score:
    """Return the ROUGE of the answer tag, else of all that follows the thinking.

    `kind` is `rouge1`, `rouge2`, `rougeL` or `rougeLsum`; `part` is `fmeasure`, `precision` or `recall`. A
    recall alone pays for length, and a precision alone for brevity. rouge-score's own tokenizer drops all but
    ASCII letters and digits; `tokens=rouge_score` is that one, `stemmer=true` its Porter stemmer. By default
    words of any script count, and each Chinese or Japanese character. Needs `pip install 'rule-rm[texts]'`.
    """
    _check(kind=kind, part=part, tokens=tokens, stemmer=stemmer)
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no reference")
    scorer = _scorer(kind, tokens, stemmer)
    references = [text for text in golden_texts(rollout.ground_truth) if scorer._tokenizer.tokenize(text)]
    if not references:
        return Score.unscored(Status.BAD_GROUND_TRUTH, f"the reference has no words for tokens={tokens}")
    found = free_text(rollout.response)
    if found.answer is None:
        return Score(0.0, Status.NO_ANSWER, None, found.reason, dict.fromkeys(_METRICS, 0.0))
    scores = [scorer.score(reference, found.answer)[kind] for reference in references]
    best = max(scores, key=lambda score: float(getattr(score, part)))
    metrics = {name: float(getattr(best, name)) for name in _METRICS}
    return Score(float(getattr(best, part)), answer=found.answer[:1000], metrics=metrics)


class _Unicode:
    """Tokenizer for words of any script."""

    def tokenize(self, text: str) -> list[str]:
        """Return the words in lower case, and each character of a script without spaces."""
        return _TOKEN.findall(text.lower())


@cache
def _scorer(kind: str, tokens: str, stemmer: bool) -> Any:
    own = None if tokens == "rouge_score" else _Unicode()
    scorers = package(_MODULE, "rouge", _EXTRA)
    return scorers.RougeScorer([kind], use_stemmer=stemmer, tokenizer=own)
