"""The table: the name of each setting, its default, help, environment variable and choices."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.processes.processors import processors
from rule_rm.settings.reading import check_choice, flag
from rule_rm.settings.sources import sourced, with_source

LOG_FORMATS = ("text", "json")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
AUTO = "auto"
CHAT_TEMPLATES = (
    AUTO,
    "chatml",
    "xcomposer",
    "kimi",
    "kimi3",
    "llama3",
    "deepseek",
    "hunyuan",
    "hunyuan_large",
    "gemma",
    "gemma4",
    "phi",
    "mistral",
    "harmony",
    "cohere",
    "minimax",
    "minimax1",
    "ling",
    "exaone",
    "seed",
    "granite",
    "nemotron",
    "step",
    "apertus",
    "dots",
    "solar",
    "telechat",
    "apriel",
    "baichuan",
    "megrez",
    "minicpm",
    "begin",
    "skywork",
    "alpaca",
    "plain",
)
"""The names of the rows in `messages.templates`."""
LOCAL, RAY = ENGINES = ("local", "ray")
"""The engines: workers on this machine, or on the nodes of a Ray cluster."""
BOARDS = ("none", "wandb", "trackio")
TURNS = ("first", "last", "all")
VIEWER_PORT = "6080"
"""Browsers refuse to open port 6000."""
THINK_PREFILLED = (AUTO, "yes", "no")


def _setting(
    group: str,
    default: Any,
    text: str,
    env: str | None = None,
    *,
    value: str = "",
    choices: tuple[str, ...] = (),
    secret: bool = False,
) -> Any:
    """Return a field: its group in the help, its default, help and variable, and the name of its value."""
    metadata = {
        "group": group,
        "help": text,
        "env": env,
        "value": value,
        "choices": choices,
        "secret": secret,
    }
    return field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a service. Raises ConfigurationError if a value is invalid."""

    reward_type: str = _setting(
        "Rewards",
        "math_verifier",
        "the reward to score with; several are summed (`rule-rm list` shows them)",
        "REWARD_TYPE",
        value="NAME",
    )
    reward_weights: tuple[str, ...] = _setting(
        "Rewards", (), "the weight of each reward type, if there are several", value="NUMBER"
    )
    reward_config: str | None = _setting(
        "Rewards",
        None,
        "a YAML file with a mixture of rewards: weights, gates, bounds, routes by data source",
        value="FILE",
    )
    reward_option: tuple[str, ...] = _setting(
        "Rewards",
        (),
        "an option of the reward; REWARD.NAME=VALUE if there are several rewards; may be repeated",
        value="NAME=VALUE",
    )
    reward_file: tuple[str, ...] = _setting(
        "Rewards", (), "a Python file with your own reward functions; may be repeated", value="FILE"
    )
    config: str | None = _setting(
        "Server",
        None,
        "a YAML file with any of these settings; options and variables win over it",
        value="FILE",
    )
    host: str = _setting("Server", "127.0.0.1", "the address to listen on", "REWARD_HOST", value="ADDRESS")
    port: int = _setting(
        "Server", 6000, "the port to listen on; 0 takes a free one", "REWARD_PORT", value="PORT"
    )
    token: str | None = _setting(
        "Server",
        None,
        "the token that requests must carry; other users can see a command line, so prefer the variable",
        value="TOKEN",
        secret=True,
    )
    token_file: str | None = _setting("Server", None, "a file with the token", value="FILE")
    tokens: str | None = _setting(
        "Server",
        None,
        "a YAML file of named tokens, each with its limits; a change counts within a second",
        value="FILE",
    )
    tls_cert: str | None = _setting(
        "Server",
        None,
        "a file with the certificate and those of its issuers; the server and its page then speak HTTPS",
        value="FILE",
    )
    tls_key: str | None = _setting(
        "Server", None, "the file with the certificate's key, if it is in another file", value="FILE"
    )
    insecure: bool = _setting("Server", False, "listen on other addresses than 127.0.0.1 without a token")
    dataset: str | None = _setting(
        "Golden answers",
        None,
        "the golden dataset: JSON, JSONL, CSV, Parquet, or a directory saved by `datasets`",
        "DATASET_PATH",
        value="PATH",
    )
    question_key: str = _setting(
        "Golden answers", "question", "the key of the question in the golden dataset", value="KEY"
    )
    answer_key: str = _setting(
        "Golden answers", "answer", "the key of the golden answer in the golden dataset", value="KEY"
    )
    fuzzy_threshold: float = _setting(
        "Golden answers",
        0.95,
        "the least similarity, 0 to 1, at which a prompt counts as a golden question",
        value="NUMBER",
    )
    chat_template: str = _setting(
        "Conversations",
        AUTO,
        f"the chat template of prompts and responses: {', '.join(CHAT_TEMPLATES)}",
        value="NAME",
        choices=CHAT_TEMPLATES,
    )
    think_prefilled: str = _setting(
        "Conversations",
        AUTO,
        "whether the template already opened <think>; auto looks at the end of the prompt",
        choices=THINK_PREFILLED,
    )
    end_token: tuple[str, ...] = _setting(
        "Conversations",
        (),
        "a token that ends your model's turn, if its template is not known; may be repeated",
        value="TOKEN",
    )
    turns: str = _setting(
        "Conversations",
        "first",
        "the assistant's turns to score in a text with several; of messages the last one, or all",
        choices=TURNS,
    )
    unscored_reward: float = _setting(
        "Server",
        0.0,
        "the number for an unscored rollout, sent to trainers that need a number",
        value="NUMBER",
    )
    group_size: int = _setting(
        "Server",
        0,
        "the responses to a prompt, for rewards that compare them where a request has one; 0 waits for none",
        value="N",
    )
    group_window: float = _setting(
        "Server",
        10.0,
        "the time that such a request waits for the rest of its group, which is then scored without it",
        value="SECONDS",
    )
    max_unscored: float = _setting(
        "Server",
        1.0,
        "the share of a run that may be unscored, 0 to 1; beyond it requests are refused",
        value="SHARE",
    )
    server_processes: int = _setting(
        "Limits",
        1,
        "processes that answer requests at the port, with the same workers, verdicts and journal; see "
        "Performance for when several pay",
        value="N",
    )
    workers: int = _setting("Limits", processors(), "worker processes that score in parallel", value="N")
    engine: str = _setting(
        "Limits",
        LOCAL,
        "where rollouts are scored: on this machine, or on all nodes of a Ray cluster (the extra `ray`)",
        choices=ENGINES,
    )
    ray_address: str | None = _setting(
        "Limits",
        None,
        "the address of the Ray cluster; by default the one that runs on this machine, else a new one",
        value="ADDRESS",
    )
    shared_verdicts: str | None = _setting(
        "Limits",
        None,
        "the URL of a Redis in which several servers share verdicts (the extra `redis`)",
        value="URL",
    )
    rollout_timeout: float = _setting(
        "Limits", 2.0, "the time for one rollout, after which its worker is killed", value="SECONDS"
    )
    request_timeout: float = _setting(
        "Limits",
        90.0,
        "the time for one request, after which the rest is unscored; keep it below the trainer's",
        value="SECONDS",
    )
    worker_memory_mb: int = _setting(
        "Limits", 1024, "the memory that a worker may allocate while it scores", value="MIB"
    )
    sandbox: str = _setting(
        "Sandbox",
        AUTO,
        "where programs run: auto, the name of a backend, or the URL of a SandboxFusion server",
        value="BACKEND",
    )
    allow_weak_sandbox: bool = _setting(
        "Sandbox", False, "start even if only resource limits confine programs on this machine"
    )
    serve_sandbox: bool = _setting(
        "Sandbox", False, "answer /run_code, /test_program and /test_program_stdio as well"
    )
    judge_url: tuple[str, ...] = _setting(
        "Judge",
        (),
        "the URL of a judge behind an OpenAI-compatible server; several share the load",
        value="URL",
    )
    judge_model: str | None = _setting("Judge", None, "the name of the model on that server", value="NAME")
    judge_template: str = _setting(
        "Judge", "reference", "a template of the package, or the path of your own", value="TEMPLATE"
    )
    judge_api_key_env: str = _setting(
        "Judge", "JUDGE_API_KEY", "the environment variable that holds the judge's key", value="VARIABLE"
    )
    max_pending: int = _setting(
        "Limits", 16384, "rollouts that may wait for a worker; beyond it requests get 503", value="N"
    )
    max_request_mb: float = _setting("Limits", 64.0, "the size of one request", value="MIB")
    output_dir: str | None = _setting(
        "Log",
        None,
        "a directory in which to write the log too, as reward_server_PORT.log",
        "OUTPUT_DIR",
        value="DIRECTORY",
    )
    journal: str | None = _setting(
        "Journal",
        None,
        "a directory in which to keep what was scored; by default the one of --output-dir; `none`: nowhere",
        value="DIRECTORY",
    )
    journal_mb: int = _setting("Journal", 4096, "the size of the journal; the oldest go first", value="MIB")
    journal_days: float = _setting("Journal", 30.0, "the days for which rollouts are kept", value="DAYS")
    journal_sample: float = _setting(
        "Journal",
        1.0,
        "the share of the questions that are kept, 0 to 1, each with its group; unscored rollouts always are",
        value="SHARE",
    )
    record_texts: bool = _setting(
        "Journal", True, "keep prompts, responses, golden answers and explanations, not only numbers"
    )
    viewer_port: str = _setting(
        "Journal",
        VIEWER_PORT,
        "the port of the page that shows the journal; 0 takes a free one, `none` serves no page",
        value="PORT",
    )
    alarm: tuple[str, ...] = _setting(
        "Journal",
        (),
        "the bound of an alarm, or NAME=off; may be repeated",
        value="NAME=NUMBER",
    )
    alarm_webhook: str | None = _setting(
        "Journal", None, "the URL that alarms are sent to as JSON", value="URL", secret=True
    )
    push: str = _setting(
        "Log",
        "none",
        "the library that gets the mean rewards and components of every 15 s; it must be installed",
        choices=BOARDS,
    )
    trace_endpoint: str | None = _setting(
        "Log",
        None,
        "the URL of an OpenTelemetry collector, which gets the spans of requests (the extra `otel`)",
        value="URL",
    )
    trace_sample: float = _setting(
        "Log",
        1.0,
        "the share of the traces that begin here which are sent, 0 to 1",
        value="SHARE",
    )
    recheck: str | None = _setting(
        "Journal",
        None,
        "a reward that scores samples of paid responses again, for the alarm `recheck`",
        value="NAME",
    )
    recheck_share: float = _setting(
        "Journal", 0.02, "the share of the paid responses that are scored again", value="SHARE"
    )
    log_format: str = _setting(
        "Log", "text", "the form of the log's lines; json has the id of the request", choices=LOG_FORMATS
    )
    log_level: str = _setting("Log", "INFO", "the least level to log", choices=LOG_LEVELS)

    def __post_init__(self) -> None:
        checks = (
            ("port", 0 <= self.port <= 65535, "from 0 to 65535"),
            ("fuzzy_threshold", 0 < self.fuzzy_threshold <= 1, "above 0 and at most 1"),
            ("end_token", "" not in self.end_token, "a token, not an empty string"),
            ("unscored_reward", math.isfinite(self.unscored_reward), "a finite number"),
            ("max_unscored", 0 <= self.max_unscored <= 1, "from 0 to 1"),
            ("group_size", self.group_size >= 0, "at least 0"),
            (
                "group_window",
                0 < self.group_window < (self.request_timeout if self.group_size > 1 else math.inf),
                f"above 0 and below {flag('request_timeout')}, {self.request_timeout:g}",
            ),
            ("server_processes", 1 <= self.server_processes <= 64, "from 1 to 64"),
            ("workers", self.workers >= 1, "at least 1"),
            ("rollout_timeout", 0 < self.rollout_timeout < math.inf, "above 0"),
            ("request_timeout", 0 < self.request_timeout < math.inf, "above 0"),
            ("worker_memory_mb", self.worker_memory_mb >= 64, "at least 64"),
            ("max_pending", self.max_pending >= 1, "at least 1"),
            (
                "viewer_port",
                self.viewer_port == "none"
                or (self.viewer_port.isdecimal() and int(self.viewer_port) < 65536),
                "none, or from 0 to 65535",
            ),
            ("journal_mb", self.journal_mb >= 8, "at least 8"),
            ("journal_days", self.journal_days > 0, "above 0"),
            ("journal_sample", 0 <= self.journal_sample <= 1, "from 0 to 1"),
            ("recheck_share", 0 < self.recheck_share <= 1, "above 0 and at most 1"),
            ("trace_sample", 0 <= self.trace_sample <= 1, "from 0 to 1"),
            ("max_request_mb", 0 < self.max_request_mb < math.inf, "above 0"),
        )
        for name, good, wanted in checks:
            if not good:
                raise ConfigurationError(f"{flag(name)} must be {wanted}, not {getattr(self, name)!r}")
        for setting in fields(self):
            if setting.metadata["choices"]:
                check_choice(setting, getattr(self, setting.name))

    @property
    def reward_types(self) -> tuple[str, ...]:
        """The names in `reward_type`, which commas or white space separate."""
        return tuple(self.reward_type.replace(",", " ").split())

    def as_options(self) -> dict[str, Any]:
        """Return the changed settings, for rewards with options of these names; commas join values."""
        changed = {
            setting.name: getattr(self, setting.name)
            for setting in fields(self)
            if getattr(self, setting.name) != setting.default and not setting.metadata["secret"]
        }
        return {
            name: ",".join(value) if isinstance(value, tuple) else value for name, value in changed.items()
        }

    @classmethod
    def load(cls, given: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings that are given, else of the environment, the file of `config`, or the defaults.

        >>> Settings.load({"port": "7000"}, {"REWARD_TYPE": "example_math"}).reward_type
        'example_math'
        """
        table = {setting.name: setting for setting in fields(cls)}
        found = sourced(table, given, environ)
        try:
            return cls(**{name: one.value for name, one in found.items()})
        except ConfigurationError as error:
            raise with_source(error, found) from None
