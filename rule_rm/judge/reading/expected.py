"""The expected verdict: what a judge says on average, read from the probabilities of its first word.

This holds only for a judge that does not reason first: after a chain of thought the verdict is all but
certain, whatever the judge made of it. And only where each word of the menu is told by its first token.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from rule_rm.judge.client.question import Reply
from rule_rm.judge.reading.menu import JudgeVerdict, Menu, fold

ALTERNATIVES = 20
"""How many are asked for at each token; servers grant no more."""
_UNCLEAR = 0.05
"""The share of the probability that may belong to no word, or to several, of the menu."""


def expected(reply: Reply, verdict: JudgeVerdict, menu: Menu) -> JudgeVerdict:
    """The verdict with the mean of what it could have been; as it is where that can't be told.

    The mean is over the words of the menu, weighted by the probability of the token that begins the verdict.
    """
    if reply.logprobs is None or reply.reasoning or menu.dimensions:
        return verdict
    worth = _worth(menu)
    alternatives = _at_verdict(reply, verdict.said)
    if alternatives is None or not worth:
        return verdict
    total = unclear = mean = 0.0
    for token, logprob in alternatives:
        probability = math.exp(min(logprob, 0.0))
        word = fold(token).strip().casefold()
        meant = [value for name, value in worth.items() if word and name.startswith(word)]
        total += probability
        if len(meant) == 1 and meant[0] is not None:
            mean += probability * meant[0]
        else:
            unclear += probability
    if total <= 0 or unclear > _UNCLEAR * total:
        return verdict
    return JudgeVerdict(mean / (total - unclear), verdict.said, verdict.is_answer)


def _worth(menu: Menu) -> Mapping[str, float | None]:
    """What each word of the menu is worth, by the word in small letters; on a scale, its whole numbers."""
    if menu.scale is None:
        return {fold(name).casefold(): label.value for name, label in menu.labels.items()}
    least, greatest = menu.scale
    if not (least.is_integer() and greatest.is_integer() and greatest - least <= ALTERNATIVES):
        return {}
    numbers = range(int(least), int(greatest) + 1)
    return {str(number): (number - least) / (greatest - least) for number in numbers}


def _at_verdict(reply: Reply, said: str) -> tuple[tuple[str, float], ...] | None:
    """The alternatives to the token that begins the verdict; None if no token begins there."""
    tokens = reply.logprobs or ()
    text = "".join(token for token, _ in tokens)
    place = fold(text).casefold().rfind(fold(said).casefold())
    start = 0
    for token, alternatives in tokens:
        if place >= 0 and start <= place < start + len(token):
            return alternatives if not token[: place - start].strip() else None
        start += len(token)
    return None
