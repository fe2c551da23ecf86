"""Explain a verdict step by step, for a person who doubts it."""

from __future__ import annotations

from dataclasses import dataclass

from rule_rm.extract import final_answer, golden_answer
from rule_rm.math.compare import compare
from rule_rm.math.comparing.describe import describe
from rule_rm.math.guard import LONGEST
from rule_rm.math.hints import read_golden
from rule_rm.math.reading.normalise import normalise
from rule_rm.math.reading.question import relevant
from rule_rm.math.values.expression import BeyondReadingError, TooCostlyError, UnreadableError
from rule_rm.math.values.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Explanation:
    """The extracted answer, its reading, and the verdict (None if there was nothing to compare)."""

    answer: str | None
    """The final answer as written in the response; None if it has no answer."""
    extraction: str
    """The place where the answer was found, or the reason why there is none."""
    golden: str
    answer_text: str
    """The answer in the one way of writing that is compared as text."""
    golden_text: str
    answer_value: str
    """The value that was read."""
    golden_value: str
    question: str
    """The part of the question that matters for this answer."""
    verdict: Verdict | None

    def __str__(self) -> str:
        lines = [
            ("answer", f"{self.answer}   ({self.extraction})"),
            ("golden", self.golden),
            ("as text", f"{self.answer_text}   |   {self.golden_text}"),
            ("as value", f"{self.answer_value}   |   {self.golden_value}"),
            ("question", self.question or "-"),
            ("verdict", _verdict(self.verdict)),
        ]
        return "\n".join(f"{name:9} {text}" for name, text in lines)


def explain(golden: str, response: str, prompt: str = "") -> Explanation:
    r"""Return the steps of one verdict.

    >>> explain("1/2", r"So it is \boxed{0.5}.").verdict.layer.value
    'number'
    """
    found, reference = final_answer(response, prompt), golden_answer(golden)
    answer = found.answer
    return Explanation(
        answer=answer,
        extraction=found.reason,
        golden=reference,
        answer_text=_text(answer or ""),
        golden_text=_text(reference),
        answer_value=_value(answer or ""),
        golden_value=_value(reference),
        question=relevant(prompt, answer or ""),
        verdict=compare(answer, reference, prompt) if answer else None,
    )


def _text(answer: str) -> str:
    return normalise(answer) if len(answer) <= LONGEST else f"more than {LONGEST} characters"


def _value(answer: str) -> str:
    if not answer or len(answer) > LONGEST:
        return "-"
    try:
        return describe(read_golden(answer))
    except BeyondReadingError as error:
        return f"left to math-verify: {error}"
    except (UnreadableError, TooCostlyError) as error:
        return f"unreadable: {error}"


def _verdict(verdict: Verdict | None) -> str:
    if verdict is None:
        return "no answer"
    return f"{ {True: 'equal', False: 'not equal', None: 'unscored'}[verdict.equal] }, by {verdict}"
