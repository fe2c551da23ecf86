"""A scored request, and the parcel of plain values in which it goes to the process that writes.

A parcel is made as soon as its request is scored, while all of it is in the processor's cache. The objects of
the request are freed then. That cost is all that the journal adds to a request.
"""

from __future__ import annotations

import json
import marshal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from rule_rm.types import Rollout, Score

STEPS = ("step", "global_step", "global_steps", "training_step", "rollout_step")
"""Keys under which trainers send the step of the training."""
NO_SOURCE = ""
"""The data source of a rollout that was sent without one."""
CONFIRMED = "confirmed"
"""The component of a response that was scored again: 1 if it is paid once more, else 0."""
RECHECKED = "(scored again)"
"""The data source of responses that were scored again."""
_MOST_STEP = 2**62
_ENCODER = json.JSONEncoder(ensure_ascii=False)


class Lookup(Protocol):
    """How the golden answer of a rollout was found."""

    @property
    def tier(self) -> Any:
        """The tier of the lookup, an Enum of strings."""

    @property
    def similarity(self) -> float:
        """The similarity of prompt and question, 0 to 1."""


class Sender(NamedTuple):
    """The origin of a request."""

    client: str | None = None
    """The name of the token that it carries; None without one."""
    request_id: str | None = None
    """Its id in the log."""
    traceparent: str | None = None
    """The trace that it belongs to, as its header says; None without one."""


NOBODY = Sender()


@dataclass(frozen=True, slots=True)
class Scored:
    """A request that was scored."""

    reward_type: str
    rollouts: Sequence[Rollout]
    scores: Sequence[Score]
    lookups: Sequence[Lookup] = ()
    """How each golden answer was found; empty if it was not looked up."""
    seconds: float = 0.0
    """Seconds from the arrival of the request to its scores."""
    stages: Mapping[str, float] = field(default_factory=dict)
    """Seconds of each stage of the request."""
    time: float = 0.0
    """The time at which it was scored, in seconds since the epoch."""
    step: Any = None
    """The step of the training that the request itself names."""
    version: str = ""
    """The version of the reward function."""
    sender: Sender = NOBODY
    kind: str = "worker"
    """The scorer of its rollouts: `worker`, `sandbox` or `resident`."""
    ended: Mapping[int, float] = field(default_factory=dict)
    """Seconds since each score came in, by the place of the rollout; none of those decided at once."""


class Member(NamedTuple):
    """One rollout of a request, as plain values."""

    prompt: str
    ground_truth: str
    response: str
    source: str
    step: int | None
    reward: float | None
    status: str
    answer: str | None
    explanation: str | None
    metrics: dict[str, float]
    tier: str | None
    """How the golden answer was found; None if it was not looked up, as is the similarity."""
    similarity: float | None


class Parcel(NamedTuple):
    """A scored request, as plain values."""

    time: float
    reward_type: str
    seconds: float
    stages: dict[str, float]
    version: str
    client: str | None
    request_id: str | None
    members: list[Member]
    packed: bytes
    """All of it, as it was packed. Each text is in it once, as UTF-8."""


def pack(scored: Scored) -> bytes:
    """Return a request as the bytes of its parcel."""
    content = (
        scored.time,
        scored.reward_type,
        scored.seconds,
        dict(scored.stages),
        scored.version,
        scored.sender.client,
        scored.sender.request_id,
        _members(scored),
    )
    try:
        return marshal.dumps(content)
    except ValueError:
        return marshal.dumps((*content[:-1], [_plain(Member(*one)) for one in content[-1]]))


def unpack(data: bytes) -> Parcel:
    """Return the parcel of these bytes."""
    # A member is a plain tuple in it: a name for each of its fields would take as long as the rest.
    return Parcel._make((*marshal.loads(data), data))  # noqa: S302 - they are this program's own


def _members(scored: Scored) -> list[tuple[Any, ...]]:
    step = _step(scored.step)
    lookups: Sequence[Lookup | None] = scored.lookups or [None] * len(scored.scores)
    return [
        (
            rollout.prompt,
            _as_text(rollout.ground_truth),
            rollout.response,
            rollout.data_source or NO_SOURCE,
            _own_step(rollout.extra_info, step) if rollout.extra_info else step,
            score.reward,
            score.status._value_,
            score.answer,
            score.explanation if score.question is None else _explained(score),
            score.metrics if type(score.metrics) is dict else dict(score.metrics),
            # The attribute behind `value`, at a tenth of its cost.
            lookup and lookup.tier._value_,
            lookup and lookup.similarity,
        )
        for rollout, score, lookup in zip(scored.rollouts, scored.scores, lookups, strict=True)
    ]


def _plain(member: Member) -> tuple[Any, ...]:
    """Return a member with numbers and strings of other libraries as those of Python."""
    return tuple(
        member._replace(
            reward=None if member.reward is None else float(member.reward),
            answer=None if member.answer is None else str(member.answer),
            explanation=None if member.explanation is None else str(member.explanation),
            metrics={str(name): float(value) for name, value in member.metrics.items()},
        )
    )


def _explained(score: Score) -> str:
    """Return the explanation, with the question to a judge and its reply."""
    return f"{score.explanation}\n\nThe judge was asked:\n{score.question}\n\nIt replied:\n{score.reply}"


def _own_step(sent: Mapping[str, Any], of_request: int | None) -> int | None:
    """Return the step that the trainer sent with the rollout, else with the request."""
    for name in STEPS:
        if name in sent and (found := _step(sent[name])) is not None:
            return found
    return of_request


def _step(value: Any) -> int | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _MOST_STEP:
        return int(value)
    return None


def _as_text(ground_truth: Any) -> str:
    if type(ground_truth) is str:
        return ground_truth
    if ground_truth is None or isinstance(ground_truth, str):
        return str(ground_truth or "")
    try:
        return _ENCODER.encode(dict(ground_truth) if isinstance(ground_truth, Mapping) else ground_truth)
    except (TypeError, ValueError, RecursionError):
        return str(type(ground_truth))
