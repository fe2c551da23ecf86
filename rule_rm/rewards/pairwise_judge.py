"""`pairwise_judge`: a judge compares the responses to a prompt two at a time, each pair in both orders."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from statistics import fmean
from typing import Any

from rule_rm.errors import JudgeError
from rule_rm.judge.client.failure import AttemptError
from rule_rm.judge.client.judge_client import JudgeClient
from rule_rm.judge.explanations import explained
from rule_rm.judge.grader import Grader, overlong, spread
from rule_rm.judge.options import AskingOptions
from rule_rm.judge.prompting.case import Case, Reading
from rule_rm.judge.prompting.declaration import Kind
from rule_rm.judge.prompting.injection import service_secret
from rule_rm.judge.prompting.templates import load
from rule_rm.judge.reading.menu import NoVerdictError
from rule_rm.judge.trial import try_out
from rule_rm.messages.groups import without_group
from rule_rm.messages.turns import split_thinking
from rule_rm.registry import register
from rule_rm.registry.conventions import of_group
from rule_rm.registry.resident import Ask, Resident
from rule_rm.types import Rollout, Score, Status

_RIVAL = "another response"
"""The other response where a response is only looked at, and compared with none."""
_NONE = {"compared": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class PairwiseOptions(AskingOptions):
    """The options of `pairwise_judge`."""

    judge_template: str = "pairwise"
    opponents: int = 4
    """Others that each response is compared with, rounded up to an even number; 0 means all of them."""


@register(
    "pairwise_judge",
    summary="the share of the other responses to the prompt that a judge finds worse, in both orders",
    metrics=("compared",),
    groups=True,
)
class PairwiseJudge(Resident):
    """The mean of a response's comparisons: 1 for each that it wins, 0.5 for a tie, 0 for a loss.

    Each pair is asked about in both orders, and a verdict that changes with the order is a tie. `/health`
    counts how often the place decided. Equal responses are compared once and share a reward. Every response
    has the same number of opponents, in an arrangement that depends on the responses alone. An empty
    response earns 0 unasked and is nobody's opponent; without an opponent the reward is 0.5. A pair without a
    verdict is left out. A response that has none at all is unscored. `compared` is the number of verdicts.
    """

    def __init__(self, options: PairwiseOptions) -> None:
        """Load the template, and try the judge out. Raises ConfigurationError if an option is invalid."""
        self._options = options
        template = load(options.judge_template)
        options.check(
            (
                (template.declared.kind is Kind.PAIRWISE, "the kind must be pairwise"),
                (options.votes % 2 == 1, f"votes must be an odd number, not {options.votes}"),
                (not options.expected_value, "expected_value is for single verdicts; leave it out"),
                (options.opponents >= 0, f"opponents must be at least 0, not {options.opponents}"),
            ),
            "pairwise_judge",
        )
        self._reading = Reading(template.declared, template.uses, options.max_chars, options.vision)
        self._secret = service_secret(options.cache)
        self._client = JudgeClient(options.client, is_raw=template.declared.is_raw)
        self._grader = Grader(self._client, template, options.asking, self._secret, options.concurrency)
        self._pool = ThreadPoolExecutor(options.concurrency, thread_name_prefix="judge-pair")
        self._lock = threading.Lock()
        self._pairs = 0
        try:
            try_out(self._client, self._grader, self._reading, template, options.asking, "pairwise_judge")
        except BaseException:
            self.close()
            raise

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        """Return the score of a group."""
        members = rollout.group or (rollout,)
        if len(members) < 2:
            return of_group([without_group()])
        said = [_said(member.response) for member in members]
        looked = {text: self._read(rollout, text, _RIVAL) for text in dict.fromkeys(said)}
        shown = [text for text, one in looked.items() if isinstance(one, Case)]
        compared = self._compared(rollout, shown, ask.until)
        scores = {text: _mean(results) for text, results in compared.items()}
        unasked = {
            text: replace(one, metrics=_NONE if one.reward is not None else {})
            for text, one in looked.items()
            if isinstance(one, Score)
        }
        return of_group([(scores | unasked)[text] for text in said])

    def state(self) -> dict[str, Any]:
        """Return the number of pairs, and the counts of client and grader."""
        with self._lock:
            pairs = self._pairs
        return {"pairs": pairs, **self._grader.state(), **self._client.state()}

    def close(self) -> None:
        """Ask the judge nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._grader.close()
        self._client.close()

    def _read(self, rollout: Rollout, text: str, rival: str) -> Case | Score:
        return self._reading.read(replace(rollout, response=text, ground_truth=rival, group=None))

    def _compared(self, rollout: Rollout, texts: Sequence[str], until: float) -> dict[str, list[Score]]:
        """Return the scores of each text against its opponents, one a pair."""
        results: dict[str, list[Score]] = {text: [] for text in texts}
        circle = sorted(texts, key=lambda text: sha256(self._secret + text.encode(errors="replace")).digest())
        pairs = list(_pairs(circle, self._options.opponents))
        with self._lock:
            self._pairs += len(pairs)
        calls = [partial(self._compare, rollout, one, other, until) for one, other in pairs]
        for (one, other), result in zip(pairs, spread(self._pool, calls) if calls else (), strict=True):
            results[one].append(result)
            lost = result.reward is None
            results[other].append(result if lost else replace(result, reward=1.0 - (result.reward or 0.0)))
        return results

    def _compare(self, rollout: Rollout, one: str, other: str, until: float) -> Score:
        """Return 1 if the first text wins, 0 if the other does, 0.5 for a tie; unscored without a verdict."""
        case = self._read(rollout, one, other)
        if isinstance(case, Score):
            return case
        question = self._grader.question(case).shown if self._options.explain else None
        try:
            verdict = self._grader.grade(case, until).verdict
            return Score(verdict.value, question=question, reply=verdict.reply)
        except AttemptError as failure:
            # One that alone exceeds the judge's context has lost: nobody may choose to be unscored.
            if overlong(failure, case) is not None:
                return Score(0.0)
            back = self._read(rollout, other, one)
            if isinstance(back, Case) and overlong(failure, back) is not None:
                return Score(1.0)
            return Score.unscored(Status.UNAVAILABLE, str(failure))
        except NoVerdictError as failure:
            lost = Score.unscored(Status.NO_VERDICT, explained(str(failure), failure.reply))
            return replace(lost, question=question, reply=failure.reply)
        except JudgeError as failure:
            return Score.unscored(Status.UNAVAILABLE, str(failure))


def _said(response: str) -> str:
    """Return the text after the thinking; "" if the thinking is not closed."""
    split = split_thinking(response)
    return split[1].strip() if split else ""


def _pairs(circle: Sequence[str], opponents: int) -> Iterator[tuple[str, str]]:
    """Return the pairs in which each text has the same number of opponents: its next ones in the circle.

    >>> list(_pairs("abcde", 2))
    [('a', 'b'), ('b', 'c'), ('c', 'd'), ('d', 'e'), ('e', 'a')]
    """
    count = len(circle)
    steps = min((opponents + 1) // 2 or count, count // 2)
    for step in range(1, steps + 1):
        # Half around, each pair would come twice.
        for place in range(count // 2 if 2 * step == count else count):
            yield circle[place], circle[(place + step) % count]


def _mean(results: Sequence[Score]) -> Score:
    """Return the mean of the verdicts; unscored if there are only failures."""
    verdicts = [result.reward for result in results if result.reward is not None]
    failures = [result for result in results if result.reward is None]
    if failures and not verdicts:
        return failures[0]
    if not verdicts:
        return Score(0.5, explanation="there is no other response to compare with", metrics=_NONE)
    won, tied = verdicts.count(1.0), verdicts.count(0.5)
    said = f"it wins {won} of {len(verdicts)} comparisons and ties {tied}"
    if failures:
        said += f"; {len(failures)} more gave no verdict: {failures[0].explanation}"
    return Score(
        fmean(verdicts),
        explanation=said,
        metrics={"compared": float(len(verdicts))},
        question=results[0].question,
        reply="\n\n".join(result.reply for result in results if result.reply),
    )
