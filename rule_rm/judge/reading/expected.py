"""The expected value of a verdict: the mean over the possible verdicts, weighted by their probability.

It is read from the alternatives to the token that begins the verdict. A judge that reasons first has decided
before that token, so it must be asked for the verdict alone. Without a certain mean there is no verdict. A
single value among the means of the same group would look better or worse than it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from rule_rm.judge.client.question import Reply
from rule_rm.judge.reading.menu import JudgeVerdict, Menu, NoVerdictError, fold

ALTERNATIVES = 20
"""Alternatives that are asked for at each token; servers grant no more."""
_UNCLEAR = 0.05
"""The share of the probability that may belong to no word of the menu, or to words of different worth."""
_OPENING = " \t\n*_`\"'([{"
"""Decoration that may share a token with the beginning of a verdict, as in " [Correct"."""
Worths = Mapping[str, float | None]


def expected(reply: Reply, verdict: JudgeVerdict, menu: Menu) -> JudgeVerdict:
    """Return the verdict with its expected value. Raises NoVerdictError if that is uncertain."""
    if reply.logprobs is None:
        raise NoVerdictError("the server gave no logprobs")
    if reply.reasoning:
        raise NoVerdictError("the judge thought before its verdict, whose probabilities then say nothing")
    worths = worths_of(menu)
    place = _place(reply, verdict.said, menu)
    if place is None or not worths:
        raise NoVerdictError("the verdict does not begin with a token of its own")
    total = sum(math.exp(min(logprob, 0.0)) for _, logprob in reply.logprobs[place][1])
    weights = weigh(reply, place, worths, lambda word: word.strip(_OPENING))
    clear = math.fsum(weights.values())
    if total <= 0 or total - clear > _UNCLEAR * total:
        raise NoVerdictError(
            f"the probabilities of {1 - clear / total if total else 1:.0%} belong to no verdict"
        )
    value = math.fsum(worth * weight for worth, weight in weights.items()) / clear
    return replace(verdict, value=min(max(value, 0.0), 1.0) if menu.scale else value)


def worths_of(menu: Menu) -> Worths:
    """Return the worth of each word of the menu, in lower case; on a scale, of its integers."""
    if menu.scale is None:
        words = {name: label.value for name, label in menu.labels.items()}
        words |= {word: menu.labels[label].value for word, label in menu.synonyms.items()}
        return {fold(name).casefold(): value for name, value in words.items()}
    least, greatest = menu.scale
    if not (least.is_integer() and greatest.is_integer() and greatest - least <= ALTERNATIVES):
        return {}
    numbers = range(int(least), int(greatest) + 1)
    return {str(number): (number - least) / (greatest - least) for number in numbers}


def weigh(reply: Reply, place: int, worths: Worths, trimmed: Callable[[str], str]) -> dict[float, float]:
    """Return the probability of each worth, from the alternatives to the token at a place of the reply.

    A token counts for a worth if all words that it can begin have that worth: "IN" begins INCORRECT and
    INVALID, and both are worth 0. Where the token that was chosen can begin words of different worth, such as
    "1" on a scale to 10, the tokens after it decide.
    """
    weights: dict[float, float] = {}
    for token, logprob in (reply.logprobs or ())[place][1]:
        begun = trimmed(fold(token)).casefold()
        shares = _shares(reply, place, begun, worths) if begun else {}
        for worth, part in shares.items():
            weights[worth] = weights.get(worth, 0.0) + part * math.exp(min(logprob, 0.0))
    return weights


def _shares(reply: Reply, place: int, begun: str, worths: Worths) -> dict[float, float]:
    """Return the share of each worth in the probability of the begun word; empty if it is uncertain."""
    meant = {worth for word, worth in worths.items() if word.startswith(begun)}
    if not meant or None in meant:
        return {}
    if len(meant) == 1:
        return {worth: 1.0 for worth in meant if worth is not None}
    tokens = reply.logprobs or ()
    said = fold("".join(token for token, _ in tokens[place:])).strip().casefold()
    if not said.startswith(begun) or len(fold(tokens[place][0]).strip()) != len(begun):
        return {}
    following = tokens[place + 1][1] if place + 1 < len(tokens) else ()
    longer = {word[len(begun) :]: worth for word, worth in worths.items() if word.startswith(begun)}
    shares: dict[float, float] = {}
    rest = 1.0
    for token, logprob in following:
        going_on = fold(token).casefold()
        found = {
            worth for end, worth in longer.items() if end and going_on.strip() and end.startswith(going_on)
        }
        if len(found) == 1 and (worth := found.pop()) is not None:
            share = math.exp(min(logprob, 0.0))
            shares[worth] = shares.get(worth, 0.0) + share
            rest -= share
    whole = worths.get(begun)
    if whole is not None and rest > 0:
        shares[whole] = shares.get(whole, 0.0) + rest
    return shares


def _place(reply: Reply, said: str, menu: Menu) -> int | None:
    """Return the index of the token that begins the verdict, or a synonym of it; None if no token does."""
    tokens = reply.logprobs or ()
    text = fold("".join(token for token, _ in tokens)).casefold()
    words = [said, *(word for word, label in menu.synonyms.items() if label == said)]
    found = [(text.rfind(word), len(word)) for word in (fold(word).casefold() for word in words)]
    # Of words that end at the same place the longest: "incorrect", not the "correct" in it.
    at, _ = max(found, key=lambda one: (one[0] >= 0, sum(one), one[1]))
    start = 0
    for index, (token, _) in enumerate(tokens):
        if at >= 0 and start <= at < start + len(token):
            return index if not token[: at - start].strip(_OPENING) else None
        start += len(token)
    return None
