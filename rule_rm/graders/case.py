"""The item and the sample that a grader sees, its means, and the ways in which it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rule_rm.errors import InternalError
from rule_rm.judge.client.question import Question, Reply
from rule_rm.messages.said import tool_calls
from rule_rm.messages.turns import split_thinking
from rule_rm.structured.strict import strict_json
from rule_rm.types import Rollout, Status


class GradingError(InternalError):
    """A grader gives no score. `flag` is the name of OpenAI's error flag, `status` ours."""

    def __init__(self, flag: str, message: str, status: Status) -> None:
        super().__init__(message)
        self.flag = flag
        self.status = status


@dataclass(frozen=True, slots=True)
class Case:
    """One response to grade, and the row of the dataset that it answers."""

    item: Mapping[str, Any]
    sample: Mapping[str, Any]

    @classmethod
    def of_text(
        cls, text: str, item: Mapping[str, Any], calls: list[Mapping[str, Any]] | None = None
    ) -> Case:
        """Return the case of an output. `output_json` is there if the text is JSON."""
        message = {"role": "assistant", "content": text, "tool_calls": calls or []}
        sample: dict[str, Any] = {
            "output_text": text,
            "output_tools": calls or [],
            "choices": [{"index": 0, "message": message}],
        }
        try:
            sample["output_json"] = strict_json(text)
        except ValueError:
            return cls(item, sample)
        return cls(item, sample)

    @classmethod
    def of_rollout(cls, rollout: Rollout) -> Case:
        """Return the case of a rollout, without its thinking; a golden object gives the item its fields."""
        golden = rollout.ground_truth
        item = {
            "prompt": rollout.prompt,
            "messages": list(rollout.messages or ({"role": "user", "content": rollout.prompt},)),
            "reference_answer": golden,
            "ground_truth": golden,
            "answer": golden,
            **rollout.extra_info,
            **(golden if isinstance(golden, Mapping) else {}),
        }
        return cls.of_text(
            without_thinking(rollout.response).strip(), item, tool_calls(rollout.completion or ())
        )


def without_thinking(text: str) -> str:
    """Return what an output says after its thinking; nothing if its thinking never ends.

    >>> without_thinking("<think>2 + 2</think>4"), without_thinking("4 "), without_thinking("<think>4")
    ('4', '4 ', '')
    """
    split = split_thinking(text)
    return split[1] if split else ""


@dataclass(frozen=True, slots=True)
class Means:
    """The judge and the sandbox of a grader; None for a missing one."""

    until: float
    """The monotonic time by which the grade must be there."""
    ask: Callable[[str, Question, float], Reply] | None = None
    """Asks the model of this name."""
    sandbox: str | None = None
    """The address of the sandbox."""
    seconds: float = 10.0
    """Seconds that one program may take."""


@dataclass(slots=True)
class Grade:
    """The reward of one grader, and those of its parts."""

    reward: float
    parts: dict[str, float] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    """Error flags of OpenAI that do not keep it from being a grade, each with its message."""
    status: Status = Status.OK
    tokens: dict[str, int] = field(default_factory=dict)
    """Tokens by model."""
    explanation: str = ""
