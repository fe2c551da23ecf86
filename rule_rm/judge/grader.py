"""A judge with a template: from a rollout to the judge's outcome, by as many questions as that takes.

One for a label, a scale or dimensions; one for each criterion; two for a pair, in both orders; and each of
them as many times as there are votes. What a judge can't be asked, or says without a verdict, raises.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol, TypeVar

from rule_rm.errors import JudgeUnavailable
from rule_rm.judge.client.question import Question, Reply
from rule_rm.judge.prompting.case import Case
from rule_rm.judge.prompting.criteria import share
from rule_rm.judge.prompting.declaration import Kind
from rule_rm.judge.prompting.injection import Slot, neutralised, nonce
from rule_rm.judge.prompting.templates import TEXTS, JudgeTemplate
from rule_rm.judge.reading.expected import ALTERNATIVES, expected
from rule_rm.judge.reading.menu import JudgeVerdict, NoVerdict
from rule_rm.judge.reading.verdicts import read_verdict
from rule_rm.judge.reading.votes import Outcome, Vote, poll

T = TypeVar("T")


class Asked(Protocol):
    """What is asked: the judge's client."""

    def ask(self, question: Question, until: float) -> Reply:
        """The reply, before the monotonic time `until`. Raises JudgeUnavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How questions are put."""

    votes: int = 1
    temperature: float = 0.0
    max_tokens: int = 1024
    as_json: bool = False
    expected_value: bool = False
    """Ask for no reasons, and take the mean over what the verdict could have been."""
    swap: bool = False
    """After the best verdict ask once more, answer and reference exchanged; both must agree."""


class Grader:
    """Grades cases, from any thread."""

    def __init__(
        self, judge: Asked, template: JudgeTemplate, manner: Manner, secret: bytes, threads: int
    ) -> None:
        """`secret`: for the nonces; `threads`: how many questions it may ask beside those that call it."""
        self._judge = judge
        self._template = template
        self._manner = manner
        self._secret = secret
        # Polls wait for votes, which wait for nothing here: in one pool they could fill each other's places.
        self._polls = ThreadPoolExecutor(threads, thread_name_prefix="judge-poll")
        self._votes = ThreadPoolExecutor(threads, thread_name_prefix="judge-vote")
        self._lock = threading.Lock()
        self._failures: Counter[str] = Counter()
        self._schema = template.declared.menu.schema(reasoning=not manner.expected_value)

    def grade(self, case: Case, until: float) -> Outcome:
        """What the judge says of the case. Raises NoVerdict, and JudgeUnavailable."""
        try:
            return self._grade(case, until)
        except NoVerdict as failure:
            with self._lock:
                self._failures[failure.reason] += 1
            raise

    def state(self) -> dict[str, Any]:
        """Why there was no verdict, how often; the reasons that came most."""
        with self._lock:
            return {"no_verdict": dict(self._failures.most_common(10))}

    def close(self) -> None:
        """Ask nothing any more beside those that call."""
        for pool in (self._polls, self._votes):
            pool.shutdown(wait=False, cancel_futures=True)

    def _grade(self, case: Case, until: float) -> Outcome:
        kind = self._template.declared.kind
        if kind is Kind.CRITERIA:
            return self._criteria(case, until)
        if kind is Kind.PAIRWISE:
            return self._pair(case, until)
        outcome = self._poll(case, case.texts, until)
        if self._manner.swap and outcome.verdict.value == self._best():
            return self._swapped(case, outcome, until)
        return outcome

    def _best(self) -> float:
        return max(label.value or 0.0 for label in self._template.declared.menu.labels.values())

    def _swapped(self, case: Case, outcome: Outcome, until: float) -> Outcome:
        """An equivalence that holds in one direction only is none."""
        texts = {**case.texts, "answer": case.texts["reference"], "reference": case.texts["answer"]}
        back = self._poll(case, texts, until)
        return back if back.verdict.value < outcome.verdict.value else outcome

    def _criteria(self, case: Case, until: float) -> Outcome:
        polls = [
            partial(self._poll, case, {**case.texts, "criterion": one.text}, until) for one in case.criteria
        ]
        outcomes = spread(self._polls, polls)
        value = share(case.criteria, [outcome.verdict.value for outcome in outcomes])
        met = sum(outcome.verdict.value > 0 for outcome in outcomes)
        return Outcome(
            JudgeVerdict(value, f"{met} of {len(outcomes)} criteria met"),
            sum(outcome.agreement for outcome in outcomes) / len(outcomes),
            min(outcome.votes for outcome in outcomes),
        )

    def _pair(self, case: Case, until: float) -> Outcome:
        """1 if the response wins in both orders, 0 if it loses in both; what hangs on the order is a tie."""
        texts = case.texts
        orders = (
            {"first": texts["response"], "second": texts["reference"]},
            {"first": texts["reference"], "second": texts["response"]},
        )
        polls = [partial(self._poll, case, {**texts, **order}, until) for order in orders]
        there, back = spread(self._polls, polls)
        value = there.verdict.value
        is_consistent = value == 1.0 - back.verdict.value
        return Outcome(
            JudgeVerdict(
                value if is_consistent else 0.5,
                f"{there.verdict.said}, in the other order {back.verdict.said}",
            ),
            min(there.agreement, back.agreement),
            min(there.votes, back.votes),
        )

    def _poll(self, case: Case, texts: Mapping[str, str], until: float) -> Outcome:
        question = self._question(case, texts)

        def cast(numbers: Sequence[int]) -> list[Vote]:
            return spread(
                self._votes,
                [partial(self._vote, replace(question, vote=number), until) for number in numbers],
            )

        return poll(cast, self._manner.votes, is_ordinal=self._template.declared.is_ordinal)

    def _vote(self, question: Question, until: float) -> Vote:
        menu = self._template.declared.menu
        try:
            reply = self._judge.ask(question, until)
            verdict = read_verdict(reply, menu, as_json=self._manner.as_json)
        except (NoVerdict, JudgeUnavailable) as failure:
            return failure
        return expected(reply, verdict, menu) if self._manner.expected_value else verdict

    def _question(self, case: Case, texts: Mapping[str, str]) -> Question:
        """Equal texts make equal questions: only what the template shows is in them, and in the nonce."""
        template, menu = self._template, self._template.declared.menu
        clean = {
            name: neutralised(texts.get(name, ""), menu.sentinel) for name in TEXTS if name in template.uses
        }
        history = case.dialogue.history if "history" in template.uses else ()
        turns = [(role, neutralised(text, menu.sentinel)) for role, text in history]
        mark = nonce(self._secret, [*clean.values(), *(text for turn in turns for text in turn)])
        values: dict[str, Any] = {name: Slot(text, name, mark) for name, text in clean.items()}
        values["history"] = [
            {"role": neutralised(role, menu.sentinel), "content": Slot(text, "turn", mark)}
            for role, text in turns
        ]
        values["criteria"] = [
            Slot(neutralised(one.text, menu.sentinel), "criterion", mark) for one in case.criteria
        ]
        values |= {"nonce": mark, "json": self._manner.as_json, "reasoning": not self._manner.expected_value}
        system, user = template.render({**template.declared.shown(), **values})
        content: Any = user
        if case.dialogue.images:
            content = [{"type": "text", "text": user}, *case.dialogue.images]
        messages: list[Mapping[str, Any]] = [{"role": "system", "content": system}] if system else []
        return Question(
            messages=(*messages, {"role": "user", "content": content}),
            json_schema=self._schema if self._manner.as_json else None,
            temperature=self._manner.temperature,
            max_tokens=self._manner.max_tokens,
            top_logprobs=ALTERNATIVES if self._manner.expected_value else 0,
            purpose=template.digest,
        )


def spread(pool: ThreadPoolExecutor, calls: Sequence[Callable[[], T]]) -> list[T]:
    """What each call returns; the first is made in this thread, the others beside it."""
    others = [pool.submit(call) for call in calls[1:]]
    try:
        return [calls[0](), *(other.result() for other in others)]
    finally:
        for other in others:
            other.cancel()
