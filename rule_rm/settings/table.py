"""The table: the name of each setting, its default, help, environment variable and choices."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.processes.processors import processors
from rule_rm.settings.alarms import read_bounds
from rule_rm.settings.choices import (
    AUTO,
    BOARDS,
    CHAT_TEMPLATES,
    ENGINES,
    LOCAL,
    LOG_FORMATS,
    LOG_LEVELS,
    THINK_PREFILLED,
    TURNS,
    VIEWER_PORT,
)
from rule_rm.settings.field import Check, above, at_least, between, part, setting
from rule_rm.settings.reading import check_choice, flag
from rule_rm.settings.sources import sourced, with_source


def _is_port(text: str) -> bool:
    return text == "none" or (text.isdecimal() and int(text) < 65536)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a service. Raises ConfigurationError if a value is invalid."""

    reward_type: str = setting(
        "Rewards",
        "math_verifier",
        "the reward to score with; several are summed (`rule-rm list` shows them)",
        "REWARD_TYPE",
        value="NAME",
    )
    reward_weights: tuple[str, ...] = setting(
        "Rewards", (), "the weight of each reward type, if there are several", value="NUMBER"
    )
    reward_config: str | None = setting(
        "Rewards",
        None,
        "a YAML file with a mixture of rewards: weights, gates, bounds, routes by data source",
        value="FILE",
    )
    reward_option: tuple[str, ...] = setting(
        "Rewards",
        (),
        "an option of the reward; REWARD.NAME=VALUE if there are several rewards; may be repeated",
        value="NAME=VALUE",
    )
    reward_file: tuple[str, ...] = setting(
        "Rewards", (), "a Python file with your own reward functions; may be repeated", value="FILE"
    )
    config: str | None = setting(
        "Server",
        None,
        "a YAML file with any of these settings; options and variables win over it",
        value="FILE",
    )
    host: str = setting("Server", "127.0.0.1", "the address to listen on", "REWARD_HOST", value="ADDRESS")
    port: int = setting(
        "Server",
        6000,
        "the port to listen on; 0 takes a free one",
        "REWARD_PORT",
        value="PORT",
        check=between(0, 65535),
    )
    token: str | None = setting(
        "Server",
        None,
        "the token that requests must carry; other users can see a command line, so prefer the variable",
        value="TOKEN",
        secret=True,
    )
    token_file: str | None = setting("Server", None, "a file with the token", value="FILE")
    tokens: str | None = setting(
        "Server",
        None,
        "a YAML file of named tokens, each with its limits; a change counts within a second",
        value="FILE",
    )
    tls_cert: str | None = setting(
        "Server",
        None,
        "a file with the certificate and those of its issuers; the server and its page then speak HTTPS",
        value="FILE",
    )
    tls_key: str | None = setting(
        "Server", None, "the file with the certificate's key, if it is in another file", value="FILE"
    )
    insecure: bool = setting("Server", False, "listen on other addresses than 127.0.0.1 without a token")
    dataset: str | None = setting(
        "Golden answers",
        None,
        "the golden dataset: JSON, JSONL, CSV, Parquet, or a directory saved by `datasets`",
        "DATASET_PATH",
        value="PATH",
    )
    question_key: str = setting(
        "Golden answers", "question", "the key of the question in the golden dataset", value="KEY"
    )
    answer_key: str = setting(
        "Golden answers", "answer", "the key of the golden answer in the golden dataset", value="KEY"
    )
    fuzzy_threshold: float = setting(
        "Golden answers",
        0.95,
        "the least similarity, 0 to 1, at which a prompt counts as a golden question",
        value="NUMBER",
        check=part(1),
    )
    chat_template: str = setting(
        "Conversations",
        AUTO,
        f"the chat template of prompts and responses: {', '.join(CHAT_TEMPLATES)}; or, for any other, the "
        "text right before the response, such as 'Output:'",
        value="NAME",
        choices=CHAT_TEMPLATES,
        or_text=True,
    )
    think_prefilled: str = setting(
        "Conversations",
        AUTO,
        "whether the template already opened <think>; auto looks at the end of the prompt",
        choices=THINK_PREFILLED,
    )
    end_token: tuple[str, ...] = setting(
        "Conversations",
        (),
        "a token that ends your model's turn, if its template is not known; may be repeated",
        value="TOKEN",
        check=Check(lambda given: "" not in given, "a token, not an empty string"),
    )
    turns: str = setting(
        "Conversations",
        "first",
        "the assistant's turns to score in a text with several; of messages the last one, or all",
        choices=TURNS,
    )
    unscored_reward: float = setting(
        "Server",
        0.0,
        "the number for an unscored rollout, sent to trainers that need a number",
        value="NUMBER",
        check=Check(math.isfinite, "a finite number"),
    )
    group_size: int = setting(
        "Server",
        0,
        "the responses to a prompt, for rewards that compare them where a request has one; 0 waits for none",
        value="N",
        check=at_least(0),
    )
    group_window: float = setting(
        "Server",
        10.0,
        "the time that such a request waits for the rest of its group, which is then scored without it",
        value="SECONDS",
    )
    max_unscored: float = setting(
        "Server",
        1.0,
        "the share of a run that may be unscored, 0 to 1; beyond it requests are refused",
        value="SHARE",
        check=between(0, 1),
    )
    server_processes: int = setting(
        "Limits",
        1,
        "processes that answer requests at the port, with the same workers, verdicts and journal; see "
        "Performance for when several pay",
        value="N",
        check=between(1, 64),
    )
    workers: int = setting(
        "Limits",
        processors(),
        "worker processes that score in parallel",
        value="N",
        check=at_least(1),
    )
    engine: str = setting(
        "Limits",
        LOCAL,
        "where rollouts are scored: on this machine, or on all nodes of a Ray cluster (the extra `ray`)",
        choices=ENGINES,
    )
    ray_address: str | None = setting(
        "Limits",
        None,
        "the address of the Ray cluster; by default the one that runs on this machine, else a new one",
        value="ADDRESS",
    )
    shared_verdicts: str | None = setting(
        "Limits",
        None,
        "the URL of a Redis in which several servers share verdicts (the extra `redis`)",
        value="URL",
    )
    rollout_timeout: float = setting(
        "Limits",
        2.0,
        "the time for one rollout, after which its worker is killed",
        value="SECONDS",
        check=above(0),
    )
    request_timeout: float = setting(
        "Limits",
        90.0,
        "the time for one request, after which the rest is unscored; keep it below the trainer's",
        value="SECONDS",
        check=above(0),
    )
    worker_memory_mb: int = setting(
        "Limits",
        1024,
        "the memory that a worker may allocate while it scores",
        value="MIB",
        check=at_least(64),
    )
    sandbox: str = setting(
        "Sandbox",
        AUTO,
        "where programs run: auto, the name of a backend, or the URL of a SandboxFusion server",
        value="BACKEND",
    )
    allow_weak_sandbox: bool = setting(
        "Sandbox", False, "start even if only resource limits confine programs on this machine"
    )
    serve_sandbox: bool = setting(
        "Sandbox", False, "answer /run_code, /test_program and /test_program_stdio as well"
    )
    judge_url: tuple[str, ...] = setting(
        "Judge",
        (),
        "the URL of a judge behind an OpenAI-compatible server; several share the load",
        value="URL",
    )
    judge_model: str | None = setting("Judge", None, "the name of the model on that server", value="NAME")
    judge_template: str = setting(
        "Judge", "reference", "a template of the package, or the path of your own", value="TEMPLATE"
    )
    judge_api_key_env: str = setting(
        "Judge", "JUDGE_API_KEY", "the environment variable that holds the judge's key", value="VARIABLE"
    )
    max_pending: int = setting(
        "Limits",
        16384,
        "rollouts that may wait for a worker; beyond it requests get 503",
        value="N",
        check=at_least(1),
    )
    max_request_mb: float = setting(
        "Limits",
        64.0,
        "the size of one request",
        value="MIB",
        check=above(0),
    )
    output_dir: str | None = setting(
        "Log",
        None,
        "a directory in which to write the log too, as reward_server_PORT.log",
        "OUTPUT_DIR",
        value="DIRECTORY",
    )
    journal: str | None = setting(
        "Journal",
        None,
        "a directory in which to keep what was scored; by default the one of --output-dir; `none`: nowhere",
        value="DIRECTORY",
    )
    journal_mb: int = setting(
        "Journal",
        4096,
        "the size of the journal; the oldest go first",
        value="MIB",
        check=at_least(8),
    )
    journal_days: float = setting(
        "Journal",
        30.0,
        "the days for which rollouts are kept",
        value="DAYS",
        check=Check(lambda days: days > 0, "above 0"),
    )
    journal_sample: float = setting(
        "Journal",
        1.0,
        "the share of the questions that are kept, 0 to 1, each with its group; unscored rollouts always are",
        value="SHARE",
        check=between(0, 1),
    )
    record_texts: bool = setting(
        "Journal", True, "keep prompts, responses, golden answers and explanations, not only numbers"
    )
    viewer_port: str = setting(
        "Journal",
        VIEWER_PORT,
        "the port of the page that shows the journal; 0 takes a free one, `none` serves no page",
        value="PORT",
        check=Check(_is_port, "none, or from 0 to 65535"),
    )
    alarm: tuple[str, ...] = setting(
        "Journal",
        (),
        "the bound of an alarm, or NAME=off; may be repeated",
        value="NAME=NUMBER",
    )
    alarm_webhook: str | None = setting(
        "Journal", None, "the URL that alarms are sent to as JSON", value="URL", secret=True
    )
    push: str = setting(
        "Log",
        "none",
        "the library that gets the mean rewards and components of every 15 s; it must be installed",
        choices=BOARDS,
    )
    trace_endpoint: str | None = setting(
        "Log",
        None,
        "the URL of an OpenTelemetry collector, which gets the spans of requests (the extra `otel`)",
        value="URL",
    )
    trace_sample: float = setting(
        "Log",
        1.0,
        "the share of the traces that begin here which are sent, 0 to 1",
        value="SHARE",
        check=between(0, 1),
    )
    recheck: str | None = setting(
        "Journal",
        None,
        "a reward that scores samples of paid responses again, for the alarm `recheck`",
        value="NAME",
    )
    recheck_share: float = setting(
        "Journal",
        0.02,
        "the share of the paid responses that are scored again",
        value="SHARE",
        check=part(1),
    )
    log_format: str = setting(
        "Log", "text", "the form of the log's lines; json has the id of the request", choices=LOG_FORMATS
    )
    log_level: str = setting("Log", "INFO", "the least level to log", choices=LOG_LEVELS)

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if (check := one.metadata["check"]) is not None and not check.holds(value):
                raise ConfigurationError(f"{flag(one.name)} must be {check.wanted}, not {value!r}")
            if one.metadata["choices"]:
                check_choice(one, value)
        # The rest of a group must be there before the request is over.
        most = self.request_timeout if self.group_size > 1 else math.inf
        if not 0 < self.group_window < most:
            wanted = f"above 0 and below {flag('request_timeout')}, {self.request_timeout:g}"
            raise ConfigurationError(f"--group-window must be {wanted}, not {self.group_window!r}")
        read_bounds(self.alarm)

    @property
    def reward_types(self) -> tuple[str, ...]:
        """The names in `reward_type`, which commas or white space separate."""
        return tuple(self.reward_type.replace(",", " ").split())

    def as_options(self) -> dict[str, Any]:
        """Return the changed settings, for rewards with options of these names; commas join values."""
        changed = {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if getattr(self, one.name) != one.default and not one.metadata["secret"]
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
        table = {one.name: one for one in fields(cls)}
        found = sourced(table, given, environ)
        try:
            return cls(**{name: one.value for name, one in found.items()})
        except ConfigurationError as error:
            raise with_source(error, found) from None
