"""Read a generative reward model: its votes are averaged, and its verdicts can be probabilities.

A judge's votes are counted, since each claims a fact. A reward model's votes are samples of one number, so
their mean counts. If it answers with a word, the probability of the word is more informative (GenRM, arXiv
2408.15240).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from rule_rm.judge.client.question import Reply
from rule_rm.judge.grader import Grader, spread
from rule_rm.judge.prompting.case import Case
from rule_rm.judge.reading.expected import weigh, worths_of
from rule_rm.judge.reading.menu import JudgeVerdict, Menu, NoVerdictError, fold, sentinel_pattern
from rule_rm.judge.reading.verdicts import read_verdict
from rule_rm.judge.reading.votes import Outcome, Vote, why
from rule_rm.messages.turns import spoken

LEAST_MASS = 0.5
"""The share of the probability that the menu's words must have; with less, something else was meant."""
_WORD = re.compile(r"\w+")
"""A word: `Yes`."""
_EDGES = " \t\n*_#`\"'“”.,:;!()[]"


class AveragingGrader(Grader):
    """A grader whose votes are averaged; with `expected_value`, each is a mean over the menu's words."""

    def _poll(self, case: Case, texts: Mapping[str, str], until: float) -> Outcome:
        question = self._question(case, texts)
        numbers = range(self._asking.votes)
        asks = [partial(self._vote, replace(question, vote=number), until) for number in numbers]
        return averaged(spread(self._votes, asks))

    def _read(self, reply: Reply) -> JudgeVerdict:
        if not self._asking.expected_value:
            return super()._read(reply)
        return likely(reply, self._template.declared.menu)


def averaged(votes: Sequence[Vote]) -> Outcome:
    """Return the mean of the votes; raise their failure unless more than half gave a verdict.

    `agreement` is 1 where all are the same, and 0 where they lie at both ends.

    >>> votes = [JudgeVerdict(0.5, "0.5"), JudgeVerdict(1.0, "1"), NoVerdictError("it is empty")]
    >>> averaged(votes).verdict.value
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
    """Return Σ probability · value over the menu's words, from the alternatives to the verdict's first token.

    For the words Yes, worth 1, and No, worth 0, that is P(Yes) / (P(Yes) + P(No)). The verdict follows the
    sentinel, as the last thing said; a reply without a sentinel must begin with the word, and may then go on.
    Raises NoVerdictError if the server gives no logprobs, or if the menu's words were unlikely.
    """
    if not reply.logprobs:
        raise NoVerdictError("the server gave no logprobs")
    text = "".join(token for token, _ in reply.logprobs)
    visible = spoken(text)
    if visible is None or not visible.strip():
        raise NoVerdictError("nothing follows the thinking" if text.strip() else "the reply is empty")
    place = text.rfind(visible)
    sentinels = list(sentinel_pattern(menu.sentinel).finditer(fold(visible)))
    if sentinels:
        read_verdict(reply, menu)
        place += sentinels[-1].end()
    elif reply.finish_reason not in ("stop", "length"):
        raise NoVerdictError(f"the reply was ended by {reply.finish_reason or 'nothing known'}")
    worths = worths_of(menu)
    weights = weigh(reply, _token(reply, place), worths, lambda word: word.strip(_EDGES))
    mass = math.fsum(weights.values())
    if mass < LEAST_MASS:
        words = ", ".join(menu.labels)
        raise NoVerdictError(f"with a probability of {1 - mass:.0%} the verdict is none of {words}")
    value = math.fsum(weight * worth for worth, weight in weights.items()) / mass
    best = max(weights, key=lambda worth: weights[worth])
    name = next(name for name, label in menu.labels.items() if label.value == best)
    said = f"{name} ({weights[best] / mass:.2f})"
    return JudgeVerdict(value, said, menu.labels[name].is_answer, reply.text)


def _token(reply: Reply, place: int) -> int:
    """Return the index of the first token with a word in it, from this place of the text on."""
    start = 0
    for index, (token, _) in enumerate(reply.logprobs or ()):
        if _WORD.search(token, max(place - start, 0)):
            return index
        start += len(token)
    raise NoVerdictError("no word is where the verdict should be")
