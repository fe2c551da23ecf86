"""Gather the groups of trainers that send one response a request.

A reward that compares the responses to a prompt needs them together. If the group size is known, requests for
such a reward wait for each other, at most for the seconds of a window. A whole group is scored at once, and
each request has the score of its own response.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from rule_rm.engine.batch import SHUT_DOWN, Batch
from rule_rm.errors import RuleRmError
from rule_rm.messages.groups import bundled, identity, scattered
from rule_rm.types import Rollout, Score, Status

Begin = Callable[[Sequence[Rollout], str | None, float], Batch]
"""`Engine.begin`."""


@dataclass(slots=True, eq=False)
class _Gathering:
    """The responses to one prompt that have come so far."""

    begin: Begin
    reward_type: str
    closes: float
    """The monotonic time at which it is scored, even if members are missing."""
    until: float
    """The monotonic time after which its first member needs no score."""
    rollouts: list[Rollout] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)


class Gatherings:
    """Puts requests with one response each together into groups; used from any thread."""

    def __init__(self, size: int, window: float) -> None:
        """Gather groups of `size` responses for at most `window` seconds each."""
        self._size = size
        self._window = window
        self._changed = threading.Condition()
        self._open: dict[object, _Gathering] = {}
        self._queue: deque[tuple[object, _Gathering]] = deque()
        self._timer: threading.Thread | None = None
        self._is_closed = False
        self._whole = self._short = 0

    def join(self, begin: Begin, rollout: Rollout, reward_type: str, until: float) -> Batch:
        """Return the batch of one response, which is complete once its group is scored."""
        batch = Batch([None], missing=1)
        key = (begin, reward_type, identity(rollout))
        with self._changed:
            gathering = self._open.get(key)
            if gathering is None:
                closes = time.monotonic() + self._window
                gathering = self._open[key] = _Gathering(begin, reward_type, closes, until)
                self._queue.append((key, gathering))
                self._start_timer()
            gathering.rollouts.append(rollout)
            gathering.batches.append(batch)
            is_whole = len(gathering.batches) == self._size
            if is_whole:
                del self._open[key]
                self._whole += 1
        if is_whole:
            _score(gathering)
        return batch

    def state(self) -> dict[str, int]:
        """Return how many groups came whole, and how many were scored without all their members."""
        with self._changed:
            return {"waiting": len(self._open), "whole": self._whole, "short": self._short}

    def close(self) -> None:
        """Gather no more; those that still wait have the score of a shutdown."""
        with self._changed:
            self._is_closed = True
            left, self._open = list(self._open.values()), {}
            self._queue.clear()
            self._changed.notify()
        for gathering in left:
            _put(gathering, [SHUT_DOWN] * len(gathering.batches))

    def _start_timer(self) -> None:
        if self._timer is None:
            self._timer = threading.Thread(target=self._run, name="group-window", daemon=True)
            self._timer.start()
        else:
            self._changed.notify()

    def _run(self) -> None:
        """Score each group whose window is over; all windows are as long, so the oldest closes first."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._is_closed)
                if self._is_closed:
                    return
                key, gathering = self._queue[0]
                is_due = time.monotonic() >= gathering.closes
                is_open = self._open.get(key) is gathering
                if is_open and not is_due:
                    self._changed.wait(gathering.closes - time.monotonic())
                    continue
                self._queue.popleft()
                if not is_open:
                    continue
                del self._open[key]
                self._short += 1
            _score(gathering)


def _score(gathering: _Gathering) -> None:
    """Score a group, and put the score of each member into its batch as soon as it is there."""
    places = tuple(range(len(gathering.rollouts)))
    try:
        asked = bundled(gathering.rollouts, [places])
        whole = gathering.begin(asked, gathering.reward_type, gathering.until)
    except RuleRmError as error:
        _put(gathering, [Score.unscored(Status.UNAVAILABLE, str(error))] * len(places))
        return
    whole.when_complete(partial(_scatter, gathering, whole, places, gathering.until - time.monotonic()))


def _scatter(gathering: _Gathering, whole: Batch, places: tuple[int, ...], limit: float) -> None:
    _put(gathering, scattered(whole.close(limit), [places]))


def _put(gathering: _Gathering, scores: Sequence[Score]) -> None:
    for batch, score in zip(gathering.batches, scores, strict=True):
        batch.put(0, score)
