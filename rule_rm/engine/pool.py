"""The pool: runs jobs in worker processes and gives each job a score, whatever the worker does.

A *lane* is a thread that carries one job at a time to a worker and waits for the score. A job that takes
longer than `SOFT_LIMIT` gives its place to the next and runs on beside it; if it is still computing a while
later, with the lowest priority. At the hard limit its worker is killed and the job's score is a timeout. A
worker that dies on its own costs nothing: the job runs once more, and only if that worker dies too it is
unscored.

The hard limit is the clock's, but a busy machine must not turn slow answers into wrong ones: a rollout that
had less than `ASSURED_SHARE` of the limit, because it waited for a processor, goes on until it had.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from typing import Protocol

from rule_rm.engine.fair_queue import FairQueue, Job
from rule_rm.engine.kernel import CpuTime
from rule_rm.engine.messages import decode_result
from rule_rm.engine.nursery import Nursery, WorkerProcess
from rule_rm.types import Score, Status

logger = logging.getLogger(__name__)

SOFT_LIMIT = 0.05
LOOK_EVERY = 0.25
ASSURED_SHARE = 1 / 3
HIRE_TIMEOUT = 30.0
TRIES = 2


class Customer(Protocol):
    """Whoever queued the jobs."""

    def is_wanted(self, job: Job) -> bool:
        """False if nobody waits for the job any more."""

    def deliver(self, job: Job, score: Score) -> None:
        """Take a job's score; called from a lane."""


class Failures:
    """Tells which failures to log, the 1st, 2nd, 4th, 8th …: one that always comes must not fill a disk."""

    def __init__(self) -> None:
        self.count = 0

    def is_worth_telling(self) -> bool:
        """Count a failure; True if it should be logged."""
        self.count += 1
        return self.count & (self.count - 1) == 0


class Pool:
    """Lanes between a queue and a nursery."""

    def __init__(self, queue: FairQueue[Job], nursery: Nursery, lanes: int, customer: Customer) -> None:
        """As many jobs run at a time, slow ones included, as there are lanes."""
        self._queue = queue
        self._nursery = nursery
        self._customer = customer
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._seconds = 0.0
        self._failures = Failures()
        self._threads = [
            threading.Thread(target=self._lane, name=f"lane-{number}", daemon=True) for number in range(lanes)
        ]
        for thread in self._threads:
            thread.start()

    def counts(self) -> dict[str, int]:
        """How many jobs were run, timed out, failed, ran again after a worker had died, and crashed."""
        with self._lock:
            return {name: self._counts[name] for name in ("run", "timeout", "error", "retried", "crash")}

    def mean_seconds(self) -> float:
        """The mean time of a job so far, in seconds; 0 before the first."""
        with self._lock:
            return self._seconds / self._counts["run"] if self._counts["run"] else 0.0

    def close(self) -> None:
        """Wait for the lanes to end; the queue and the nursery must have been closed."""
        for thread in self._threads:
            thread.join()

    def _lane(self) -> None:
        while (job := self._queue.take()) is not None:
            run = _Run(job, self._queue, self._nursery)
            begun = time.monotonic()
            score: Score | None = None
            try:
                if self._customer.is_wanted(job):
                    score = self._score(run)
            except Exception as error:  # a lane that died would be missing for ever
                logger.exception("the engine failed to score a rollout with %s", job.reward_type)
                score = Score.unscored(Status.ERROR, f"the engine failed: {type(error).__name__}")
            finally:
                self._queue.finished(run.demoted)
            if score is not None:
                self._count(job, score, time.monotonic() - begun)
                self._customer.deliver(job, score)

    def _count(self, job: Job, score: Score, seconds: float) -> None:
        with self._lock:
            self._counts["run"] += 1
            self._counts[score.status.value] += 1
            self._seconds += seconds
        if score.status is Status.ERROR and self._failures.is_worth_telling():
            logger.warning(
                "%s failed (failure %d): %s", job.reward_type, self._failures.count, score.explanation
            )

    def _score(self, run: _Run) -> Score:
        for _ in range(TRIES):
            try:
                return run.score()
            except (OSError, EOFError, ValueError) as error:
                logger.warning(
                    "a worker died while it scored a rollout with %s: %s", run.job.reward_type, error
                )
                with self._lock:
                    self._counts["retried"] += 1
        return Score.unscored(Status.CRASH, "the worker process died while scoring it, twice")


class _Run:
    """One job in one lane: hire, send, wait, demote, kill."""

    def __init__(self, job: Job, queue: FairQueue[Job], nursery: Nursery) -> None:
        self.job = job
        self.demoted = False
        self._queue = queue
        self._nursery = nursery
        self._niced = False

    def score(self) -> Score:
        """The job's score. Raises OSError, EOFError or ValueError if the worker dies or talks nonsense."""
        hired = self._nursery.hire(time.monotonic() + HIRE_TIMEOUT)
        if hired is None:
            raise OSError("no worker could be had")
        self._niced = reusable = False
        try:
            hired.send(self.job.task, self.job.limit)
            frame = self._wait(hired)
            if frame is None:
                explanation = f"scoring it took longer than {self.job.limit:g} s"
                return Score(self.job.timeout_reward, Status.TIMEOUT, explanation=explanation)
            score, retire, printed = decode_result(frame)
            # A worker that gave way can't take its priority back.
            reusable = not retire and not self._niced
        finally:
            if reusable:
                self._nursery.release(hired)
            else:
                self._nursery.dismiss(hired)
        if printed:
            logger.debug("%s printed while it scored a rollout: %s", self.job.reward_type, printed)
        return score

    def _wait(self, hired: WorkerProcess) -> bytes | None:
        """The worker's answer, or None when the time for it is over."""
        end = time.monotonic() + self.job.limit
        if (frame := hired.receive(min(time.monotonic() + SOFT_LIMIT, end))) is not None:
            return frame
        slow_since, before, used = time.monotonic(), hired.cpu_time(), CpuTime(0.0, 0.0)
        while (now := time.monotonic()) < end or self._was_starved(now, end, used.waited):
            self.demoted = self.demoted or self._queue.demote()
            tick = now + LOOK_EVERY
            if (frame := hired.receive(min(tick, end) if now < end else tick)) is not None:
                return frame
            used = hired.cpu_time().since(before)
            is_computing = used.ran > (time.monotonic() - slow_since) / 4
            if self.demoted and is_computing and not self._niced:
                hired.yield_processor()
                self._niced = True
        return None

    def _was_starved(self, now: float, end: float, waited: float) -> bool:
        """True if the job had less than its assured share of the limit, since it waited for a processor."""
        return now - (end - self.job.limit) - waited < self.job.limit * ASSURED_SHARE
