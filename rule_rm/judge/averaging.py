"""Votes that are averaged, and verdicts that are probabilities: how a generative reward model is read.

A judge's votes are counted, for each says what is true. A reward model's are samples of one number, so their
mean counts; and where it answers by a word, how likely the word was says more than the word (GenRM, arXiv
2408.15240).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from rule_rm.errors import JudgeUnavailable
from rule_rm.judge.client.question import Question, Reply
from rule_rm.judge.grader import Grader, spread
from rule_rm.judge.prompting.case import Case
from rule_rm.judge.reading.menu import JudgeVerdict, Menu, NoVerdict, fold, sentinel_pattern
from rule_rm.judge.reading.verdicts import read_verdict
from rule_rm.judge.reading.votes import Outcome, Vote, why
from rule_rm.messages.turns import spoken

LEAST_MASS = 0.5
"""The share of the probability that the menu's words must have; with less, something else was meant."""
_WORD = re.compile(r"\w+")
_EDGES = " \t\n*_#`\"'“”.,:;!()[]"


class AveragingGrader(Grader):
    """A grader whose votes are averaged; with `Manner.expected_value`, each is a probability."""

    def try_out(self, case: Case, until: float) -> Reply:
        """The first token of a reply, to tell whether such questions are taken. Raises JudgeUnavailable."""
        return self._judge.ask(replace(self._question(case, case.texts), max_tokens=1), until)

    def _poll(self, case: Case, texts: Mapping[str, str], until: float) -> Outcome:
        question = self._question(case, texts)
        numbers = range(self._manner.votes)
        asks = [partial(self._vote, replace(question, vote=number), until) for number in numbers]
        return averaged(spread(self._votes, asks))

    def _vote(self, question: Question, until: float) -> Vote:
        if not self._manner.expected_value:
            return super()._vote(question, until)
        try:
            return likely(self._judge.ask(question, until), self._template.declared.menu)
        except (NoVerdict, JudgeUnavailable) as failure:
            return failure


def averaged(votes: Sequence[Vote]) -> Outcome:
    """The mean of the votes, of which more than half must have given a verdict; else raises what kept them.

    `agreement` is 1 where all are the same, and 0 where they lie at both ends.

    >>> averaged([JudgeVerdict(0.5, "0.5"), JudgeVerdict(1.0, "1"), NoVerdict("it is empty")]).verdict.value
    0.75
    """
    verdicts = [vote for vote in votes if isinstance(vote, JudgeVerdict)]
    if len(verdicts) <= len(votes) // 2:
        raise why(votes, verdicts, len(votes) // 2 + 1)
    values = [verdict.value for verdict in verdicts]
    said = ", ".join(verdict.said for verdict in verdicts)
    is_answer = any(verdict.is_answer for verdict in verdicts)
    return Outcome(
        JudgeVerdict(math.fsum(values) / len(values), said, is_answer),
        1.0 - (max(values) - min(values)),
        len(verdicts),
    )


def likely(reply: Reply, menu: Menu) -> JudgeVerdict:
    """Σ probability · value over the menu's words, by the alternatives to the token that begins the verdict.

    For the words Yes, worth 1, and No, worth 0, that is P(Yes) / (P(Yes) + P(No)). The verdict stands after
    the sentinel, as the last thing said; a reply without it must begin with the word, and may then go on.
    Raises NoVerdict if the server gives no logprobs, or if the menu's words were unlikely.
    """
    if not reply.logprobs:
        raise NoVerdict("the server gave no logprobs")
    text = "".join(token for token, _ in reply.logprobs)
    visible = spoken(text)
    if visible is None or not visible.strip():
        raise NoVerdict("nothing follows the thinking" if text.strip() else "the reply is empty")
    place = text.rfind(visible)
    sentinels = list(sentinel_pattern(menu.sentinel).finditer(fold(visible)))
    if sentinels:
        read_verdict(reply, menu)
        place += sentinels[-1].end()
    elif reply.finish_reason not in ("stop", "length"):
        raise NoVerdict(f"the reply was ended by {reply.finish_reason or 'nothing known'}")
    weights = _weights(_alternatives(reply, place), menu)
    mass = math.fsum(weights.values())
    if mass < LEAST_MASS:
        words = ", ".join(menu.labels)
        raise NoVerdict(f"with a probability of {1 - mass:.0%} the verdict is none of {words}")
    value = math.fsum(weight * (menu.labels[name].value or 0.0) for name, weight in weights.items()) / mass
    best = max(weights, key=lambda name: weights[name])
    return JudgeVerdict(value, f"{best} ({weights[best] / mass:.2f})", menu.labels[best].is_answer)


def _alternatives(reply: Reply, place: int) -> Sequence[tuple[str, float]]:
    """Those of the first token with a word in it from this place of the text on."""
    start = 0
    for token, alternatives in reply.logprobs or ():
        if _WORD.search(token, max(place - start, 0)):
            return alternatives
        start += len(token)
    raise NoVerdict("no word stands where the verdict should be")


def _weights(alternatives: Sequence[tuple[str, float]], menu: Menu) -> dict[str, float]:
    """The probability of each word that is worth something: of the tokens that can only begin it."""
    weights: dict[str, float] = {}
    for token, logprob in alternatives:
        begun = fold(token).strip(_EDGES).casefold()
        meant = [name for name in menu.labels if begun and fold(name).casefold().startswith(begun)]
        if len(meant) == 1 and menu.labels[meant[0]].value is not None:
            weights[meant[0]] = weights.get(meant[0], 0.0) + math.exp(min(logprob, 0.0))
    return weights
