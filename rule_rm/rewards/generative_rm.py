"""`generative_rm`: what a generative reward model says of a dialogue's last response, from 0 to 1.

It says a number, or a word whose probability is the reward. The model is behind an OpenAI-compatible URL, or,
if it is small, runs in a process of this service. Either is asked by the judge's client: one way in, with its
deadlines, retries and cache.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from rule_rm.errors import ConfigurationError, JudgeUnavailable
from rule_rm.judge.averaging import AveragingGrader
from rule_rm.judge.client.judge_client import ClientOptions, JudgeClient
from rule_rm.judge.grader import Manner
from rule_rm.judge.prompting.case import Reading
from rule_rm.judge.prompting.declaration import Kind
from rule_rm.judge.prompting.injection import service_secret
from rule_rm.judge.prompting.templates import JudgeTemplate, load
from rule_rm.judge.reading.menu import NoVerdict
from rule_rm.models.chat_process import ChatProcess
from rule_rm.registry import register
from rule_rm.registry.resident import Ask, Resident
from rule_rm.types import Rollout, Score, Status

START_TIMEOUT = 60.0
"""Seconds that an endpoint may take at start to answer a first question."""
_SAMPLE = Rollout(
    "What is 1 + 1?",
    "<think>It is one more than 1.</think>It is 2.",
    "2",
    messages=(
        {"role": "system", "content": "You teach arithmetic."},
        {"role": "user", "content": "What is 1 + 1?"},
    ),
)
_KINDS = (Kind.LABEL, Kind.SCALE, Kind.DIMENSIONS)
_OWN_TRIES = 1000
"""A process that died is back before its questions' time is over, but not within a few tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _OwnClientOptions(ClientOptions):
    """For the process that was started here, whose key no environment variable has."""

    secret: str = field(default="", repr=False)

    @property
    def key(self) -> str:
        return self.secret


@register(
    "generative_rm",
    summary="a generative reward model: the number it says, or the probability of its yes",
    metrics=("agreement", "votes"),
)
class GenerativeRm(Resident):
    """The mean of what the model says, 0 to 1 for the ends of its template's scale, or as its words are
    worth.

    `agreement` is 1 where all `votes` are the same, and 0 where they lie at both ends.
    """

    _process: ChatProcess | None = None

    def __init__(
        self,
        *,
        model: str = "",
        device: str = "auto",
        bf16: bool = False,
        judge_url: str = "",
        judge_model: str = "",
        judge_api_key_env: str = "JUDGE_API_KEY",
        judge_template: str = "generative_rm",
        probability: bool = False,
        votes: int = 1,
        temperature: float = 0.0,
        max_tokens: int = 1024,
        json_mode: bool = False,
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
        """`model`, a directory, is loaded here, on `device`, in float32 or with `bf16`; else `judge_url` is
        asked.

        The template is one of the package or a path. With `probability` the reward is Σ probability · value
        over the template's words; without, what was said. Of `votes` at a `temperature` the mean counts. Of
        responses longer than `max_chars` nothing is asked. The rest is what `ClientOptions` says of it.
        """
        self._template = load(judge_template)
        self._manner = Manner(
            votes=votes,
            temperature=temperature,
            max_tokens=max_tokens,
            as_json=json_mode,
            expected_value=probability,
        )
        _check(self._template, self._manner, max_chars)
        self._reading = Reading(self._template.declared, self._template.uses, max_chars, vision)
        bounds = {
            "timeout": timeout,
            "concurrency": concurrency,
            "requests_per_minute": requests_per_minute,
            "tokens_per_minute": tokens_per_minute,
            "cache": cache,
            "price_in": price_in,
            "price_out": price_out,
            "extra_body": extra_body,
        }
        with ExitStack() as closing:
            if model:
                self._process = ChatProcess(model, device=device, bf16=bf16)
                closing.callback(self._process.close)
                options = _own(self._process, model, bounds)
            else:
                options = _remote(judge_url, judge_model, judge_api_key_env, bounds)
            self._client = JudgeClient(options)
            closing.callback(self._client.close)
            self._grader = AveragingGrader(
                self._client, self._template, self._manner, service_secret(cache), concurrency
            )
            closing.callback(self._grader.close)
            self._try()
            self._closing = closing.pop_all()

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        """The model's mean verdict on one rollout."""
        case = self._reading.read(rollout)
        if isinstance(case, Score):
            is_scored = case.reward is not None
            return Score(
                case.reward,
                case.status,
                case.answer,
                case.explanation,
                {"agreement": 1.0, "votes": 0.0} if is_scored else {},
            )
        try:
            outcome = self._grader.grade(case, ask.until)
        except NoVerdict as failure:
            return Score.unscored(Status.NO_VERDICT, str(failure), case.shown)
        return Score(
            outcome.verdict.value,
            Status.OK if outcome.verdict.is_answer else Status.NO_ANSWER,
            case.shown,
            f"the model says {outcome.verdict.said}",
            {"agreement": outcome.agreement, "votes": float(outcome.votes)},
        )

    def state(self) -> dict[str, Any]:
        """The template, the model's process if there is one, and all that the client and the grader count."""
        process = self._process
        about = {"device": process.device, "pid": process.pid, "starts": process.starts} if process else {}
        return {
            "template": self._template.name,
            **({"process": about} if process else {}),
            **self._grader.state(),
            **self._client.state(),
        }

    def close(self) -> None:
        """Ask nothing any more; end the model's process."""
        self._closing.close()

    def _try(self) -> None:
        """Raise ConfigurationError if nobody answers, or not as it is needed: with logprobs, to a system
        prompt."""
        until = time.monotonic() + START_TIMEOUT
        self._client.check(until)
        case = self._reading.read(_SAMPLE)
        if isinstance(case, Score):
            return
        try:
            reply = self._grader.try_out(case, until)
        except JudgeUnavailable as error:
            raise ConfigurationError(
                f"generative_rm: the model can't be asked by {self._template.name}: {error}"
            ) from None
        if self._manner.expected_value and reply.logprobs is None:
            raise ConfigurationError("generative_rm: probability needs logprobs, and the server gives none")


def _own(process: ChatProcess, model: str, bounds: dict[str, Any]) -> ClientOptions:
    return _OwnClientOptions(
        urls=(process.url,), model=model, secret=process.key, max_tries=_OWN_TRIES, **bounds
    )


def _remote(url: str, model: str, api_key_env: str, bounds: dict[str, Any]) -> ClientOptions:
    if not url:
        raise ConfigurationError(
            "generative_rm needs a model: --judge-url http://HOST:PORT/v1 with --judge-model NAME, or, for a "
            "small one, the option model=DIRECTORY"
        )
    urls = tuple(part.strip() for part in url.split(",") if part.strip())
    return ClientOptions(urls=urls, model=model, api_key_env=api_key_env, **bounds)


def _check(template: JudgeTemplate, manner: Manner, max_chars: int) -> None:
    """Raise ConfigurationError for options that can't be meant together."""
    declared = template.declared
    kinds = ", ".join(kind.value for kind in _KINDS)
    checks = (
        (declared.kind in _KINDS, f"the kind of verdict must be one of {kinds}; llm_judge knows the others"),
        (declared.accuracy is None, "a rule's `accuracy` is mixed in by --reward-config"),
        (manner.votes >= 1, f"votes must be at least 1, not {manner.votes}"),
        (
            manner.votes == 1 or manner.temperature > 0,
            "several votes need a temperature above 0, or all are one",
        ),
        (0 <= manner.temperature <= 2, f"temperature must be from 0 to 2, not {manner.temperature}"),
        (manner.max_tokens >= 1, f"max_tokens must be at least 1, not {manner.max_tokens}"),
        (max_chars >= 1, f"max_chars must be at least 1, not {max_chars}"),
        (
            not manner.expected_value or declared.kind is Kind.LABEL,
            "probability needs a template of kind label, such as yes_no",
        ),
        (not (manner.expected_value and manner.as_json), "probability is read from text, not with json_mode"),
    )
    for is_good, message in checks:
        if not is_good:
            raise ConfigurationError(f"generative_rm with the template {template.name}: {message}")
