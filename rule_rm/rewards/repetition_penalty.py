"""`repetition_penalty`: penalise a response for repeating itself."""

from __future__ import annotations

import re

from rule_rm.registry import register
from rule_rm.registry.options import above, one_of
from rule_rm.types import Rollout

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
)
"""The scripts that put no space between words: Thai, Lao, Burmese, Khmer, kana and Han."""
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[^\W_])+|(?<!\S)[^\w\s]+(?!\S)|_+")
"""One word: a character of an unspaced script, a run of other letters and digits, or a run of signs between
spaces. For example, `la/la` has two words, `重复` two, `a -- b` three."""
_SPLITS = ("words", "spaces")


_LONGEST_WORD = 100
"""Characters. No word of a language is longer: a longer run is read as characters."""


def _words(text: str) -> list[str]:
    words: list[str] = _WORD.findall(text)
    if all(len(word) <= _LONGEST_WORD for word in words):
        return words
    return [part for word in words for part in (word if len(word) > _LONGEST_WORD else (word,))]


def _check(*, ngram_size: int, max_penalty: float, split: str) -> None:
    above("ngram_size", ngram_size, 0)
    one_of("split", split, _SPLITS)


@register(
    "repetition_penalty",
    summary="the share of repeated word n-grams, times -1",
    linear=True,
    check=_check,
)
def repetition_penalty(
    rollout: Rollout, *, ngram_size: int = 3, max_penalty: float = -1.0, split: str = "words"
) -> float:
    """Return (1 - unique / total n-grams) * max_penalty, over the response's words in lower case.

    A response with fewer words than `ngram_size` earns 0.0. With `split=words`, signs separate words and each
    character of a script without spaces, such as Chinese or Thai, is a word, and so is each of a run of over
    100 characters. `split=spaces` splits at white
    space alone, as Open R1's `get_repetition_penalty_reward` does for English.

    >>> repetition_penalty(Rollout("", "so so so so so")).__round__(3)
    -0.667
    >>> repetition_penalty(Rollout("", "重复重复重复重复")).__round__(3)
    -0.667
    """
    text = rollout.response.lower()
    words = text.split() if split == "spaces" else _words(text)
    total = len(words) - ngram_size + 1
    if total <= 0:
        return 0.0
    unique = len(set(zip(*(words[start:] for start in range(ngram_size)), strict=False)))
    return (1 - unique / total) * max_penalty
