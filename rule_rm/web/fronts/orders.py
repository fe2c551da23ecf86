"""The messages between the main process, the template of its fronts, and the fronts.

All are pickled: they are processes of one server, with the same code, and none of them runs what a policy
wrote.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, NamedTuple, cast

from rule_rm.golden import Match, Tier
from rule_rm.journal import Scored
from rule_rm.settings import Settings
from rule_rm.types import Rollout, Score, Status

PACKET = 1 << 17
"""Bytes of a packet to or from the template."""
RECORD = 1 << 28
"""Bytes of a frame from a front."""


class Order(NamedTuple):
    """The start of a template."""

    settings: Settings
    fronts: int
    """Fronts that it keeps."""
    connections: int
    """Connections that each of them has at most."""
    listener: int
    """The descriptor of the listening socket, which the template inherits."""
    table: int
    """The descriptor of the table of verdicts."""
    edition: int
    versions: Mapping[str, str]
    """The versions of the rewards in the main process: a front with others must not score."""
    golden: str
    """The version of the golden data, likewise."""
    secrets: frozenset[str]
    """The secrets that no reply and no line of the log may hold."""


class Forked(NamedTuple):
    """The template's message that a front was forked; the channels for clients and records come with it."""

    pid: int


class Failed(NamedTuple):
    """The template's message that it can't load what the main process has."""

    reason: str


class Entered(NamedTuple):
    """A front's message that it scored a request, sent before the reply: the values of its parts.

    They are pickled at a quarter of the cost of the objects.
    """

    request: tuple[Any, ...]
    """All fields, those of the following lists left empty."""
    rollouts: list[tuple[Any, ...]]
    scores: list[tuple[Any, ...]]
    lookups: list[tuple[str, Any, float]]

    @classmethod
    def of(cls, scored: Scored) -> Entered:
        """Return the message about a request."""
        return cls(
            (scored.reward_type, (), (), (), *_after_lookups(scored)),
            [_rollout_values(rollout) for rollout in scored.rollouts],
            [(score.reward, score.status._value_, *_after_status(score)) for score in scored.scores],
            [
                (one.tier._value_, one.ground_truth, one.similarity)
                for one in cast("Sequence[Match]", scored.lookups)
            ],
        )

    def scored(self) -> Scored:
        """Return the request that was scored."""
        values = list(self.request)
        values[1:4] = (
            [Rollout(*one) for one in self.rollouts],
            [Score(one[0], _STATUSES[one[1]], *one[2:]) for one in self.scores],
            [Match(_TIERS[tier], truth, similarity) for tier, truth, similarity in self.lookups],
        )
        return Scored(*values)


_after_lookups = attrgetter(*(one.name for one in fields(Scored)[4:]))
_after_status = attrgetter(*(one.name for one in fields(Score)[2:]))
_rollout_values = attrgetter(*(one.name for one in fields(Rollout)))
_STATUSES = {one.value: one for one in Status}
_TIERS = {one.value: one for one in Tier}


class Figures(NamedTuple):
    """A front's figures for `/health`."""

    states: Mapping[str, int]
    """Its connections."""
    counts: Mapping[str, int]
    """Counts since its start."""


class Line(NamedTuple):
    """A line for the log."""

    logger: str
    level: int
    message: str


Message = Entered | Figures | Line
_KINDS: tuple[type[Message], ...] = (Entered, Figures, Line)


def encode(message: Message) -> bytes:
    """Return a front's message as a frame."""
    return pickle.dumps((_KINDS.index(type(message)), *message), protocol=5)


def decode(frame: bytes) -> Message:
    """Return the message in a frame of a front."""
    kind, *values = pickle.loads(frame)  # noqa: S301 - written by a process of this server
    message: Message = _KINDS[kind](*values)
    return message
