"""Score an extracted answer, in the two steps that every reward for mathematics takes.

`prepare` runs in the server's process and decides plain cases. `decide` may take long and runs in a worker.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from rule_rm.extract import Extraction, golden_answer
from rule_rm.extract.multiple_choice.listed_choices import choices_of
from rule_rm.math.compare import compare
from rule_rm.math.guard import LONGEST
from rule_rm.math.options import by_option, letters_of
from rule_rm.math.quick import quick
from rule_rm.math.reading.question import relevant
from rule_rm.math.values.verdict import Layer, Verdict
from rule_rm.types import Rollout, Score, Status


def missing_ground_truth(rollout: Rollout) -> Score | None:
    """Return the unscored score of a rollout without a golden answer."""
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no golden answer")
    if not golden_answers(rollout.ground_truth):
        return Score.unscored(Status.BAD_GROUND_TRUTH, "the golden answer is no text and no number, or empty")
    return None


def golden_answers(ground_truth: Any) -> list[str]:
    """Return the golden answers, any of which is right; empty if they are unreadable.

    They are one string or number, or a list of them.
    """
    if isinstance(ground_truth, str):
        found = golden_answer(ground_truth)
        return [found] if found else []
    if isinstance(ground_truth, (int, float)) and not isinstance(ground_truth, bool):
        return [str(ground_truth)]
    if isinstance(ground_truth, Iterable) and not isinstance(ground_truth, (dict, bytes)):
        alternatives = (golden_answers(one) for one in ground_truth if isinstance(one, (str, int, float)))
        return [answer for answers in alternatives for answer in answers]
    return []


class Work(NamedTuple):
    """An extracted answer that has to be compared, with all that the comparison needs."""

    found: Extraction
    golden: tuple[str, ...]
    question: str
    """The parts of the prompt that can matter to this answer."""
    choices: tuple[tuple[str, str], ...] = ()
    """The letters and texts of the question's choices, if the golden answer is one of them."""
    value_alone: bool = False
    """True if an answer that is not worked out counts as its value."""


def prepare(rollout: Rollout, found: Extraction, *, value_alone: bool = False) -> Score | Work:
    """Return the score of a plain case, in linear time; else the work that `decide` scores."""
    answer = found.answer
    if answer is None or len(answer) > LONGEST:
        return _score(found, [])
    golden = golden_answers(rollout.ground_truth)
    choices = _choices(rollout, golden)
    is_plain = len(golden) == 1 and not found.also and not choices
    if is_plain and (verdict := quick(answer, golden[0])) is not None:
        return _score(found, [verdict])
    return Work(found, tuple(golden), relevant(rollout.prompt, answer, golden), choices, value_alone)


def _choices(rollout: Rollout, golden: list[str]) -> tuple[tuple[str, str], ...]:
    """Return the question's choices if the golden answer is a letter or a text of them."""
    choices = choices_of(rollout.prompt, rollout.extra_info)
    if not choices or len(golden) != 1:
        return ()
    letters = letters_of(golden[0])
    is_letter = letters is not None and set(letters) <= set(choices)
    wanted = "".join(golden[0].split()).casefold()
    is_text = any("".join(text.split()).casefold().startswith(wanted) for text in choices.values())
    return tuple(choices.items()) if is_letter or is_text else ()


def decide(work: Work) -> Score:
    """Return 1 if the answer is a golden answer, else 0; unscored if no golden answer is readable."""
    answer = work.found.answer or ""
    if work.choices and (verdict := _by_option(work, answer)) is not None:
        return _score(work.found, [verdict])
    verdicts = [
        compare(answer, golden, work.question, value_alone=work.value_alone) for golden in work.golden
    ]
    if any(verdict.equal for verdict in verdicts) and (other := _contradiction(work)) is not None:
        return _score(Extraction(None, f"the response says {answer[:80]}, and also {other[:80]}"), [])
    return _score(work.found, verdicts)


def _by_option(work: Work, answer: str) -> Verdict | None:
    def same(one: str, other: str) -> bool:
        return compare(one, other, value_alone=True).equal is True

    choices = dict(work.choices)
    verdict = by_option(answer, work.golden[0], choices, same)
    if verdict is None or not verdict.equal:
        return verdict
    others = [by_option(one, work.golden[0], choices, same) for one in work.found.also]
    is_contradicted = any(other is not None and not other.equal for other in others)
    return (
        Verdict(False, Layer.TEXT, "the response names another choice as well")
        if is_contradicted
        else verdict
    )


def _contradiction(work: Work) -> str | None:
    """Return the answer that the response states elsewhere, if it has another value."""
    answer = work.found.answer or ""
    return next((one for one in work.found.also if not _agrees(one, (answer, *work.golden))), None)


def _agrees(other: str, answers: tuple[str, ...]) -> bool:
    """Return True if a text has the value of an answer, exactly or rounded."""
    return any(
        compare(*pair, value_alone=True).equal is True
        for answer in answers
        for pair in ((other, answer), (answer, other))
    )


def _score(found: Extraction, verdicts: list[Verdict]) -> Score:
    answer = found.answer
    if answer is None:
        return Score(0.0, Status.NO_ANSWER, None, found.reason, {"accuracy": 0.0})
    if len(answer) > LONGEST:
        why = f"the answer has more than {LONGEST} characters"
        return Score(0.0, Status.REFUSED, answer[:80] + "…", why, {"accuracy": 0.0})
    verdict = max(verdicts, key=lambda one: -1 if one.equal is None else one.equal)
    if verdict.equal is None:
        return Score.unscored(Status.BAD_GROUND_TRUTH, str(verdict), answer)
    status = Status.REFUSED if verdict.layer is Layer.GUARD else Status.OK
    return Score(float(verdict.equal), status, answer, str(verdict), {"accuracy": float(verdict.equal)})
