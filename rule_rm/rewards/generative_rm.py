"""`generative_rm`: a generative reward model's verdict on a dialogue's last response, from 0 to 1.

It says a number, or a word whose probability is the reward. The model is behind an OpenAI-compatible URL, or,
if it is small, runs in a process of this service. Either is asked by the judge's client, with its deadlines,
retries and cache.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.judge.averaging import AveragingGrader
from rule_rm.judge.client.client_options import ClientOptions
from rule_rm.judge.client.failure import AttemptError
from rule_rm.judge.client.judge_client import JudgeClient
from rule_rm.judge.explanations import explained
from rule_rm.judge.grader import overlong
from rule_rm.judge.options import GenerativeOptions
from rule_rm.judge.prompting.case import Reading
from rule_rm.judge.prompting.declaration import Kind
from rule_rm.judge.prompting.injection import service_secret
from rule_rm.judge.prompting.templates import JudgeTemplate, load
from rule_rm.judge.reading.menu import NoVerdictError
from rule_rm.judge.trial import try_out
from rule_rm.models.chat_process import ChatProcess
from rule_rm.registry import register
from rule_rm.registry.resident import Ask, Resident
from rule_rm.types import Rollout, Score, Status

_KINDS = (Kind.LABEL, Kind.SCALE, Kind.DIMENSIONS)
_OWN_TRIES = 1000
"""A process that died is back before its questions' time is over, but not within a few attempts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _OwnClientOptions(ClientOptions):
    """Options for the process that was started here; no environment variable has its key."""

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
    """The mean of the model's verdicts: 0 to 1 on the template's scale, or the worth of its words.

    `agreement` is 1 where all `votes` are the same, and 0 where they lie at both ends.
    """

    _process: ChatProcess | None = None

    def __init__(self, options: GenerativeOptions) -> None:
        """Load the template, and try the model out. Raises ConfigurationError if an option is invalid."""
        self._options = options
        self._template = load(options.judge_template)
        _check(self._template, options)
        declared = self._template.declared
        self._reading = Reading(declared, self._template.uses, options.max_chars, options.vision)
        with ExitStack() as closing:
            client_options = self._client_options(closing)
            self._client = JudgeClient(client_options, is_raw=declared.is_raw)
            closing.callback(self._client.close)
            secret = service_secret(options.cache)
            self._grader = AveragingGrader(
                self._client, self._template, options.asking, secret, options.concurrency
            )
            closing.callback(self._grader.close)
            try_out(
                self._client, self._grader, self._reading, self._template, options.asking, "generative_rm"
            )
            self._closing = closing.pop_all()

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        """Return the model's mean verdict on one rollout."""
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
        question = self._grader.question(case).shown if self._options.explain else None
        try:
            outcome = self._grader.grade(case, ask.until)
        except NoVerdictError as failure:
            lost = Score.unscored(Status.NO_VERDICT, explained(str(failure), failure.reply), case.shown)
            return replace(lost, question=question, reply=failure.reply)
        except AttemptError as failure:
            if (score := overlong(failure, case)) is None:
                raise
            return replace(score, metrics={"agreement": 1.0, "votes": 0.0})
        return Score(
            outcome.verdict.value,
            Status.OK if outcome.verdict.is_answer else Status.NO_ANSWER,
            case.shown,
            explained(f"the model says {outcome.verdict.said}", outcome.verdict.reply),
            {"agreement": outcome.agreement, "votes": float(outcome.votes)},
            question=question,
            reply=outcome.verdict.reply,
        )

    def state(self) -> dict[str, Any]:
        """Return the template, the model's process if there is one, and the counts of client and grader."""
        process = self._process
        about = {"device": process.device, "pid": process.pid, "starts": process.starts} if process else {}
        return {
            "template": self._template.name,
            **({"process": about} if process else {}),
            **self._grader.state(),
            **self._client.state(),
        }

    def close(self) -> None:
        """Ask nothing more; end the model's process."""
        self._closing.close()

    def _client_options(self, closing: ExitStack) -> ClientOptions:
        """Return how the model is reached, after starting its process if it runs here."""
        options = self._options
        if not options.model:
            if not options.judge_url:
                raise ConfigurationError(
                    "generative_rm needs a model: --judge-url http://HOST:PORT/v1 with --judge-model NAME, or"
                    " the option model=DIRECTORY for a small one"
                )
            return options.client
        is_bf16 = options.param_dtype == "bf16"
        self._process = ChatProcess(options.model, device=options.device, bf16=is_bf16)
        closing.callback(self._process.close)
        limits: dict[str, Any] = options.limits
        return _OwnClientOptions(
            urls=(self._process.url,),
            model=options.model,
            secret=self._process.key,
            max_tries=_OWN_TRIES,
            **limits,
        )


def _check(template: JudgeTemplate, options: GenerativeOptions) -> None:
    """Raise ConfigurationError for options that exclude each other."""
    declared = template.declared
    kinds = ", ".join(kind.value for kind in _KINDS)
    is_mean = options.expected_value
    options.check(
        (
            (declared.kind in _KINDS, f"the kind must be one of {kinds}; llm_judge knows the others"),
            (declared.accuracy is None, "a rule's `accuracy` is mixed in by --reward-config"),
            (options.votes >= 1, f"votes must be at least 1, not {options.votes}"),
            (
                not is_mean or declared.kind is Kind.LABEL,
                "expected_value needs a template of kind label, such as yes_no",
            ),
            (not (is_mean and options.json_mode), "expected_value is read from text, not with json_mode"),
            (
                options.param_dtype in ("fp32", "bf16"),
                f"param_dtype must be fp32 or bf16, not {options.param_dtype!r}",
            ),
        ),
        "generative_rm",
    )
