"""The residents of an engine: opened once, called from lanes of their own, closed together.

They wait rather than compute, so there are many lanes, and none of them is a worker's. A resident that asks
for another is answered in the same lane. Were it to queue, lanes full of those that ask would wait for ever.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from rule_rm.engine.batch import SHUT_DOWN, Batch
from rule_rm.engine.fair_queue import FairQueue
from rule_rm.engine.messages import EXPLANATION_LIMIT
from rule_rm.errors import ConfigurationError, UnavailableError
from rule_rm.processes.ending import ending
from rule_rm.processes.failures import Failures
from rule_rm.processes.threads import start_all
from rule_rm.redaction import redact
from rule_rm.registry import RewardFunction, unknown
from rule_rm.registry.options import package
from rule_rm.registry.resident import Ask, Resident
from rule_rm.types import Rollout, Score, Status

logger = logging.getLogger(__name__)

LANES = 256
"""How many rollouts residents score at a time."""
RETRY_AFTER = 1.0
CLOSING = 2.0


@dataclass(slots=True, eq=False)
class _Call:
    """One rollout that waits for a resident."""

    name: str
    rollout: Rollout
    until: float
    batch: Batch
    place: int
    taken: bool = False


class Residents:
    """Those that are reachable from the reward types that the service was started for."""

    def __init__(
        self,
        functions: Mapping[str, RewardFunction],
        wanted: Iterable[str],
        elsewhere: Callable[[str, Rollout, float], Score],
        limit: int,
    ) -> None:
        """Open the wanted rewards that are residents, and the residents that they ask for.

        `elsewhere(name, rollout, until)` scores what is no resident; about `limit` rollouts may wait. Raises
        ConfigurationError for one that can't be opened, and UnknownRewardError for a part that isn't there.
        """
        self._elsewhere = elsewhere
        self._opened: dict[str, Resident] = {}
        self.reached: set[str] = set()
        """The wanted reward types and those that they ask for, residents or not."""
        self.sandbox: str | None = None
        """The address of the sandbox, once it was started."""
        self._lock = threading.Lock()
        self._statuses: dict[str, Counter[str]] = {}
        self._failures = Failures()
        with ExitStack() as closing:
            self._open(functions, wanted, closing)
            self._closing = closing.pop_all()
        self._queue = FairQueue[_Call](LANES, 0, limit)
        try:
            self._threads = start_all("resident", LANES if self._opened else 0, self._lane)
        except ConfigurationError:
            self._queue.close()
            self._closing.close()
            raise

    def _open(
        self, functions: Mapping[str, RewardFunction], wanted: Iterable[str], closing: ExitStack
    ) -> None:
        left = list(wanted)
        while left:
            name = left.pop()
            if name not in functions:
                raise unknown(name, functions)
            self.reached.add(name)
            for module, extra in functions[name].extras:
                package(module, name, extra)
            if functions[name].is_resident and name not in self._opened:
                resident = functions[name].open()
                closing.callback(resident.close)
                self._opened[name] = resident
                self._statuses[name] = Counter()
                left += resident.parts

    @property
    def needs(self) -> set[str]:
        """The services that the opened ones need."""
        return {need for resident in self._opened.values() for need in resident.needs}

    def __contains__(self, name: str) -> bool:
        return name in self._opened

    def submit(self, name: str, rollouts: Sequence[Rollout], batch: Batch, until: float) -> None:
        """Have the rollouts scored, each into its place of the batch; none if it raises OverloadedError."""
        self._queue.put(
            [_Call(name, rollout, until, batch, place) for place, rollout in enumerate(rollouts)], RETRY_AFTER
        )

    def score(self, name: str, rollout: Rollout, until: float) -> Score:
        """Score a rollout in this thread; a failure becomes an unscored score."""
        if name not in self._opened:
            return self._elsewhere(name, rollout, until)
        ask = Ask(until, partial(self._part, until), self.sandbox)
        begun = time.monotonic()
        try:
            score = self._opened[name].score(rollout, ask)
        except UnavailableError as error:
            score = Score.unscored(Status.UNAVAILABLE, str(error)[:EXPLANATION_LIMIT])
        except BaseException as error:  # also SystemExit, which would end the lane
            if self._failures.is_worth_telling():
                logger.exception("%s failed (failure %d)", name, self._failures.count)
            explanation = f"{type(error).__name__}: {error}"[:EXPLANATION_LIMIT]
            score = Score.unscored(Status.ERROR, explanation)
        with self._lock:
            self._statuses[name][score.status.value] += 1
        return replace(_without_secrets(score), seconds=time.monotonic() - begun)

    def _part(self, until: float, name: str, rollout: Rollout) -> Score:
        return self.score(name, rollout, until)

    @property
    def waiting(self) -> int:
        """How many rollouts wait for a lane."""
        return self._queue.waiting

    def state(self) -> dict[str, Any]:
        """Return the figures of each for `/health`, by its reward type."""
        with self._lock:
            statuses = {name: dict(counts) for name, counts in self._statuses.items()}
        return {
            name: {"statuses": statuses[name], **resident.state()} for name, resident in self._opened.items()
        }

    def close(self) -> None:
        """End the lanes and close every resident; rollouts that still wait are answered as expired."""
        for call in self._queue.close():
            call.batch.put(call.place, SHUT_DOWN)
        self._closing.close()
        # A closed resident answers at once; otherwise it only keeps a daemon thread.
        until = time.monotonic() + ending.left(CLOSING)
        for thread in self._threads:
            thread.join(max(until - time.monotonic(), 0.0))

    def _lane(self) -> None:
        while (call := self._queue.take()) is not None:
            try:
                if call.batch.is_open and time.monotonic() < call.until:
                    call.batch.put(call.place, self.score(call.name, call.rollout, call.until))
            finally:
                self._queue.finished(demoted=False)


def _without_secrets(score: Score) -> Score:
    """Return a score whose texts show no key: a server may quote the one that it was asked with."""
    explanation, reply = (
        text and redact(text, with_pieces=True) for text in (score.explanation, score.reply)
    )
    members = tuple(_without_secrets(member) for member in score.members)
    return replace(score, explanation=explanation, reply=reply, members=members)
