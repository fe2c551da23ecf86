"""Grade cases by a judge and a template, with as many questions as that takes.

A label, a scale or dimensions take one question, criteria one each, a pair two, in both orders. Each is asked
once per vote. A case that can't be asked about raises an error, and so do replies without a verdict.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol, TypeVar

from rule_rm.errors import JudgeError
from rule_rm.judge.client.failure import AttemptError
from rule_rm.judge.client.question import Question, Reply
from rule_rm.judge.prompting.case import LONGEST_ANSWER, Case
from rule_rm.judge.prompting.criteria import share
from rule_rm.judge.prompting.declaration import Kind
from rule_rm.judge.prompting.injection import neutralised, nonce
from rule_rm.judge.prompting.slots import Slot
from rule_rm.judge.prompting.templates import TEXTS, JudgeTemplate
from rule_rm.judge.reading.expected import ALTERNATIVES, expected
from rule_rm.judge.reading.menu import JudgeVerdict, NoVerdictError
from rule_rm.judge.reading.verdicts import read_verdict
from rule_rm.judge.reading.votes import Outcome, Vote, poll
from rule_rm.types import Score, Status

T = TypeVar("T")
logger = logging.getLogger(__name__)

_CRITERION = 80
"""Characters of a criterion that an explanation shows."""
_ROLE = 30
"""Characters of the longest role of a message."""


class Judge(Protocol):
    """The judge's client."""

    def ask(self, question: Question, until: float, is_usable: Callable[[Reply], bool] = ...) -> Reply:
        """Return the reply before the monotonic time `until`. Raises JudgeError if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How questions are asked."""

    votes: int = 1
    temperature: float = 0.0
    max_tokens: int = 1024
    as_json: bool = False
    expected_value: bool = False
    """Ask for no reasons, and take the mean over all verdicts, weighted by their probabilities."""
    swap: bool = False
    """After the best verdict ask once more, answer and reference exchanged; both must agree."""


class Grader:
    """Grades cases, from any thread."""

    def __init__(
        self, judge: Judge, template: JudgeTemplate, asking: Asking, secret: bytes, threads: int
    ) -> None:
        """`secret` is for the nonces; `threads` limits the questions asked besides those of the callers."""
        self._judge = judge
        self._template = template
        self._asking = asking
        self._secret = secret
        # Polls wait for votes, which wait for nothing here: in one pool they could fill each other's places.
        self._polls = ThreadPoolExecutor(threads, thread_name_prefix="judge-poll")
        self._votes = ThreadPoolExecutor(threads, thread_name_prefix="judge-vote")
        self._lock = threading.Lock()
        self._failures: Counter[str] = Counter()
        self._verdicts = 0
        self._orders: Counter[str] = Counter()
        self._schema = template.declared.menu.schema(reasoning=not asking.expected_value)

    def grade(self, case: Case, until: float) -> Outcome:
        """Return the judge's outcome on a case.

        Raises NoVerdictError if its replies have none, JudgeError if it sends none.
        """
        try:
            outcome = self._grade(case, until)
        except NoVerdictError as failure:
            with self._lock:
                self._failures[failure.reason] += 1
            self._log(case, str(failure), failure.reply)
            raise
        with self._lock:
            self._verdicts += 1
        self._log(case, outcome.verdict.said, outcome.verdict.reply)
        return outcome

    def question(self, case: Case) -> Question:
        """Return the question that a case is asked with first."""
        texts = dict(case.texts)
        if self._template.declared.kind is Kind.CRITERIA:
            texts["criterion"] = case.criteria[0].text
        if self._template.declared.kind is Kind.PAIRWISE:
            texts |= {"first": texts["response"], "second": texts["reference"]}
        return self._question(case, texts)

    def try_out(self, case: Case, until: float) -> Reply:
        """Return the first token of a reply to a case, which is not cached.

        Raises JudgeError if there is none.
        """
        return self._judge.ask(replace(self.question(case), max_tokens=1), until, lambda _: False)

    def state(self) -> dict[str, Any]:
        """Return the number of verdicts, and the most frequent reasons why there was none."""
        with self._lock:
            failed = self._failures.total()
            rate = failed / (failed + self._verdicts) if failed else 0.0
            return {
                "no_verdict": dict(self._failures.most_common(10)),
                "no_verdict_rate": round(rate, 4),
                "expected_value": self._asking.expected_value,
                **({"orders": dict(self._orders)} if self._orders else {}),
            }

    def close(self) -> None:
        """Ask nothing more."""
        for pool in (self._polls, self._votes):
            pool.shutdown(wait=False, cancel_futures=True)

    def _log(self, case: Case, verdict: str, reply: str) -> None:
        if logger.isEnabledFor(logging.DEBUG):
            logger.debug(
                "the judge was asked:\n%s\nit said:\n%s\nwhich was read as: %s",
                self.question(case).shown,
                reply,
                verdict,
            )

    def _grade(self, case: Case, until: float) -> Outcome:
        kind = self._template.declared.kind
        if kind is Kind.CRITERIA:
            return self._criteria(case, until)
        if kind is Kind.PAIRWISE:
            return self._pair(case, until)
        outcome = self._poll(case, case.texts, until)
        if self._asking.swap and outcome.verdict.value == self._best():
            return self._swapped(case, outcome, until)
        return outcome

    def _best(self) -> float:
        return max(label.value or 0.0 for label in self._template.declared.menu.labels.values())

    def _swapped(self, case: Case, outcome: Outcome, until: float) -> Outcome:
        """Return the worse outcome of both directions: an equivalence holds in both or not at all."""
        texts = {**case.texts, "answer": case.texts["reference"], "reference": case.texts["answer"]}
        back = self._poll(case, texts, until)
        return back if back.verdict.value < outcome.verdict.value else outcome

    def _criteria(self, case: Case, until: float) -> Outcome:
        polls = [
            partial(self._poll, case, {**case.texts, "criterion": one.text}, until) for one in case.criteria
        ]
        outcomes = spread(self._polls, polls)
        value = share(case.criteria, [outcome.verdict.value for outcome in outcomes])
        missed = [
            one.text
            for one, outcome in zip(case.criteria, outcomes, strict=True)
            if outcome.verdict.value <= 0
        ]
        said = f"{len(outcomes) - len(missed)} of {len(outcomes)} criteria met"
        if missed:
            said += "; not met: " + "; ".join(text[:_CRITERION] for text in missed)
        replies = "\n\n".join(outcome.verdict.reply for outcome in outcomes)
        return Outcome(
            JudgeVerdict(value, said, reply=replies),
            sum(outcome.agreement for outcome in outcomes) / len(outcomes),
            min(outcome.votes for outcome in outcomes),
        )

    def _pair(self, case: Case, until: float) -> Outcome:
        """Return 1 if the response wins in both orders, 0 if it loses in both, and else a tie."""
        texts = case.texts
        orders = (
            {"first": texts["response"], "second": texts["reference"]},
            {"first": texts["reference"], "second": texts["response"]},
        )
        polls = [partial(self._poll, case, {**texts, **order}, until) for order in orders]
        there, back = spread(self._polls, polls)
        value = there.verdict.value
        is_consistent = value == 1.0 - back.verdict.value
        with self._lock:
            self._orders[_order(value, back.verdict.value)] += 1
        return Outcome(
            JudgeVerdict(
                value if is_consistent else 0.5,
                f"{there.verdict.said}, in the other order {back.verdict.said}",
                reply=f"{there.verdict.reply}\n\n{back.verdict.reply}",
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

        return poll(cast, self._asking.votes, is_ordinal=self._template.declared.is_ordinal)

    def _vote(self, question: Question, until: float) -> Vote:
        seen: Reply | None = None
        vote: Vote | None = None

        def is_usable(reply: Reply) -> bool:
            """Return True if a reply has a verdict: only such replies are cached."""
            nonlocal seen, vote
            seen, vote = reply, self._vote_of(reply)
            return isinstance(vote, JudgeVerdict)

        try:
            reply = self._judge.ask(question, until, is_usable)
        except JudgeError as failure:
            return failure
        # The reply to an equal question of somebody else was not shown to this one.
        return vote if vote is not None and reply is seen else self._vote_of(reply)

    def _vote_of(self, reply: Reply) -> Vote:
        """Return the verdict of a reply, or why it has none."""
        try:
            return self._read(reply)
        except NoVerdictError as failure:
            return failure

    def _read(self, reply: Reply) -> JudgeVerdict:
        """Return the verdict of a reply. Raises NoVerdictError if it has none."""
        menu = self._template.declared.menu
        verdict = read_verdict(reply, menu, as_json=self._asking.as_json)
        return expected(reply, verdict, menu) if self._asking.expected_value else verdict

    def _question(self, case: Case, texts: Mapping[str, str]) -> Question:
        """Return the question, with only the texts of the template: equal texts make equal questions."""
        template = self._template
        system, user = template.render(self._values(case, texts))
        content: Any = user
        if case.dialogue.images:
            content = [{"type": "text", "text": user}, *case.dialogue.images]
        messages: list[Mapping[str, Any]] = [{"role": "system", "content": system}] if system else []
        return Question(
            messages=(*messages, {"role": "user", "content": content}),
            is_raw=template.declared.is_raw,
            json_schema=self._schema if self._asking.as_json else None,
            temperature=self._asking.temperature,
            max_tokens=self._asking.max_tokens,
            top_logprobs=ALTERNATIVES if self._asking.expected_value else 0,
            purpose=template.digest,
        )

    def _values(self, case: Case, texts: Mapping[str, str]) -> dict[str, Any]:
        """Return the template's variables, all texts neutralised and in fences."""
        template, declared = self._template, self._template.declared

        def clean(text: str) -> str:
            return neutralised(text, declared.menu, declared.markers)

        given = {name: clean(texts.get(name, "")) for name in TEXTS if name in template.uses}
        history = case.dialogue.history if "history" in template.uses else ()
        turns = [(clean(role), clean(text)) for role, text in history]
        mark = nonce(self._secret, [*given.values(), *(text for turn in turns for text in turn)])
        return {
            **declared.shown(),
            **{name: Slot(text, name, mark) for name, text in given.items()},
            "history": [
                {"role": _one_line(role), "content": Slot(text, "turn", mark)} for role, text in turns
            ],
            "criteria": [Slot(clean(one.text), "criterion", mark) for one in case.criteria],
            "nonce": mark,
            "json": self._asking.as_json,
            "reasoning": not self._asking.expected_value,
        }


def _order(there: float, back: float) -> str:
    """Return the effect of the order of a pair on the verdicts, which score the first response.

    >>> _order(1.0, 0.0), _order(1.0, 1.0), _order(0.0, 0.5)
    ('same', 'for_first', 'for_second')
    """
    lean = there + back - 1.0
    return "same" if lean == 0 else "for_first" if lean > 0 else "for_second"


def _one_line(role: str) -> str:
    """Return a role, which is outside of the fence, as a short word."""
    return " ".join(role.split())[:_ROLE]


def overlong(failure: AttemptError, case: Case) -> Score | None:
    """Return the score of a response that alone makes the question longer than the judge's context.

    None if the failure is another, or if the rest of the question is as long: then the judge is too small.
    Without this, a policy could choose to be unscored by writing on and on.
    """
    written = max(len(case.texts.get(name, "")) for name in ("answer", "response", "thinking"))
    rest = sum(map(len, case.texts.values())) - written
    if not failure.is_too_long or written <= max(LONGEST_ANSWER, rest):
        return None
    return Score(0.0, Status.REFUSED, None, f"its {written} characters exceed the judge's context")


def spread(pool: ThreadPoolExecutor, calls: Sequence[Callable[[], T]]) -> list[T]:
    """Return the results of all calls; the first runs in this thread, the others at the same time."""
    others = [pool.submit(call) for call in calls[1:]]
    try:
        return [calls[0](), *(other.result() for other in others)]
    finally:
        for other in others:
            other.cancel()
