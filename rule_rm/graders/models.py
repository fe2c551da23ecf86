"""score_model and label_model: a judge is asked by the messages of the grader."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rule_rm.errors import ConfigurationError, JudgeError
from rule_rm.graders.case import Case, Grade, GradingError, Means
from rule_rm.graders.filling import check_slots, filled
from rule_rm.graders.keys import MESSAGE, PART, check_keys
from rule_rm.judge.client.question import Question, Reply
from rule_rm.judge.prompting.injection import neutralised
from rule_rm.judge.reading.menu import Menu
from rule_rm.messages.turns import split_thinking
from rule_rm.structured.strict import strict_json
from rule_rm.types import Status

_ROLES = {"user": "user", "assistant": "assistant", "system": "system", "developer": "system"}
_SHOWN = 200
"""Characters of a reply that an error shows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The model of a grader and the messages that it gets."""

    name: str
    model: str
    messages: Sequence[Mapping[str, Any]]
    temperature: float = 0.0
    max_tokens: int = 2048

    def __post_init__(self) -> None:
        where = f"grader {self.name!r}"
        if not self.messages:
            raise ConfigurationError(f"{where}: input must be a list of messages")
        for message in self.messages:
            if not isinstance(message, Mapping) or message.get("role") not in _ROLES:
                raise ConfigurationError(f"{where}: each message needs a role, one of {', '.join(_ROLES)}")
            check_keys(message, MESSAGE, f"{where}: a message")
            for part in _parts(message.get("content"), where):
                check_slots(part.get("text", ""), where)

    def reply(self, case: Case, means: Means, wanted: str, schema: Mapping[str, Any]) -> Reply:
        """Return the model's reply. Raises GradingError if there is none."""
        if means.ask is None:
            raise GradingError(
                "model_grader_server_error",
                "there is no judge: start the server with --judge-url",
                Status.UNAVAILABLE,
            )
        messages = [self._filled(message, case) for message in self.messages]
        first = messages[0]
        if first["role"] == "system" and isinstance(first["content"], str):
            messages[0] = {**first, "content": f"{first['content']}\n\n{wanted}"}
        else:
            messages.insert(0, {"role": "system", "content": wanted})
        question = Question(
            messages=tuple(messages),
            json_schema=schema,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            purpose="grader",
        )
        try:
            reply = means.ask(self.model, question, means.until)
        except JudgeError as error:
            raise GradingError("model_grader_server_error", str(error), Status.UNAVAILABLE) from None
        if reply.finish_reason != "stop":
            raise GradingError(
                "model_grader_parse_error", f"the reply ended with {reply.finish_reason}", Status.NO_VERDICT
            )
        return reply

    def _filled(self, message: Mapping[str, Any], case: Case) -> dict[str, Any]:
        def clean(text: str) -> str:
            return neutralised(text, Menu())

        parts = [
            {**part, "text": filled(part["text"], case, clean)} if part["type"] == "text" else part
            for part in _parts(message.get("content"), self.name)
        ]
        if all(part["type"] == "text" for part in parts):
            return {"role": _ROLES[message["role"]], "content": "\n".join(part["text"] for part in parts)}
        return {"role": _ROLES[message["role"]], "content": parts}


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """A number within a range, as the model says."""

    name: str
    asked: Asked
    least: float = 0.0
    most: float = 1.0

    def grade(self, case: Case, means: Means) -> Grade:
        """Return the model's score. Raises GradingError if its reply has none within the range."""
        wanted = (
            f'Reply with a JSON object: {{"reasoning": string, "result": number}}. '
            f"result is your score, from {self.least:g} to {self.most:g}."
        )
        schema = _schema("result", {"type": "number"})
        reply = self.asked.reply(case, means, wanted, schema)
        value = _value(reply, "result")
        if isinstance(value, str):
            value = _number(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _unread(reply)
        if not self.least <= value <= self.most:
            raise GradingError(
                "model_grader_parse_error",
                f"the score {value:g} is not within {self.least:g} to {self.most:g}",
                Status.NO_VERDICT,
            )
        return Grade(float(value), tokens=_tokens(self.asked.model, reply))


@dataclass(frozen=True, slots=True)
class LabelModel:
    """1 if the model's label is one of the passing ones, else 0."""

    name: str
    asked: Asked
    labels: tuple[str, ...]
    passing: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.labels or not self.passing or not set(self.passing) <= set(self.labels):
            raise ConfigurationError(
                f"grader {self.name!r}: passing_labels must be some of the labels {', '.join(self.labels)}"
            )

    def grade(self, case: Case, means: Means) -> Grade:
        """Return 1.0 or 0.0. Raises GradingError if the reply has no label."""
        names = ", ".join(json.dumps(label, ensure_ascii=False) for label in self.labels)
        wanted = (
            f'Reply with a JSON object: {{"reasoning": string, "label": string}}. label is one of {names}.'
        )
        schema = _schema("label", {"type": "string", "enum": list(self.labels)})
        reply = self.asked.reply(case, means, wanted, schema)
        label = _value(reply, "label")
        if label not in self.labels:
            raise _unread(reply)
        return Grade(
            float(label in self.passing), tokens=_tokens(self.asked.model, reply), explanation=str(label)
        )


def _parts(content: Any, where: str) -> list[dict[str, Any]]:
    """Return a content as parts of the chat API. Raises ConfigurationError if it can't be one."""
    given = content if isinstance(content, list) else [content]
    parts: list[dict[str, Any]] = []
    for part in given:
        if isinstance(part, Mapping) and part.get("type") != "input_audio":
            check_keys(part, PART, f"{where}: a content")
        if isinstance(part, str):
            parts.append({"type": "text", "text": part})
        elif isinstance(part, Mapping) and isinstance(part.get("text"), str):
            parts.append({"type": "text", "text": part["text"]})
        elif isinstance(part, Mapping) and part.get("type") == "input_image":
            parts.append({"type": "image_url", "image_url": {"url": part.get("image_url")}})
        else:
            raise ConfigurationError(f"{where}: a content must be text or input_image, not {part!r:.80}")
    return parts


def _schema(name: str, kind: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"reasoning": {"type": "string"}, name: dict(kind)},
        "required": ["reasoning", name],
        "additionalProperties": False,
    }


def _value(reply: Reply, key: str) -> Any:
    """Return the value of a key, if the whole reply is an object that has it; else the reply's text."""
    split = split_thinking(reply.text)
    if split is None:
        raise _unread(reply)
    text = split[1].strip()
    bare = text.removeprefix("```json").removeprefix("```").removesuffix("```").strip()
    try:
        value = strict_json(bare)
    except ValueError:
        return bare
    return value[key] if isinstance(value, Mapping) and key in value else value


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number == number else None


def _unread(reply: Reply) -> GradingError:
    return GradingError(
        "model_grader_parse_error", f"the reply has no score: {reply.text[:_SHOWN]!r}", Status.NO_VERDICT
    )


def _tokens(model: str, reply: Reply) -> dict[str, int]:
    return {model: reply.prompt_tokens + reply.completion_tokens}
