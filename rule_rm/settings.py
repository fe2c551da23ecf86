"""The settings of the service, as one table: name, default, environment variable, help.

The command line, the environment and `start_server` are all read from this table, so that an option
exists in all three or in none. Durations are float seconds, sizes are in the unit that the name ends with.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from difflib import get_close_matches
from typing import Any

from rule_rm.errors import ConfigurationError

_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
AUTO = "auto"
CHAT_TEMPLATES = (
    AUTO,
    "chatml",
    "kimi",
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
    "alpaca",
    "plain",
)
"""The names of the rows in `messages.templates`."""
_PREFIX = "RULE_RM_"
OTHER_VARIABLES = frozenset(
    {
        "RULE_RM_URL",
        "RULE_RM_TIMEOUT",
        "RULE_RM_RETRY_SECONDS",
        "RULE_RM_MODEL_KEY",
        "RULE_RM_SANDBOX_PROBE",
        "RULE_RM_SANDBOX_SOCKET",
        "RULE_RM_SHARED_DATA",
        "RULE_RM_JUDGED_ROLLOUTS",
    }
)
"""Variables with the prefix that are no settings: of the integrations, of processes, of tests."""
_FREE_PREFIX = "RULE_RM_TEST_"
TURNS = ("first", "last", "all")
THINK_PREFILLED = (AUTO, "yes", "no")


def _setting(default: Any, text: str, env: str | None = None, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"help": text, "env": env, "secret": secret})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set. Raises ConfigurationError for a value that can't be meant."""

    reward_type: str = _setting(
        "math_verifier", "the reward function to score with; several are added up", "REWARD_TYPE"
    )
    reward_weights: tuple[str, ...] = _setting((), "the weight of each reward type, if there are several")
    reward_config: str | None = _setting(
        None, "a YAML file with a mixture of rewards: weights, gates, bounds, routes by data source"
    )
    reward_option: tuple[str, ...] = _setting(
        (), "NAME=VALUE, or REWARD.NAME=VALUE if there are several: an option of a reward; may be repeated"
    )
    reward_file: tuple[str, ...] = _setting(
        (), "a Python file with reward functions of your own; may be repeated"
    )
    host: str = _setting("127.0.0.1", "the address to listen on", "REWARD_HOST")
    port: int = _setting(6000, "the port to listen on; 0 takes a free one", "REWARD_PORT")
    token: str | None = _setting(
        None,
        "what a request must carry; a command line can be seen by others, the variable less",
        secret=True,
    )
    token_file: str | None = _setting(None, "a file that holds the token")
    dataset: str | None = _setting(
        None,
        "the golden dataset: JSON, JSONL, CSV, Parquet, or a directory saved by datasets",
        "DATASET_PATH",
    )
    question_key: str = _setting("question", "the key of the question in the golden dataset")
    answer_key: str = _setting("answer", "the key of the golden answer in the golden dataset")
    fuzzy_threshold: float = _setting(
        0.95, "the least similarity, 0 to 1, at which a prompt counts as a golden question"
    )
    chat_template: str = _setting(
        AUTO, f"how prompt and response stand in one text: one of {', '.join(CHAT_TEMPLATES)}"
    )
    think_prefilled: str = _setting(
        "auto", "whether the prompt already opened <think>: auto (told by its end), yes or no"
    )
    end_token: tuple[str, ...] = _setting(
        (), "a token of your model that ends its turn, if its template is not known; may be repeated"
    )
    turns: str = _setting(
        "first", "which turns of a text with several are scored: first, last or all; messages: last, or all"
    )
    unscored_reward: float = _setting(
        0.0, "the number sent for an unscored rollout to trainers that need a number"
    )
    workers: int = _setting(os.cpu_count() or 1, "worker processes that score side by side")
    rollout_timeout: float = _setting(2.0, "seconds that one rollout may take before its worker is killed")
    request_timeout: float = _setting(
        90.0, "seconds after which a request is answered with what is scored; keep it below the trainer's"
    )
    worker_memory_mb: int = _setting(1024, "MiB that a worker may allocate while it scores")
    sandbox: str = _setting(
        "auto", "where programs run: auto, the name of a backend, or the URL of a SandboxFusion server"
    )
    allow_weak_sandbox: bool = _setting(
        False, "start even if nothing but resource limits holds programs on this machine"
    )
    serve_sandbox: bool = _setting(False, "answer /run_code, /test_program and /test_program_stdio as well")
    judge_url: tuple[str, ...] = _setting(
        (), "the URL of a server with an OpenAI interface that judges; several share the load"
    )
    judge_model: str | None = _setting(None, "the name of the judge's model on that server")
    judge_template: str = _setting(
        "reference", "a template of the package, or the path of your own, to ask the judge"
    )
    judge_api_key_env: str = _setting(
        "JUDGE_API_KEY", "the name of the environment variable that holds the judge's key"
    )
    max_pending: int = _setting(
        16384, "rollouts that may wait for a worker; beyond it requests are answered with 503"
    )
    max_request_mb: float = _setting(64.0, "MiB that one request may have")
    output_dir: str | None = _setting(
        None, "a directory that keeps the log as well, as reward_server_PORT.log", "OUTPUT_DIR"
    )
    log_level: str = _setting("INFO", f"one of {', '.join(LOG_LEVELS)}")

    def __post_init__(self) -> None:
        checks = (
            ("port", 0 <= self.port <= 65535, "from 0 to 65535"),
            ("fuzzy_threshold", 0 < self.fuzzy_threshold <= 1, "above 0 and at most 1"),
            (
                "chat_template",
                self.chat_template in CHAT_TEMPLATES,
                f"one of {', '.join(CHAT_TEMPLATES)}",
            ),
            (
                "think_prefilled",
                self.think_prefilled in THINK_PREFILLED,
                f"one of {', '.join(THINK_PREFILLED)}",
            ),
            ("end_token", "" not in self.end_token, "a token, not an empty string"),
            ("turns", self.turns in TURNS, f"one of {', '.join(TURNS)}"),
            ("unscored_reward", math.isfinite(self.unscored_reward), "a finite number"),
            ("workers", self.workers >= 1, "at least 1"),
            ("rollout_timeout", 0 < self.rollout_timeout < math.inf, "above 0"),
            ("request_timeout", 0 < self.request_timeout < math.inf, "above 0"),
            ("worker_memory_mb", self.worker_memory_mb >= 64, "at least 64"),
            ("max_pending", self.max_pending >= 1, "at least 1"),
            ("max_request_mb", 0 < self.max_request_mb < math.inf, "above 0"),
            ("log_level", self.log_level in LOG_LEVELS, f"one of {', '.join(LOG_LEVELS)}"),
        )
        for name, good, wanted in checks:
            if not good:
                raise ConfigurationError(f"{flag(name)} must be {wanted}, not {getattr(self, name)!r}")

    @property
    def reward_types(self) -> tuple[str, ...]:
        """The names in `reward_type`, which stand apart by commas or white space."""
        return tuple(self.reward_type.replace(",", " ").split())

    def as_options(self) -> dict[str, Any]:
        """What was set, for rewards with options of the same names; several values stand in one text."""
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
        """Settings from what was given (texts or values), else from the environment, else the defaults.

        >>> Settings.load({"port": "7000"}, {"REWARD_TYPE": "example_math"}).reward_type
        'example_math'
        """
        unknown = set(given) - {setting.name for setting in fields(cls)}
        if unknown:
            raise ConfigurationError(f"there is no setting {', '.join(sorted(unknown))}")
        _check_variables(environ)
        values = {}
        for setting in fields(cls):
            if setting.name in given:
                values[setting.name] = _convert(setting, given[setting.name], flag(setting.name))
            elif (variable := env_name(setting)) in environ:
                values[setting.name] = _convert(setting, environ[variable], variable)
        if values.get("reward_config") is not None:
            values.setdefault("reward_type", "mixture")
        return cls(**values)


def flag(name: str) -> str:
    """The command-line option of a setting: `reward_type` is `--reward-type`."""
    return "--" + name.replace("_", "-")


def env_name(setting: Field[Any]) -> str:
    """The environment variable of a setting: the traditional one, else RULE_RM_ and its name."""
    return setting.metadata["env"] or _PREFIX + setting.name.upper()


def _check_variables(environ: Mapping[str, str]) -> None:
    """Raise ConfigurationError for a RULE_RM_ variable that nothing reads: it is misspelt."""
    known = {env_name(setting) for setting in fields(Settings)} | OTHER_VARIABLES
    known.add(environ.get("RULE_RM_JUDGE_API_KEY_ENV", ""))
    for name in environ:
        if name.startswith(_PREFIX) and not name.startswith(_FREE_PREFIX) and name not in known:
            nearest = get_close_matches(name, known, 1)
            hint = f"; did you mean {nearest[0]}?" if nearest else ""
            raise ConfigurationError(f"nothing reads the environment variable {name}{hint}")


def _convert(setting: Field[Any], value: Any, where: str) -> Any:
    """The value in the type of the setting's default; several values in a text stand apart by commas."""
    if isinstance(setting.default, tuple):
        return tuple(part for part in value.split(",") if part) if isinstance(value, str) else tuple(value)
    if isinstance(value, (list, tuple)):
        return ",".join(value)
    if isinstance(setting.default, bool):
        if str(value).lower() not in _BOOLEANS:
            raise ConfigurationError(f"{where} must be true or false, not {value!r}")
        return _BOOLEANS[str(value).lower()]
    if isinstance(setting.default, (int, float)) and not isinstance(value, type(setting.default)):
        try:
            return type(setting.default)(value)
        except (TypeError, ValueError):
            kind = "a whole number" if isinstance(setting.default, int) else "a number"
            raise ConfigurationError(f"{where} must be {kind}, not {value!r}") from None
    return value
