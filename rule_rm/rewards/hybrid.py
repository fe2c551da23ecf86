"""`hybrid`: a rule first, and a judge only where the rule finds the answer wrong.

Rules for mathematics are right about 99 % of the answers that they accept. They miss 14 to 22 % of the right
ones (arXiv 2505.22203). An accepted answer is therefore paid at once, which saves most calls, and a judge
looks at the rest. The share of rules that it overturns is watched. If that share rises, the policy has found
an answer that the judge accepts and the rule does not.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import replace
from typing import Any

from rule_rm import registry
from rule_rm.errors import ConfigurationError, UnknownRewardError
from rule_rm.registry import register
from rule_rm.registry.resident import Ask, Resident
from rule_rm.types import Rollout, Score, Status

logger = logging.getLogger(__name__)

JUDGE = "llm_judge"
RIGHT = 0.5
"""The judge's reward above which it takes an answer for right."""
_FEWEST = 50
"""The fewest judged rollouts on which a rate can raise the alarm."""


@register(
    "hybrid",
    summary="a rule, and a judge for what the rule says is wrong",
    metrics=("accuracy", "format", "rule_accuracy", "judged", "overturned"),
)
class Hybrid(Resident):
    """The rule's reward; if only the judge finds the answer right, the rule's reward for a right one.

    `accuracy` is the final one, `rule_accuracy` the rule's. `judged` and `overturned` are 1 if the judge was
    asked, and if it disagreed. Watch the mean of `overturned` in training.
    """

    def __init__(
        self, *, rule: str = "math_verifier", window: int = 1000, overturn_alarm: float = 0.3
    ) -> None:
        """Score by `rule`, a reward type with the metric `accuracy`, and by a judge.

        The alarm is raised while more than the share `overturn_alarm` of the last `window` judged rollouts
        were overturned.
        """
        try:
            metrics = registry.get(rule).metrics
        except UnknownRewardError as error:
            raise ConfigurationError(f"hybrid: {error}") from None
        if "accuracy" not in metrics:
            raise ConfigurationError(f"hybrid needs a rule with the metric accuracy; {rule} has none")
        if window < _FEWEST or not 0 < overturn_alarm <= 1:
            raise ConfigurationError(
                f"hybrid: window must be at least {_FEWEST}, overturn_alarm above 0 and at most 1"
            )
        self._rule = rule
        self._alarm = overturn_alarm
        self.parts = (rule, JUDGE)
        self._lock = threading.Lock()
        self._recent: deque[bool] = deque(maxlen=window)
        self._judged = self._overturned = self._paid_by_rule = 0
        self._is_alarmed = False

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        """Return the rule's score, unless the judge overturns it."""
        rule = ask.score(self._rule, rollout)
        accuracy = rule.metrics.get("accuracy")
        if rule.reward is None or rule.status is not Status.OK or accuracy != 0.0:
            with self._lock:
                self._paid_by_rule += rule.reward is not None
            return _with_metrics(rule, accuracy, judged=False, overturned=False)
        judge = ask.score(JUDGE, rollout)
        if judge.reward is None:
            return Score.unscored(judge.status, f"{JUDGE}: {judge.explanation}", rule.answer)
        right = self._as_if_right(rollout, rule, ask) if judge.reward > RIGHT else None
        if right is not None and right.reward is None:
            return Score.unscored(right.status, f"{self._rule}: {right.explanation}", rule.answer)
        self._count(right is not None)
        score = _with_metrics(right or rule, accuracy, judged=True, overturned=right is not None)
        said = "; ".join(filter(None, (rule.explanation, judge.explanation)))
        return replace(score, answer=rule.answer, explanation=said or None)

    def state(self) -> dict[str, Any]:
        """How often the judge was asked and disagreed, since the start and, as a rate, of late."""
        with self._lock:
            return {
                "rule": self._rule,
                "paid_by_rule": self._paid_by_rule,
                "judged": self._judged,
                "overturned": self._overturned,
                "overturn_rate": self._rate(),
                "overturn_alarm": self._is_alarmed,
            }

    def _as_if_right(self, rollout: Rollout, rule: Score, ask: Ask) -> Score:
        """Return the rule's reward for this response if its answer is the golden one.

        The rule itself is asked, with the response's own answer as the ground truth. Its weights, its format
        share and all other parts of its reward therefore hold.
        """
        paid = ask.score(self._rule, replace(rollout, ground_truth=rule.answer))
        if paid.reward is None or paid.metrics.get("accuracy") == 1.0:
            return paid
        return Score.unscored(
            Status.ERROR, f"it does not take {rule.answer!r} for equal to itself", rule.answer
        )

    def _count(self, is_overturned: bool) -> None:
        with self._lock:
            self._judged += 1
            self._overturned += is_overturned
            self._recent.append(is_overturned)
            rate = self._rate()
            was_alarmed = self._is_alarmed
            self._is_alarmed = len(self._recent) >= _FEWEST and rate > self._alarm
            is_news = self._is_alarmed is not was_alarmed
            count, level = len(self._recent), logging.WARNING if self._is_alarmed else logging.INFO
        if is_news:
            message = (
                "the judge overturns %.0f %% of what %s finds wrong, of the last %d (alarm above %.0f %%)"
            )
            logger.log(level, message, 100 * rate, self._rule, count, 100 * self._alarm)

    def _rate(self) -> float:
        return sum(self._recent) / len(self._recent) if self._recent else 0.0


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
