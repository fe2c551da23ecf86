"""`llm_judge`: a judge model's verdict on a response, from 0 to 1.

A template asks the judge, and only about responses that need a judge: an empty one earns 0 without a
question. If the judge can't be reached or its reply has no reliable verdict, the rollout is unscored, never
wrong or right.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from rule_rm.errors import ConfigurationError
from rule_rm.judge.client.failure import AttemptError
from rule_rm.judge.client.judge_client import JudgeClient
from rule_rm.judge.explanations import explained
from rule_rm.judge.grader import Grader, overlong
from rule_rm.judge.options import JudgeOptions
from rule_rm.judge.prompting.case import Reading
from rule_rm.judge.prompting.criteria import Criterion, read_criteria
from rule_rm.judge.prompting.declaration import Kind
from rule_rm.judge.prompting.injection import service_secret
from rule_rm.judge.prompting.templates import JudgeTemplate, load
from rule_rm.judge.reading.menu import NoVerdictError, Place
from rule_rm.judge.trial import try_out
from rule_rm.registry import register
from rule_rm.registry.resident import Ask, Resident
from rule_rm.types import Rollout, Score, Status

_WITH_MEANS = (Kind.LABEL, Kind.SCALE, Kind.CRITERIA)


@register(
    "llm_judge",
    summary="a judge model's verdict, by the template that it is asked with",
    metrics=("verdict", "accuracy", "agreement", "votes"),
)
class LlmJudge(Resident):
    """A judge's verdict, 0 to 1; with a template that says so, mixed with the accuracy of a rule.

    `verdict` is the judge's, `accuracy` the rule's (the verdict, where there is no rule), `agreement` the
    share of the `votes` that agree with the verdict.
    """

    def __init__(self, options: JudgeOptions) -> None:
        """Load the template, and try the judge out. Raises ConfigurationError if an option is invalid."""
        self._options = options
        client_options = options.client
        self._template = load(options.judge_template)
        _check(self._template, options)
        declared = self._template.declared
        self._reading = Reading(
            declared,
            self._template.uses,
            options.max_chars,
            options.vision,
            criteria_of(options.criteria, self._template) if options.criteria else declared.criteria,
        )
        self.parts = (declared.accuracy.reward_type,) if declared.accuracy else ()
        self._client = JudgeClient(client_options, is_raw=declared.is_raw)
        secret = service_secret(options.cache)
        self._grader = Grader(self._client, self._template, options.asking, secret, options.concurrency)
        try:
            try_out(self._client, self._grader, self._reading, self._template, options.asking, "llm_judge")
        except BaseException:
            self.close()
            raise
        self._lock = threading.Lock()
        self._unasked: Counter[str] = Counter()

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        """Return the judge's verdict on one rollout."""
        case = self._reading.read(rollout)
        if isinstance(case, Score):
            with self._lock:
                self._unasked[case.status.value] += 1
            if case.reward is None:
                return case
            return self._mixed(rollout, ask, case, 0.0, {"agreement": 1.0, "votes": 0.0})
        question = self._grader.question(case).shown if self._options.explain else None
        try:
            outcome = self._grader.grade(case, ask.until)
        except NoVerdictError as failure:
            lost = Score.unscored(Status.NO_VERDICT, explained(str(failure), failure.reply), case.shown)
            return replace(lost, question=question, reply=failure.reply)
        except AttemptError as failure:
            if (score := overlong(failure, case)) is None:
                raise
            return self._mixed(rollout, ask, score, 0.0, {"agreement": 1.0, "votes": 0.0})
        figures = {"agreement": outcome.agreement, "votes": float(outcome.votes)}
        verdict = outcome.verdict
        said = f"the judge says {verdict.said}" + (f" ({outcome.votes} votes)" if outcome.votes > 1 else "")
        status = Status.OK if verdict.is_answer else Status.NO_ANSWER
        judged = Score(
            0.0, status, case.shown, explained(said, verdict.reply), question=question, reply=verdict.reply
        )
        return self._mixed(rollout, ask, judged, verdict.value, figures)

    def state(self) -> dict[str, Any]:
        """Return the template, the counts of unasked rollouts by reason, and those of client and grader."""
        with self._lock:
            unasked = dict(self._unasked)
        return {
            "template": self._template.name,
            "kind": self._template.declared.kind.value,
            "unasked": unasked,
            **self._grader.state(),
            **self._client.state(),
        }

    def close(self) -> None:
        """Ask the judge nothing more."""
        self._grader.close()
        self._client.close()

    def _mixed(
        self, rollout: Rollout, ask: Ask, score: Score, verdict: float, figures: dict[str, float]
    ) -> Score:
        """Return the score with its reward: the verdict, mixed with a rule's accuracy if so declared."""
        accuracy = self._template.declared.accuracy
        if accuracy is None:
            metrics = {"verdict": verdict, "accuracy": verdict, **figures}
            return replace(score, reward=verdict, metrics=metrics)
        rule = ask.score(accuracy.reward_type, rollout)
        if rule.reward is None:
            return Score.unscored(rule.status, f"{accuracy.reward_type}: {rule.explanation}", rule.answer)
        right = rule.metrics.get("accuracy", rule.reward)
        return Score(
            accuracy.weight * right + (1 - accuracy.weight) * verdict,
            rule.status,
            rule.answer,
            f"{score.explanation}; {accuracy.reward_type}: {rule.explanation}",
            {"verdict": verdict, "accuracy": right, **figures},
            question=score.question,
            reply=score.reply,
        )


def _check(template: JudgeTemplate, options: JudgeOptions) -> None:
    """Raise ConfigurationError for options that exclude each other."""
    kind, uses, votes = template.declared.kind, template.uses, options.votes
    gives_no_reasons = "reasoning" in uses or template.declared.menu.place is Place.WHOLE
    options.check(
        (
            (votes >= 1 and votes % 2 == 1, f"votes must be an odd number, not {votes}"),
            (
                not options.expected_value
                or (kind in _WITH_MEANS and gives_no_reasons and votes == 1 and not options.swap),
                "expected_value needs a template of kind label, scale or criteria that gives no reasons if "
                "its variable `reasoning` is false, and goes with neither votes nor swap",
            ),
            (
                not options.swap or (kind is Kind.LABEL and {"answer", "reference"} <= uses),
                "swap needs a template of kind label with `answer` and `reference`",
            ),
            (not (template.declared.is_raw and options.vision), "raw questions can't hold images"),
        ),
        "llm_judge",
    )


def criteria_of(path: str, template: JudgeTemplate) -> tuple[Criterion, ...]:
    """Return the criteria in a YAML file. Raises ConfigurationError if it is invalid."""
    if template.declared.kind is not Kind.CRITERIA:
        raise ConfigurationError(f"llm_judge: the template {template.name} asks for no criteria")
    try:
        return read_criteria(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
        raise ConfigurationError(f"the criteria {path} can't be read: {error}") from None
