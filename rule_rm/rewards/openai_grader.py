"""`openai_grader`: the reward of a grader in OpenAI's JSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.graders.asking import Judges
from rule_rm.graders.case import Case, GradingError, Means
from rule_rm.graders.reading import graded, models_of, needs_sandbox, read_grader
from rule_rm.registry import register
from rule_rm.registry.resident import Ask, Resident
from rule_rm.structured.strict import strict_json
from rule_rm.types import Rollout, Score


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenaiGraderOptions:
    """The options of `openai_grader`."""

    grader: str = ""
    """The JSON file of the grader, or the JSON itself."""
    judge_url: str = ""
    judge_model: str = ""
    """The model to ask instead of the one that the grader names; "" means that one."""
    judge_api_key_env: str = "JUDGE_API_KEY"
    timeout: float = 60.0
    """Seconds that one question to the model may take."""
    python_timeout: float = 10.0
    """Seconds that a python grader may take; a response that needs more earns 0."""


@register("openai_grader", summary="the reward of a grader in OpenAI's JSON", metrics=())
class OpenaiGrader(Resident):
    """The reward of a grader in OpenAI's JSON: texts, models, python, or several by a formula.

    The parts of a multigrader are the metrics, by their names. The item has the fields of the row and, where
    the golden answer is an object, its fields; `item.reference_answer` is the golden answer.
    """

    def __init__(self, options: OpenaiGraderOptions) -> None:
        """Read the grader. Raises ConfigurationError if it can't be used."""
        if not options.grader:
            raise ConfigurationError("openai_grader needs its file: --reward-option grader=grader.json")
        self._options = options
        self._grader = read_grader(_read(options.grader))
        self.needs = ("sandbox",) if needs_sandbox(self._grader) else ()
        models = models_of(self._grader)
        if models and not options.judge_url:
            raise ConfigurationError(
                f"{options.grader} asks the model {', '.join(sorted(models))}: say where it is, --judge-url http://HOST:PORT/v1"
            )
        self._judges = Judges(
            options.judge_url, options.judge_model, options.judge_api_key_env, options.timeout
        )

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        """Return the reward of one rollout."""
        means = Means(ask.until, self._judges.ask, ask.sandbox, self._options.python_timeout)
        try:
            grade = graded(self._grader, Case.of_rollout(rollout), means)
        except GradingError as error:
            return Score.unscored(error.status, f"{error.flag}: {error}")
        shown = grade.explanation or ", ".join(f"{name} {part:g}" for name, part in grade.parts.items())
        return Score(grade.reward, grade.status, None, shown or None, grade.parts)

    def state(self) -> dict[str, Any]:
        """Return the grader's name and the counts of each model."""
        return {"grader": self._grader.name, "models": self._judges.state()}

    def close(self) -> None:
        """Ask no model any more."""
        self._judges.close()


def _read(path: str) -> Any:
    try:
        if path.lstrip().startswith("{"):
            return strict_json(path)
        return strict_json(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"grader {path}: {error.strerror}") from None
    except ValueError as error:
        raise ConfigurationError(f"grader {path}: {error}") from None
