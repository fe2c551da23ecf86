"""One node: the workers of one machine of the cluster. It runs in a Ray actor and knows nothing of Ray."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from rule_rm.engine.control import Configuration
from rule_rm.engine.fair_queue import FairQueue, Job
from rule_rm.engine.services import Services
from rule_rm.engine.workforce import SLOW_LANES, LocalWorkforce
from rule_rm.errors import ConfigurationError
from rule_rm.settings import Settings
from rule_rm.types import Score

_UNLIMITED = 1 << 30
GATHERING = 0.01
"""Seconds in which scores are gathered for one answer: a few verdicts, and a tenth of the jobs ahead."""


class Order(NamedTuple):
    """The start of a node: its settings, rewards and files."""

    settings: Settings
    """With the number of its workers."""
    configuration: Configuration
    needs: Collection[str]
    """The services that its rewards need."""
    files: Mapping[str, bytes]
    """Reward files and the modules next to them, by absolute path."""


class Errand(NamedTuple):
    """A job for a node."""

    number: int
    reward_type: str
    task: bytes
    limit: float
    timeout_reward: float | None


class Outcome(NamedTuple):
    """The score of an errand."""

    number: int
    score: Score


class Node:
    """Scores errands with workers of its own; used from two threads, one that submits, one that collects."""

    def __init__(self, order: Order) -> None:
        """Start the workers. Raises ConfigurationError if they, a file or a service can't be had here."""
        _place(order.files)
        self._numbers: dict[int, int] = {}
        self._outcomes: list[Outcome] = []
        self._changed = threading.Condition()
        settings = order.settings
        self._queue = FairQueue[Job](settings.workers, SLOW_LANES, _UNLIMITED)
        with ExitStack() as closing:
            services = Services(order.needs, settings)
            closing.callback(services.close)
            self._workforce = LocalWorkforce(settings, order.configuration, self._queue, services, self)
            closing.callback(self._workforce.close)
            closing.callback(self._queue.close)
            self._closing = closing.pop_all()

    def submit(self, errands: Sequence[Errand]) -> None:
        """Queue errands."""
        jobs = []
        for errand in errands:
            job = Job(errand.reward_type, errand.task, None, errand.limit, errand.timeout_reward)
            self._numbers[id(job)] = errand.number
            jobs.append(job)
        self._queue.put(jobs, 1.0)

    def collect(self, seconds: float) -> list[Outcome]:
        """Return the scores that are there, once there is one; none after these `seconds`.

        After the first it waits a moment for others, if there are jobs left: each answer is a call over the
        network, which costs as much as some verdicts.
        """
        with self._changed:
            if self._changed.wait_for(lambda: self._outcomes, seconds):
                self._changed.wait_for(lambda: not self._numbers, GATHERING)
            outcomes, self._outcomes = self._outcomes, []
            return outcomes

    def claim(self, job: Job) -> bool:
        """Return True: the engine gives only jobs that somebody waits for."""
        return id(job) in self._numbers

    def deliver(self, job: Job, score: Score) -> None:
        """Keep the score of a job until it is collected. A lane calls this."""
        with self._changed:
            self._outcomes.append(Outcome(self._numbers.pop(id(job)), score))
            self._changed.notify()

    def state(self) -> tuple[dict[str, int], str | None]:
        """Return the figures of the workers, and why none would score now."""
        return self._workforce.workers(), self._workforce.why_not_ready()

    def close(self) -> None:
        """End the workers and services."""
        self._closing.close()


def _place(files: Mapping[str, bytes]) -> None:
    """Write the files that this machine lacks. Raises ConfigurationError if another one is in a place.

    The path must be the same everywhere, as it is part of the names of the classes in a file.
    """
    for name, content in files.items():
        path = Path(name)
        try:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            elif path.read_bytes() != content:
                raise ConfigurationError(f"{name} is another file on this node than on the server")
        except OSError as error:
            raise ConfigurationError(f"{name} can't be written on this node: {error.strerror}") from None
