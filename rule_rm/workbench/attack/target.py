"""The material of a family: one row, its right answer, wrong ones, and the form that the reward pays for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rule_rm.types import Rollout
from rule_rm.workbench.forms import Form
from rule_rm.workbench.right_answers import Kind


@dataclass(frozen=True, slots=True)
class Target:
    """A row to attack."""

    place: str
    """The file and line of the row, or its name."""
    rollout: Rollout
    """The prompt and the ground truth; its response is empty."""
    kind: Kind
    right: str
    """A right answer without marks."""
    wrong: str
    other: str
    """A second wrong answer."""
    form: Form
    names: tuple[str, ...] = ()
    """Further right answers, such as the text of the right choice."""
    row: Mapping[str, Any] = field(default_factory=dict)
    """All columns of the row."""

    def states(self, response: str) -> bool:
        """Return True if a response has a right answer in it, as a word of its own."""
        # Not `\b`: an answer may begin or end with a sign.
        found = (rf"(?<!\w){re.escape(text)}(?!\w)" for text in (self.right, *self.names) if text)
        return any(re.search(pattern, response, re.IGNORECASE) for pattern in found)

    @property
    def prompt(self) -> str:
        """The prompt as text."""
        return self.rollout.prompt

    def say(self, answer: str) -> str:
        """Return a whole response that states the answer in the reward's form."""
        return self.form.say(answer)

    def mark(self, answer: str) -> str:
        """Return the answer within the marks of the reward's form."""
        return self.form.mark(answer)

    def frame(self, text: str) -> str:
        """Return a whole response that states a text without the marks."""
        return self.form.frame(text)


@dataclass(frozen=True, slots=True)
class Case:
    """One hack of one row: it succeeds if every one of its responses is paid.

    A hedge has two responses, one for either order. A reward that takes the last answer pays one of them,
    which is no more than a guess is worth; a reward with a hole pays both.
    """

    what: str
    """The name of the variant."""
    responses: tuple[str, ...]
