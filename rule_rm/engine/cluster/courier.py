"""The courier of a node: carries jobs there and scores back, and brings its jobs home if it is lost."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from rule_rm.engine.batch import SHUT_DOWN
from rule_rm.engine.cluster.node import Errand, Outcome
from rule_rm.engine.fair_queue import FairQueue, Job
from rule_rm.engine.pool import TRIES, Customer
from rule_rm.errors import InternalError, OverloadedError
from rule_rm.types import Score, Status

logger = logging.getLogger(__name__)

COLLECTING = 0.5
"""Seconds that a node waits for a score before it answers that there is none."""
BUNDLE = 64
"""Jobs that are sent together at most."""


class NodeLostError(InternalError):
    """A node, or the actor on it, is gone."""


class RemoteNode(Protocol):
    """A node as the server reaches it; each method raises NodeLostError if it can't be reached."""

    name: str

    def submit(self, errands: Sequence[Errand]) -> None:
        """Queue errands there."""

    def collect(self, seconds: float) -> list[Outcome]:
        """Return the scores that are there, once there is one."""

    def state(self) -> tuple[dict[str, int], str | None]:
        """Return the figures of its workers, and why none would score now."""

    def close(self) -> None:
        """End it."""


class Courier:
    """Two threads for one node: one sends, one collects."""

    def __init__(
        self,
        node: RemoteNode,
        queue: FairQueue[Job],
        customer: Customer,
        window: int,
        on_score: Callable[[Score, float], object],
    ) -> None:
        """Carry `window` jobs at a time at most. `on_score` is called with each score and its seconds."""
        self.node = node
        self._queue = queue
        self._customer = customer
        self._window = window
        self._on_score = on_score
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._out: dict[int, tuple[Job, float]] = {}
        self.is_lost = False
        """True if the node is gone, and its jobs were given back."""
        self._is_closing = False
        self.threads = [
            threading.Thread(target=body, name=f"{name} {node.name}", daemon=True)
            for name, body in (("sends to", self._send), ("collects from", self._collect))
        ]
        for thread in self.threads:
            thread.start()

    @property
    def carried(self) -> int:
        """Jobs that the node has."""
        return len(self._out)

    def close(self) -> None:
        """Carry nothing more, and end the node; jobs that are out are answered as expired."""
        with self._changed:
            self._is_closing = True
            jobs = [job for job, _ in self._out.values()]
            self._out.clear()
            self._changed.notify_all()
        for job in jobs:
            self._customer.deliver(job, SHUT_DOWN)
        self.node.close()

    @property
    def _is_over(self) -> bool:
        return self.is_lost or self._is_closing

    def _send(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_over or len(self._out) < self._window)
            if self._is_over or (job := self._queue.take()) is None:
                return
            jobs = [job]
            room = min(BUNDLE, self._window - len(self._out))
            while len(jobs) < room and (further := self._queue.take_now()) is not None:
                jobs.append(further)
            self._send_all(jobs)

    def _send_all(self, jobs: Sequence[Job]) -> None:
        errands = []
        with self._changed:
            if self._is_over:
                self._give_back(jobs)
                return
            for job in jobs:
                if not self._customer.claim(job):
                    self._queue.finished(demoted=False)
                    continue
                number = next(self._numbers)
                self._out[number] = (job, time.monotonic())
                errands.append(Errand(number, job.reward_type, job.task, job.limit, job.timeout_reward))
        if errands:
            try:
                self.node.submit(errands)
            except NodeLostError as error:
                self._lose(error)

    def _collect(self) -> None:
        while not self._is_over:
            try:
                outcomes = self.node.collect(COLLECTING)
            except NodeLostError as error:
                self._lose(error)
                return
            for outcome in outcomes:
                with self._changed:
                    found = self._out.pop(outcome.number, None)
                    self._changed.notify_all()
                if found is not None:
                    job, begun = found
                    self._queue.finished(demoted=False)
                    self._on_score(outcome.score, time.monotonic() - begun)
                    self._customer.deliver(job, outcome.score)

    def _lose(self, error: NodeLostError) -> None:
        """Give the jobs of the node to the others."""
        with self._changed:
            if self._is_over:
                return
            self.is_lost = True
            jobs = [job for job, _ in self._out.values()]
            self._out.clear()
            self._changed.notify_all()
        logger.warning("%s is lost, and its %d rollouts go to others: %s", self.node.name, len(jobs), error)
        for job in jobs:
            job.losses += 1
        for job in [job for job in jobs if job.losses >= TRIES]:
            # Each node that had it was lost.
            self._queue.finished(demoted=False)
            crashed = Score.unscored(Status.CRASH, "the node was lost while scoring it, twice")
            self._on_score(crashed, 0.0)
            self._customer.deliver(job, crashed)
        self._give_back([job for job in jobs if job.losses < TRIES])

    def _give_back(self, jobs: Sequence[Job]) -> None:
        for _ in jobs:
            self._queue.finished(demoted=False)
        try:
            self._queue.put_back(jobs)
        except OverloadedError:
            for job in jobs:
                self._customer.deliver(job, SHUT_DOWN)
