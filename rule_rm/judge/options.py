"""The options of rewards that ask a judge: each is one field with its default, which `@register` reads.

The names are the same for every such reward; a former name is refused with a message that gives the current
one.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from rule_rm.errors import ConfigurationError
from rule_rm.judge.client.client_options import ClientOptions
from rule_rm.judge.grader import Asking


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingOptions:
    """The judge's address, and the form of its questions."""

    judge_url: str = ""
    """The URL of an OpenAI-compatible server, or several of one model, separated by commas."""
    judge_model: str = ""
    judge_template: str = "reference"
    """A template of the package, or the path of another."""
    judge_api_key_env: str = "JUDGE_API_KEY"
    """The environment variable that holds the key."""
    api_key_header: str = ""
    proxy: str = ""
    votes: int = 1
    temperature: float = 0.0
    max_tokens: int = 1024
    json_mode: bool = False
    """Ask for JSON, by a schema where the server knows that."""
    expected_value: bool = False
    """Take the mean over all verdicts, weighted by their probabilities; needs logprobs."""
    vision: bool = False
    """Pass the images of messages on."""
    max_chars: int = 32_000
    """Characters of the longest response that is judged; a longer one earns 0."""
    explain: bool = False
    """Put the whole question into the details of every score."""
    timeout: float = 60.0
    """Seconds that one question may take, retries included."""
    concurrency: int = 256
    requests_per_minute: float = 0.0
    tokens_per_minute: float = 0.0
    cache: str = ""
    price_in: float = 0.0
    price_out: float = 0.0
    extra_body: str = ""

    RENAMED: ClassVar[dict[str, str]] = {}

    @property
    def asking(self) -> Asking:
        """How questions are asked."""
        return Asking(
            votes=self.votes,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            as_json=self.json_mode,
            expected_value=self.expected_value,
        )

    @property
    def client(self) -> ClientOptions:
        """How the judge is reached. Raises ConfigurationError if its address or its model is missing."""
        if not self.judge_url:
            raise ConfigurationError("the judge has no address: --judge-url http://HOST:PORT/v1")
        if not self.judge_model:
            raise ConfigurationError("the judge's model has no name: --judge-model NAME")
        return ClientOptions(
            urls=tuple(url.strip() for url in self.judge_url.split(",") if url.strip()),
            model=self.judge_model,
            api_key_env=self.judge_api_key_env,
            **self.limits,
        )

    @property
    def limits(self) -> dict[str, Any]:
        """The fields that the client's options have under the same names."""
        ours = {field.name for field in fields(self)} - {"model"}
        return {one.name: getattr(self, one.name) for one in fields(ClientOptions) if one.name in ours}

    def check(self, checks: tuple[tuple[bool, str], ...], reward: str) -> None:
        """Raise ConfigurationError for the first check that fails, among these and those of all rewards."""
        common = (
            (self.votes == 1 or self.temperature > 0, "several votes need a temperature above 0"),
            (0 <= self.temperature <= 2, f"temperature must be from 0 to 2, not {self.temperature}"),
            (self.max_tokens >= 1, f"max_tokens must be at least 1, not {self.max_tokens}"),
            (self.max_chars >= 1, f"max_chars must be at least 1, not {self.max_chars}"),
        )
        for is_good, message in (*checks, *common):
            if not is_good:
                raise ConfigurationError(f"{reward} with the template {self.judge_template}: {message}")


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeOptions(AskingOptions):
    """The options of `llm_judge`."""

    swap: bool = False
    """Pay an equivalence only if it holds in both directions."""
    criteria: str = ""
    """A YAML file with the criteria of rollouts that bring none."""

    RENAMED: ClassVar[dict[str, str]] = {"probability": "expected_value"}

    @property
    def asking(self) -> Asking:
        """How questions are asked."""
        return Asking(
            votes=self.votes,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            as_json=self.json_mode,
            expected_value=self.expected_value,
            swap=self.swap,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerativeOptions(AskingOptions):
    """The options of `generative_rm`."""

    judge_template: str = "generative_rm"
    model: str = ""
    """The directory of a small model that is loaded here, instead of asking at `judge_url`."""
    device: str = "auto"
    """auto, cpu, cuda or cuda:N."""
    param_dtype: str = "fp32"
    """fp32 or bf16."""

    RENAMED: ClassVar[dict[str, str]] = {"probability": "expected_value", "bf16": "param_dtype"}
