"""`llm_judge`: what a judge model says of a response, from 0 to 1.

The judge is asked by a template, and only about what needs a judge: a response that says nothing earns 0
unasked. A judge that can't be reached, or says nothing that can be believed, leaves the rollout unscored; it
never makes an answer wrong, nor right.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from rule_rm.errors import ConfigurationError
from rule_rm.judge.client.judge_client import ClientOptions, JudgeClient
from rule_rm.judge.grader import Grader, Manner
from rule_rm.judge.prompting.case import Reading
from rule_rm.judge.prompting.criteria import Criterion, read_criteria
from rule_rm.judge.prompting.declaration import Kind
from rule_rm.judge.prompting.injection import service_secret
from rule_rm.judge.prompting.templates import JudgeTemplate, load
from rule_rm.judge.reading.menu import NoVerdict
from rule_rm.judge.reading.votes import Outcome
from rule_rm.registry import register
from rule_rm.registry.resident import Ask, Resident
from rule_rm.types import Rollout, Score, Status

START = 60.0
"""Seconds that a judge may take at start while it says that it is not ready yet."""

_WITH_MEANS = (Kind.LABEL, Kind.SCALE, Kind.CRITERIA)


@register(
    "llm_judge",
    summary="a judge model's verdict, by the template that it is asked with",
    metrics=("verdict", "accuracy", "agreement", "votes"),
)
class LlmJudge(Resident):
    """A judge's verdict, 0 to 1; with a template that says so, mixed with the accuracy of a rule.

    `verdict` is what the judge said, `accuracy` what the rule said (the verdict, where there is none),
    `agreement` the share of `votes` that said so.
    """

    def __init__(
        self,
        *,
        judge_url: str = "",
        judge_model: str = "",
        judge_template: str = "reference",
        judge_api_key_env: str = "JUDGE_API_KEY",
        votes: int = 1,
        temperature: float = 0.0,
        max_tokens: int = 1024,
        json_mode: bool = False,
        expected_value: bool = False,
        swap: bool = False,
        criteria: str = "",
        vision: bool = False,
        max_chars: int = 32_000,
        timeout: float = 60.0,
        concurrency: int = 256,
        requests_per_minute: float = 0.0,
        tokens_per_minute: float = 0.0,
        cache: str = "",
        price_in: float = 0.0,
        price_out: float = 0.0,
        extra_body: str = "",
    ) -> None:
        """The template is one of the package or a path; `criteria` is a YAML file with those of all rollouts.

        `votes` must be odd. `expected_value` takes the mean over the probabilities of a verdict without
        reasons; `swap` pays an equivalence only if it holds in both directions. Of responses longer than
        `max_chars` nothing is asked. The rest is what `ClientOptions` says of it.
        """
        if not judge_url:
            raise ConfigurationError("the judge has no address: --judge-url http://HOST:PORT/v1")
        if not judge_model:
            raise ConfigurationError("the judge's model has no name: --judge-model NAME")
        self._template = load(judge_template)
        manner = Manner(
            votes=votes,
            temperature=temperature,
            max_tokens=max_tokens,
            as_json=json_mode,
            expected_value=expected_value,
            swap=swap,
        )
        _check(self._template, manner, max_chars)
        declared = self._template.declared
        self._reading = Reading(
            declared,
            self._template.uses,
            max_chars,
            vision,
            _criteria(criteria, self._template) if criteria else declared.criteria,
        )
        self.parts = (declared.accuracy.reward_type,) if declared.accuracy else ()
        self._client = JudgeClient(
            ClientOptions(
                urls=tuple(url.strip() for url in judge_url.split(",") if url.strip()),
                model=judge_model,
                api_key_env=judge_api_key_env,
                timeout=timeout,
                concurrency=concurrency,
                requests_per_minute=requests_per_minute,
                tokens_per_minute=tokens_per_minute,
                cache=cache,
                price_in=price_in,
                price_out=price_out,
                extra_body=extra_body,
            )
        )
        self._grader = Grader(self._client, self._template, manner, service_secret(cache), concurrency)
        try:
            self._client.check(time.monotonic() + START)
        except ConfigurationError:
            self.close()
            raise
        self._lock = threading.Lock()
        self._unasked: Counter[str] = Counter()

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        """The judge's verdict on one rollout."""
        case = self._reading.read(rollout)
        if isinstance(case, Score):
            with self._lock:
                self._unasked[case.status.value] += 1
            if case.reward is None:
                return case
            return self._mixed(rollout, ask, case, 0.0, {"agreement": 1.0, "votes": 0.0})
        try:
            outcome = self._grader.grade(case, ask.until)
        except NoVerdict as failure:
            return Score.unscored(Status.NO_VERDICT, str(failure), case.shown)
        figures = {"agreement": outcome.agreement, "votes": float(outcome.votes)}
        return self._mixed(rollout, ask, _judged(outcome, case.shown), outcome.verdict.value, figures)

    def state(self) -> dict[str, Any]:
        """The template, what was not asked and why, and all that the client and the grader count."""
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
        """Ask the judge nothing any more."""
        self._grader.close()
        self._client.close()

    def _mixed(
        self, rollout: Rollout, ask: Ask, score: Score, verdict: float, figures: dict[str, float]
    ) -> Score:
        """The score with its reward: the verdict, mixed with a rule's accuracy if the template says so."""
        accuracy = self._template.declared.accuracy
        if accuracy is None:
            metrics = {"verdict": verdict, "accuracy": verdict, **figures}
            return Score(verdict, score.status, score.answer, score.explanation, metrics)
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
        )


def _judged(outcome: Outcome, answer: str | None) -> Score:
    """The outcome as a score, whatever its reward will be."""
    status = Status.OK if outcome.verdict.is_answer else Status.NO_ANSWER
    said = f"the judge says {outcome.verdict.said}"
    return Score(0.0, status, answer, said + (f" ({outcome.votes} votes)" if outcome.votes > 1 else ""))


def _check(template: JudgeTemplate, manner: Manner, max_chars: int) -> None:
    """Raise ConfigurationError for options that can't be meant together."""
    kind, uses = template.declared.kind, template.uses
    checks = (
        (manner.votes >= 1 and manner.votes % 2 == 1, f"votes must be an odd number, not {manner.votes}"),
        (
            manner.votes == 1 or manner.temperature > 0,
            "several votes need a temperature above 0",
        ),
        (0 <= manner.temperature <= 2, f"temperature must be from 0 to 2, not {manner.temperature}"),
        (manner.max_tokens >= 1, f"max_tokens must be at least 1, not {manner.max_tokens}"),
        (max_chars >= 1, f"max_chars must be at least 1, not {max_chars}"),
        (
            not manner.expected_value
            or (kind in _WITH_MEANS and "reasoning" in uses and manner.votes == 1 and not manner.swap),
            "expected_value needs a template of kind label, scale or criteria that can be told to give no "
            "reasons, by its variable `reasoning`, and goes with neither votes nor swap",
        ),
        (
            not manner.swap or (kind is Kind.LABEL and {"answer", "reference"} <= uses),
            "swap needs a template of kind label with `answer` and `reference`",
        ),
    )
    for is_good, message in checks:
        if not is_good:
            raise ConfigurationError(f"llm_judge with the template {template.name}: {message}")


def _criteria(path: str, template: JudgeTemplate) -> tuple[Criterion, ...]:
    """The criteria in a YAML file. Raises ConfigurationError."""
    if template.declared.kind is not Kind.CRITERIA:
        raise ConfigurationError(f"llm_judge: the template {template.name} asks for no criteria")
    try:
        return read_criteria(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
        raise ConfigurationError(f"the criteria {path} can't be read: {error}") from None
