"""Read a grader from its JSON, and grade by several of them with a formula."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from rule_rm.errors import ConfigurationError
from rule_rm.graders.case import Case, Grade, GradingError, Means
from rule_rm.graders.filling import OutputNotJsonError
from rule_rm.graders.formula import Formula, FormulaError
from rule_rm.graders.keys import GRADERS, SAMPLING, check_grader, check_keys
from rule_rm.graders.models import Asked, LabelModel, ScoreModel
from rule_rm.graders.programs import PythonGrader
from rule_rm.graders.texts import StringCheck, TextSimilarity
from rule_rm.settings.reading import did_you_mean
from rule_rm.types import Status

TYPES = tuple(GRADERS)
MOST = 50
"""Graders of a multigrader."""


class Grader(Protocol):
    """Any grader."""

    @property
    def name(self) -> str:
        """Its name."""

    def grade(self, case: Case, means: Means) -> Grade:
        """Return the grade of a case. Raises GradingError if there is none."""


@dataclass(frozen=True, slots=True)
class Multi:
    """Several graders, and the formula that makes one reward of theirs."""

    name: str
    graders: Mapping[str, Grader]
    formula: Formula

    def grade(self, case: Case, means: Means) -> Grade:
        """Return the value of the formula. Raises GradingError if it, or a grader, has none."""
        total = Grade(0.0)
        for name, grader in self.graders.items():
            part = graded(grader, case, means)
            total.parts[name] = part.reward
            total.flags |= part.flags
            for model, tokens in part.tokens.items():
                total.tokens[model] = total.tokens.get(model, 0) + tokens
        try:
            total.reward = self.formula.value(total.parts)
        except FormulaError as error:
            raise GradingError("formula_parse_error", str(error), Status.ERROR) from None
        return total


def graded(grader: Grader, case: Case, means: Means) -> Grade:
    """Return the grade of a case; 0 if the output lacks the JSON that the grader reads."""
    try:
        return grader.grade(case, means)
    except OutputNotJsonError as error:
        return Grade(0.0, flags={error.flag: str(error)}, status=error.status, explanation=str(error))


def needs_sandbox(grader: Grader) -> bool:
    """Return True if a part of the grader runs in the sandbox."""
    if isinstance(grader, Multi):
        return any(map(needs_sandbox, grader.graders.values()))
    return isinstance(grader, PythonGrader)


def models_of(grader: Grader) -> set[str]:
    """Return the names of the models that a grader asks."""
    if isinstance(grader, Multi):
        return {model for part in grader.graders.values() for model in models_of(part)}
    return {grader.asked.model} if isinstance(grader, (ScoreModel, LabelModel)) else set()


def read_grader(given: Any, *, is_part: bool = False) -> Grader:
    """Return a grader from OpenAI's JSON. Raises ConfigurationError if a field is wrong."""
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"a grader must be an object, not {type(given).__name__}")
    kind = given.get("type")
    if kind not in TYPES:
        hint = did_you_mean(str(kind), TYPES)
        raise ConfigurationError(
            f"the type of a grader must be one of {', '.join(TYPES)}, not {kind!r}{hint}"
        )
    check_grader(given, kind)
    name = _string(given, "name", kind)
    if kind == "string_check":
        return StringCheck(name, *(_string(given, key, name) for key in ("input", "reference", "operation")))
    if kind == "text_similarity":
        keys = ("input", "reference", "evaluation_metric")
        return TextSimilarity(name, *(_string(given, key, name) for key in keys))
    if kind == "python":
        return PythonGrader(name, _string(given, "source", name))
    if kind == "multi":
        if is_part:
            raise ConfigurationError(f"grader {name!r}: a multigrader can't be part of another")
        return _multi(given, name)
    asked = _asked(given, name)
    if kind == "label_model":
        labels = _strings(given, "labels", name)
        return LabelModel(name, asked, labels, _strings(given, "passing_labels", name))
    least, most = _range(given.get("range"), name)
    return ScoreModel(name, asked, least, most)


def _multi(given: Mapping[str, Any], name: str) -> Multi:
    graders = given.get("graders")
    if not isinstance(graders, Mapping) or not 0 < len(graders) <= MOST:
        raise ConfigurationError(
            f"grader {name!r}: graders must be an object of 1 to {MOST} graders, by name"
        )
    parts = {str(key): read_grader(part, is_part=True) for key, part in graders.items()}
    return Multi(name, parts, Formula(_string(given, "calculate_output", name), list(parts)))


def _asked(given: Mapping[str, Any], name: str) -> Asked:
    sampling = given.get("sampling_params") or {}
    if not isinstance(sampling, Mapping):
        raise ConfigurationError(f"grader {name!r}: sampling_params must be an object")
    check_keys(sampling, SAMPLING, f"grader {name!r}: sampling_params")
    tokens = sampling.get("max_completions_tokens") or 2048
    temperature = sampling.get("temperature")
    messages = given.get("input")
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    return Asked(
        name,
        _string(given, "model", name),
        messages if isinstance(messages, list) else [],
        _finite(0.0 if temperature is None else temperature, f"grader {name!r}: temperature"),
        int(_finite(tokens, f"grader {name!r}: max_completions_tokens")),
    )


def _range(given: Any, name: str) -> tuple[float, float]:
    if given is None:
        return 0.0, 1.0
    if not isinstance(given, list) or len(given) != 2:
        raise ConfigurationError(f"grader {name!r}: range must be [least, greatest], not {given!r}")
    least, most = (_finite(bound, f"grader {name!r}: range") for bound in given)
    if least >= most:
        raise ConfigurationError(f"grader {name!r}: range must be [least, greatest], not {given!r}")
    return least, most


def _finite(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ConfigurationError(f"{where} must be a number, not {value!r}")
    return float(value)


def _string(given: Mapping[str, Any], key: str, name: str) -> str:
    value = given.get(key)
    if not isinstance(value, str):
        raise ConfigurationError(f"grader {name!r}: {key} must be a string, not {type(value).__name__}")
    return value


def _strings(given: Mapping[str, Any], key: str, name: str) -> tuple[str, ...]:
    values = given.get(key)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ConfigurationError(f"grader {name!r}: {key} must be a list of strings")
    return tuple(values)
