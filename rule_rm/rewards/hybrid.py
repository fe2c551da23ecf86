"""`hybrid`: a rule first; a judge only where the rule finds the answer wrong.

Rules for mathematics are right about 99 % of the answers that they accept, and miss a part of the right ones:
14 to 22 % in arXiv 2505.22203. So an answer that the rule accepts is paid without a question to the judge,
which saves most calls. The judge decides the others. Watch the rate at which it overturns the rule: if it
rises, the policy may have found wrong answers that the judge accepts.

A golden answer that the rule can't read is left to the judge. Its verdict chooses between the rule's rewards
for a right and for a wrong answer.

With `overturn=false` the judge changes no reward and only measures. It rechecks a sampled `share` of the
answers that the rule rejects, and `/health` shows an estimate of the rule's miss rate.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import deque
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

from rule_rm import registry
from rule_rm.errors import ConfigurationError, UnknownRewardError
from rule_rm.judge.prompting.declaration import Kind
from rule_rm.judge.prompting.templates import load
from rule_rm.registry import register
from rule_rm.registry.resident import Ask, Resident
from rule_rm.types import Rollout, Score, Status

logger = logging.getLogger(__name__)

JUDGE = "llm_judge"
RIGHT = 0.5
"""The judge's reward above which it takes an answer for right."""
_FEWEST = 50
"""Judged rollouts that a rate needs before it can raise the alarm."""
_OTHERS = ("7", "8")
"""Golden answers that every rule reads, and of which a response gives at most one."""
_PLACES = 4
"""Places of an answer in its response, from the end, at which another one is tried."""
_Z = 1.96
"""Standard deviations of a 95 % interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HybridOptions:
    """The options of `hybrid`."""

    rule: str = "math_verifier"
    """A reward type with the metric `accuracy`."""
    judge_template: str = "reference"
    """The judge's template; that of `llm_judge`, checked here for whether it can overturn a rule."""
    overturn: bool = True
    """Pay answers that the judge takes for right; false only measures how many the rule misses."""
    share: float = 1.0
    """The share of the rule's negatives that is judged; below 1 only without `overturn`."""
    window: int = 1000
    """Judged rollouts over which the overturn rate is taken."""
    overturn_alarm: float = 0.3
    """The overturn rate above which the alarm is raised."""

    def __post_init__(self) -> None:
        if self.window < _FEWEST or not 0 < self.overturn_alarm <= 1:
            raise ConfigurationError(
                f"hybrid: window must be at least {_FEWEST}, overturn_alarm above 0 and at most 1"
            )
        if not 0 < self.share <= 1:
            raise ConfigurationError(f"hybrid: share must be above 0 and at most 1, not {self.share:g}")
        if self.overturn and self.share < 1:
            raise ConfigurationError(
                "hybrid: with a share below 1, only some would be paid of the right answers that the rule "
                "misses; set overturn=false"
            )


@register(
    "hybrid",
    summary="a rule, and a judge for what the rule says is wrong",
    metrics=("accuracy", "format", "rule_accuracy", "judged", "overturned"),
)
class Hybrid(Resident):
    """The rule's reward; where only the judge finds the answer right, the rule's reward for a right one.

    `accuracy` is the final one, `rule_accuracy` the rule's; `judged` and `overturned` are 1 where the judge
    was asked, and disagreed. Watch the mean of `overturned` in training.
    """

    def __init__(self, options: HybridOptions) -> None:
        """Load the rule and the judge. Raises ConfigurationError if one of them can't serve."""
        _check_rule(options.rule)
        _check_template(options.judge_template)
        self._options = options
        self._rule = options.rule
        self.parts = (options.rule, JUDGE)
        self._lock = threading.Lock()
        self._recent: deque[bool] = deque(maxlen=options.window)
        self._judged = self._overturned = self._paid_by_rule = self._negatives = self._unread = 0
        self._is_alarmed = False

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        """Return the rule's score, unless the judge overturns it."""
        rule = ask.score(self._rule, rollout)
        accuracy = rule.metrics.get("accuracy")
        if rule.status is Status.BAD_GROUND_TRUTH and self._options.overturn:
            return self._unread_by_rule(rollout, rule, ask)
        if rule.reward is None or rule.status is not Status.OK or accuracy != 0.0:
            with self._lock:
                self._paid_by_rule += rule.reward is not None
            return _with_metrics(rule, accuracy, judged=False, overturned=False)
        with self._lock:
            self._negatives += 1
        if not _is_sampled(rollout, rule.answer, self._options.share):
            return _with_metrics(rule, accuracy, judged=False, overturned=False)
        judge = ask.score(JUDGE, rollout)
        if not self._options.overturn:
            return self._rechecked(rule, accuracy, judge)
        if judge.reward is None:
            lost = Score.unscored(judge.status, f"{JUDGE}: {judge.explanation}", rule.answer)
            return _with_judge(lost, judge)
        right = self._as_if_right(rollout, rule, ask) if judge.reward > RIGHT else None
        if right is not None and right.reward is None:
            return Score.unscored(right.status, f"{self._rule}: {right.explanation}", rule.answer)
        self._count(right is not None)
        score = _with_metrics(right or rule, accuracy, judged=True, overturned=right is not None)
        return _with_judge(replace(score, answer=rule.answer, explanation=_joined(rule, judge)), judge)

    def state(self) -> dict[str, Any]:
        """Return how often the judge was asked and disagreed since the start, and the recent rate."""
        with self._lock:
            low, high = _interval(self._overturned, self._judged)
            return {
                "rule": self._rule,
                "paid_by_rule": self._paid_by_rule,
                "unread_by_rule": self._unread,
                "negatives": self._negatives,
                "judged": self._judged,
                "overturned": self._overturned,
                "overturn_rate": self._rate(),
                "overturn_alarm": self._is_alarmed,
                "missed_share_of_negatives": {"low": low, "high": high},
            }

    def _unread_by_rule(self, rollout: Rollout, rule: Score, ask: Ask) -> Score:
        """Return the score by the judge alone, of a response whose golden answer the rule can't read."""
        wrong = self._as_if_wrong(rollout, ask)
        if wrong is None:
            return rule
        if wrong.status is not Status.OK:
            return _with_metrics(wrong, 0.0, judged=False, overturned=False)
        judge = ask.score(JUDGE, rollout)
        if judge.reward is None:
            lost = Score.unscored(judge.status, f"{JUDGE}: {judge.explanation}", wrong.answer)
            return _with_judge(lost, judge)
        with self._lock:
            self._unread += 1
        right = self._with_another_answer(rollout, wrong, ask) if judge.reward > RIGHT else None
        score = _with_metrics(right or wrong, 0.0, judged=True, overturned=right is not None)
        why = _joined(rule, judge)
        return _with_judge(replace(score, answer=wrong.answer, explanation=why), judge)

    def _with_another_answer(self, rollout: Rollout, rule: Score, ask: Ask) -> Score | None:
        """Return the rule's score of this response as if it were right; None if the rule can't say.

        The rule may be unable to read the response's own answer, so another one takes its place.
        """
        text, answer = rollout.response, rule.answer or "\0"
        place = len(text)
        for _ in range(_PLACES):
            place = text.rfind(answer, 0, place)
            if place < 0:
                break
            other = text[:place] + _OTHERS[0] + text[place + len(answer) :]
            paid = ask.score(self._rule, replace(rollout, response=other, ground_truth=_OTHERS[0]))
            if paid.metrics.get("accuracy") == 1.0:
                return paid
        return None

    def _as_if_wrong(self, rollout: Rollout, ask: Ask) -> Score | None:
        """Return the rule's score of this response next to a golden answer that it does not give."""
        for golden in _OTHERS:
            score = ask.score(self._rule, replace(rollout, ground_truth=golden))
            if score.reward is not None and score.metrics.get("accuracy") == 0.0:
                return score
        return None

    def _rechecked(self, rule: Score, accuracy: float | None, judge: Score) -> Score:
        """Return the rule's score unchanged, and count the judge's verdict."""
        if judge.reward is None:
            return _with_metrics(rule, accuracy, judged=False, overturned=False)
        is_missed = judge.reward > RIGHT
        self._count(is_missed)
        score = _with_metrics(rule, accuracy, judged=True, overturned=is_missed)
        return _with_judge(replace(score, explanation=_joined(rule, judge)), judge)

    def _as_if_right(self, rollout: Rollout, rule: Score, ask: Ask) -> Score | None:
        """Return the rule's score of this response as if its answer were the golden one.

        The rule itself is asked, with the response's own answer as the ground truth: so its weights, its
        format share and its other parts hold as they are. None if it can't read that answer as a golden one,
        or does not find it equal to itself, as with one too costly to verify. Then the rule's own score
        stays, for a response must not be able to choose to be unscored.
        """
        paid = ask.score(self._rule, replace(rollout, ground_truth=rule.answer))
        if paid.status is Status.BAD_GROUND_TRUTH:
            return None
        return paid if paid.reward is None or paid.metrics.get("accuracy") == 1.0 else None

    def _count(self, is_overturned: bool) -> None:
        with self._lock:
            self._judged += 1
            self._overturned += is_overturned
            self._recent.append(is_overturned)
            rate = self._rate()
            was_alarmed = self._is_alarmed
            self._is_alarmed = len(self._recent) >= _FEWEST and rate > self._options.overturn_alarm
            is_news = self._is_alarmed is not was_alarmed
            count, level = len(self._recent), logging.WARNING if self._is_alarmed else logging.INFO
        if is_news:
            message = (
                "the judge overturns %.0f %% of what %s finds wrong, of the last %d (alarm above %.0f %%)"
            )
            logger.log(level, message, 100 * rate, self._rule, count, 100 * self._options.overturn_alarm)

    def _rate(self) -> float:
        return sum(self._recent) / len(self._recent) if self._recent else 0.0


def _with_judge(score: Score, judge: Score) -> Score:
    return replace(score, question=judge.question, reply=judge.reply)


def _with_metrics(score: Score, rule_accuracy: float | None, *, judged: bool, overturned: bool) -> Score:
    """Return the score with this reward's own metrics; a rule without a format asks for none."""
    if score.reward is None:
        return score
    return replace(
        score,
        metrics={
            "accuracy": score.metrics.get("accuracy", 0.0),
            "format": score.metrics.get("format", 1.0),
            "rule_accuracy": rule_accuracy or 0.0,
            "judged": float(judged),
            "overturned": float(overturned),
        },
    )


def _check_rule(name: str) -> None:
    """Raise ConfigurationError if there is no such rule, or it can't be overturned."""
    try:
        rule = registry.get(name)
    except UnknownRewardError as error:
        raise ConfigurationError(f"hybrid: {error}") from None
    if rule.is_resident:
        raise ConfigurationError(
            f"hybrid: {name} asks a model itself; rule must be a rule, such as math_verifier"
        )
    if "accuracy" not in rule.metrics:
        raise ConfigurationError(f"hybrid needs a rule with the metric accuracy; {name} has none")


def _check_template(name: str) -> None:
    """Raise ConfigurationError for a judge's template whose verdicts can't overturn a rule."""
    declared = load(name).declared
    best = (1.0 if declared.menu.scale else declared.menu.worths[1]) * (
        1 - declared.accuracy.weight if declared.accuracy else 1.0
    )
    checks = (
        (declared.kind is Kind.PAIRWISE, "compares two responses, and the golden answer is none"),
        (
            declared.kind is Kind.CRITERIA and not declared.criteria,
            "has no criteria of its own, so that negatives without criteria would all be unscored",
        ),
        (best <= RIGHT, f"pays at most {best:g} where the rule pays 0, which never overturns it"),
    )
    for is_bad, why in checks:
        if is_bad:
            raise ConfigurationError(f"hybrid: the judge's template {name} {why}; use one such as reference")


def _is_sampled(rollout: Rollout, answer: str | None, share: float) -> bool:
    """Return True for a share of the rollouts; always the same for equal answers to a prompt."""
    if share >= 1:
        return True
    digest = hashlib.sha256(f"{rollout.prompt}\0{answer}".encode(errors="replace")).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def _interval(hits: int, total: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share.

    >>> _interval(0, 0), _interval(5, 100)
    ((0.0, 1.0), (0.0215, 0.1118))
    """
    if not total:
        return 0.0, 1.0
    share, spread = hits / total, _Z * _Z / total
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * sqrt(share * (1 - share) / total + spread / total / 4) / (1 + spread)
    return round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)


def _joined(rule: Score, judge: Score) -> str | None:
    return "; ".join(filter(None, (rule.explanation, judge.explanation))) or None
