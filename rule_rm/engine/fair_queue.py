"""The queue between requests and workers: fair, bounded, and aware of slow rollouts.

Requests take turns, so that one rollout of a small request does not wait for the 4,096 of a large one. At
most `active` rollouts run at a time. One that turns out slow can be demoted: it runs on, and its place goes
to the next. So a few rollouts that hang do not hold up the others.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from rule_rm.errors import OverloadedError


class Takeable(Protocol):
    """A job that can be queued."""

    taken: bool
    """True once it was handed out. A job is in the line of every request that waits for it."""


J = TypeVar("J", bound=Takeable)


@dataclass(slots=True, eq=False)
class Job:
    """One rollout to be scored by a worker, and the requests that wait for its score."""

    reward_type: str
    task: bytes
    key: bytes | None
    """Equal jobs have equal keys; None if no other job is known to be equal."""
    limit: float
    """Seconds that it may take."""
    timeout_reward: float | None = 0.0
    """The reward if it takes longer; None: it is unscored then."""
    name: str = ""
    """The id of its first rollout, for the log."""
    aliases: list[bytes] = field(default_factory=list)
    """The keys of the rollouts that were condensed to this job."""
    waiting: list[tuple[Any, int]] = field(default_factory=list)
    """The batches that wait for this job, and the job's index in each."""
    taken: bool = False
    losses: int = 0
    """Nodes of a cluster that were lost while they had it."""


class FairQueue(Generic[J]):
    """All methods may be called from any thread."""

    def __init__(self, active: int, slow: int, limit: int) -> None:
        """`active` jobs may run, `slow` more may have been demoted, about `limit` may wait."""
        self._changed = threading.Condition()
        self._lines: deque[deque[J]] = deque()
        self._waiting = 0
        self._free = active
        self._free_slow = slow
        self._limit = limit
        self._closed = False

    def put(self, jobs: Iterable[J], retry_after: float) -> None:
        """Queue the jobs of one request: all of them, or none.

        Raises OverloadedError, with `retry_after` in seconds, if they would be too many. A request that is
        too large for the queue is taken when the queue is empty, else it never would be.
        """
        line = deque(jobs)
        with self._changed:
            if self._closed:
                raise OverloadedError("the service is shutting down", retry_after)
            if self._waiting and self._waiting + len(line) > self._limit:
                raise OverloadedError(
                    f"{self._waiting} rollouts are waiting and {len(line)} more would exceed the limit of "
                    f"{self._limit}",
                    retry_after,
                )
            self._waiting += len(line)
            if line:
                self._lines.append(line)
                self._changed.notify(min(len(line), self._free))

    def take(self) -> J | None:
        """Return the next job, once one may run; None when the queue is closed. Call `finished` after it."""
        with self._changed:
            while True:
                if self._closed:
                    return None
                if self._free and (job := self._next()):
                    self._free -= 1
                    return job
                self._changed.wait()

    def take_now(self) -> J | None:
        """Return the next job if there is one that may run now. Call `finished` after it."""
        with self._changed:
            if self._closed or not self._free or (job := self._next()) is None:
                return None
            self._free -= 1
            return job

    def put_back(self, jobs: Iterable[J]) -> None:
        """Queue jobs again that were taken and not run, before all others; no limit refuses them.

        Raises OverloadedError if the queue is closed.
        """
        line = deque(jobs)
        for job in line:
            job.taken = False
        with self._changed:
            if self._closed:
                raise OverloadedError("the service is shutting down", 1.0)
            self._waiting += len(line)
            if line:
                self._lines.appendleft(line)
                self._changed.notify(min(len(line), self._free))

    def _next(self) -> J | None:
        while self._lines:
            line = self._lines.popleft()
            job = line.popleft()
            self._waiting -= 1
            if line:
                self._lines.append(line)
            if not job.taken:
                job.taken = True
                return job
        return None

    def demote(self) -> bool:
        """Give a running job's place to the next one; False if too many slow ones run already."""
        with self._changed:
            if not self._free_slow:
                return False
            self._free_slow -= 1
            self._free += 1
            self._changed.notify()
            return True

    def finished(self, demoted: bool) -> None:
        """Note that a job which was taken has ended. Its lane takes the next one, so no other is woken."""
        with self._changed:
            if demoted:
                self._free_slow += 1
            else:
                self._free += 1

    @property
    def waiting(self) -> int:
        """How many jobs wait for a worker."""
        return self._waiting

    def close(self) -> list[J]:
        """Hand out nothing more; returns the jobs that were still waiting."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            left = []
            while (job := self._next()) is not None:
                left.append(job)
            return left
