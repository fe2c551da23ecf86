"""The types that everything flows through: a rollout comes in, a score goes out.

The blame rule lives here. A mistake of the model is a reward, usually 0. A failure of ours is *unscored*,
with the reward None: no golden answer, a crash of a reward function, a request that timed out. A
`Score` whose status and reward contradict each other can't be built.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from operator import attrgetter
from typing import Any


class Status(str, Enum):
    """How a score came about. The first group are verdicts; the second are ours, and unscored."""

    OK = "ok"
    """The rule ran, and the response has a reward."""
    NO_ANSWER = "no_answer"
    """There is nothing in the response that could be an answer."""
    WRONG_FORMAT = "wrong_format"
    """The response breaks the required format."""
    REFUSED = "refused"
    """The answer is too large to be verified; no time was spent on it."""
    TIMEOUT = "timeout"
    """Verifying the answer took more time or memory than one rollout may take."""

    NO_GROUND_TRUTH = "no_ground_truth"
    """Neither the request nor the golden dataset has a golden answer."""
    BAD_GROUND_TRUTH = "bad_ground_truth"
    """The golden answer can't be read."""
    SKIPPED = "skipped"
    """The reward function chose not to score this rollout."""
    ERROR = "error"
    """The reward function raised an exception or returned no usable number."""
    CRASH = "crash"
    """The worker died, twice, while it scored this rollout."""
    EXPIRED = "expired"
    """The request's time was over before this rollout was scored."""
    UNAVAILABLE = "unavailable"
    """A judge, a model, a sandbox or a worker that the reward needs was not available."""
    NO_VERDICT = "no_verdict"
    """The judge answered, but without a reliable verdict."""

    @property
    def is_scored(self) -> bool:
        """True if a score of this status has a reward; False if it is unscored."""
        return self not in _UNSCORED


_UNSCORED = frozenset(
    {
        Status.NO_GROUND_TRUTH,
        Status.BAD_GROUND_TRUTH,
        Status.SKIPPED,
        Status.ERROR,
        Status.CRASH,
        Status.EXPIRED,
        Status.UNAVAILABLE,
        Status.NO_VERDICT,
    }
)


@dataclass(frozen=True, slots=True)
class Rollout:
    """One response of the policy, with all that is needed to score it."""

    prompt: str
    response: str
    """The text of the policy, chat markers and special tokens already stripped."""
    ground_truth: Any = None
    """The reference; None until the golden dataset is asked."""
    data_source: str | None = None
    extra_info: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None
    """The whole conversation as the trainer sent it, markers and all; None if it did not come as one text."""
    messages: tuple[Mapping[str, Any], ...] | None = None
    """The conversation before the response as chat messages; None if the trainer sent none."""
    completion: tuple[Mapping[str, Any], ...] | None = field(default=None, compare=False)
    """The messages of the response, with reasoning and tool calls; None if it came as one text."""
    group: tuple[Rollout, ...] | None = None
    """All responses to the prompt, this one among them, for rewards that see a group; None for any other."""

    def with_ground_truth(self, ground_truth: Any) -> Rollout:
        """Return the rollout with another reference, at a quarter of the cost of `dataclasses.replace`."""
        values = list(_values(self))
        values[_GROUND_TRUTH] = ground_truth
        return Rollout(*values)


_NAMES = tuple(one.name for one in fields(Rollout))
_values = attrgetter(*_NAMES)
"""Returns the values of all fields, in the order of the constructor."""
_GROUND_TRUTH = _NAMES.index("ground_truth")


@dataclass(frozen=True, slots=True)
class Score:
    """The reward of a rollout, and the reason for it.

    Raises ValueError if a number is NaN or infinite, or if reward and status contradict each other.
    """

    reward: float | None
    """None: unscored."""
    status: Status = Status.OK
    answer: str | None = None
    """The answer that was extracted from the response."""
    explanation: str | None = None
    """One sentence for a person."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """The components of the reward, under the names that the reward function was registered with."""
    summands: Mapping[str, float] = field(default_factory=dict)
    """The parts that a mixture adds up, weights applied; empty for any other reward."""
    members: tuple[Score, ...] = ()
    """The scores of the members, if this is the score of a group."""
    question: str | None = None
    """The question to a judge, word for word; None if none was asked, or if its option `explain` is off."""
    reply: str | None = None
    """The judge's whole reply; None if none was asked."""
    seconds: float | None = field(default=None, compare=False)
    """Seconds that a worker, a judge or a model took; None if the rollout was decided at once."""

    def __post_init__(self) -> None:
        if (self.reward is not None) is not self.status.is_scored:
            raise ValueError(f"a score of status {self.status.value!r} can't have the reward {self.reward!r}")
        if self.reward is not None and not math.isfinite(self.reward):
            raise ValueError(f"a reward must be a finite number, not {self.reward!r}")
        for name, value in self.metrics.items():
            if not math.isfinite(value):
                raise ValueError(f"the metric {name!r} must be a finite number, not {value!r}")

    @classmethod
    def unscored(cls, status: Status, explanation: str, answer: str | None = None) -> Score:
        """Return a score without a reward: something on our side kept us from scoring."""
        return cls(None, status, answer, explanation)
