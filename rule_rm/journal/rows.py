"""Convert a scored request to rows of the database, without secrets and within bounds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from rule_rm.redaction import redact
from rule_rm.types import Rollout, Score

TEXT_LIMIT = 200_000
"""Characters of one text that are kept: more than a model writes in a usual run, less than a request."""
STEPS = ("step", "global_step", "global_steps", "training_step", "rollout_step")
"""Keys under which trainers send the step of the training."""
NO_SOURCE = ""
"""The data source of a rollout that was sent without one."""
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


class Row(NamedTuple):
    """One rollout as it is kept. A text is None where texts are not kept."""

    time: float
    request: int
    member: int
    """The place in the request."""
    reward_type: str
    source: str
    step: int | None
    question: int
    """The identity of prompt and golden answer, equal for the members of a group."""
    reward: float | None
    status: str
    answer: str | None
    explanation: str | None
    components: str
    tier: str | None
    similarity: float | None
    length: int
    """Characters of the response."""
    seconds: float
    stages: str
    version: str
    prompt: str | None
    ground_truth: str | None
    response: str | None


def rows(scored: Scored, request: int, *, with_texts: bool = True) -> list[Row]:
    """Return the rows of a request; `request` is its number."""
    stages = _json(scored.stages)
    made: list[Row] = []
    asked: tuple[Any, ...] = ()
    prompt = golden = ""
    question = 0
    components: dict[tuple[Any, ...], str] = {}
    for place, (rollout, score) in enumerate(zip(scored.rollouts, scored.scores, strict=True)):
        if not asked or asked != (rollout.prompt, rollout.ground_truth):
            # The members of a group follow each other.
            asked = (rollout.prompt, rollout.ground_truth)
            prompt, golden = clean(rollout.prompt), clean(_as_text(rollout.ground_truth))
            question = _identity(prompt, golden)
        parts = tuple(score.metrics.items())
        if (listed := components.get(parts)) is None:
            listed = components[parts] = _json(score.metrics)
        lookup = scored.lookups[place] if scored.lookups else None
        made.append(
            Row(
                scored.time,
                request,
                place,
                scored.reward_type,
                clean(rollout.data_source)[:200] if rollout.data_source else NO_SOURCE,
                _step(rollout, scored.step),
                question,
                score.reward,
                score.status.value,
                clean(score.answer) if with_texts and score.answer is not None else None,
                clean(_explained(score)) if with_texts and score.explanation is not None else None,
                listed,
                lookup.tier.value if lookup is not None else None,
                lookup.similarity if lookup is not None else None,
                len(rollout.response),
                scored.seconds,
                stages,
                scored.version,
                prompt if with_texts else None,
                golden if with_texts else None,
                clean(rollout.response) if with_texts else None,
            )
        )
    return made


def _explained(score: Score) -> str:
    """Return the explanation, with the question to a judge and its reply where they were asked for."""
    if score.question is None:
        return score.explanation or ""
    return f"{score.explanation}\n\nThe judge was asked:\n{score.question}\n\nIt replied:\n{score.reply}"


def clean(text: str) -> str:
    r"""Return a text without secrets, as a database can keep it: cut, and without lone surrogates.

    >>> clean("\ud83d!")
    '\\ud83d!'
    """
    if len(text) > TEXT_LIMIT:
        text = f"{text[:TEXT_LIMIT]}\n… ({len(text)} characters)"
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-8", "backslashreplace").decode()
    return redact(text)


def _step(rollout: Rollout, of_request: Any) -> int | None:
    """Return the step that the trainer sent with the rollout, else with the request."""
    sent = rollout.extra_info
    found = [sent[name] for name in STEPS if name in sent] if sent else []
    for value in (*found, of_request):
        if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _MOST_STEP:
            return int(value)
    return None


def _as_text(ground_truth: Any) -> str:
    if ground_truth is None or isinstance(ground_truth, str):
        return ground_truth or ""
    return _json(ground_truth)


def _json(value: Any) -> str:
    try:
        return _ENCODER.encode(dict(value) if isinstance(value, Mapping) else value)
    except (TypeError, ValueError, RecursionError):
        return str(type(value))


def _identity(prompt: str, golden: str) -> int:
    """Return a number for a prompt and its golden answer, that fits into a column of integers."""
    digest = hashlib.blake2b(f"{len(prompt)} {prompt}{golden}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
