"""The pool: runs jobs in worker processes and gives each job a score, even if its worker dies.

A *lane* is a thread that carries one job at a time to a worker and waits for the score. A job that takes
longer than `SOFT_LIMIT` gives its place to the next and runs on. If it is still computing after a while, it
gets the lowest priority. At the hard limit its worker is killed and the job's score is a timeout. A worker
that dies on its own costs nothing: the job runs once more, and only if that worker dies too it is unscored.
One that was killed from outside says nothing about its job, which runs again while somebody waits for it.

The hard limit is the clock's, but a busy machine must not turn slow answers into wrong ones. A rollout that
had less than `ASSURED_SHARE` of the limit, because it waited for a processor, goes on until it had. Time in
which its worker could not run at all does not count; see `own_time`.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import Protocol

from rule_rm.engine.batch import SHUT_DOWN
from rule_rm.engine.fair_queue import FairQueue, Job
from rule_rm.engine.messages import EXPLANATION_LIMIT, decode_result
from rule_rm.engine.nursery import Nursery
from rule_rm.engine.own_time import OwnTime
from rule_rm.engine.tally import Tally
from rule_rm.engine.worker_process import WorkerProcess
from rule_rm.errors import InternalError, WorkerUnavailableError
from rule_rm.processes.ending import ending
from rule_rm.processes.failures import Failures
from rule_rm.processes.kernel import oom_kills
from rule_rm.processes.threads import start_all
from rule_rm.types import Score, Status

logger = logging.getLogger(__name__)

SOFT_LIMIT = 0.05
LOOK_EVERY = 0.25
ASSURED_SHARE = 1 / 3
HIRE_TIMEOUT = 30.0
TRIES = 2
KILLS = 10
"""Workers of one job that may be killed: a job that has its own killed must end as well."""
CLOSING = 10.0
PAUSE_LIMIT = 10.0
"""Seconds for which a worker may be kept from running before its job goes to another one."""


class Customer(Protocol):
    """The owner of the queued jobs."""

    def claim(self, job: Job) -> bool:
        """Settle a job that need not run, as nobody waits for it or its score was found; else return True."""

    def deliver(self, job: Job, score: Score) -> None:
        """Take a job's score; called from a lane."""


class Pool:
    """Lanes between a queue and a nursery."""

    def __init__(self, queue: FairQueue[Job], nursery: Nursery, lanes: int, customer: Customer) -> None:
        """Start the lanes, each of which runs one job at a time, also a slow one."""
        self.tally = Tally()
        self._queue = queue
        self._nursery = nursery
        self._customer = customer
        self._failures = Failures()
        self._deaths = Failures()
        self._oom_kills = oom_kills()
        self._threads = start_all("lane", lanes, self._lane)

    def close(self) -> None:
        """Wait for the lanes to end, soon in any case; the queue and the nursery must have been closed."""
        until = time.monotonic() + ending.left(CLOSING)
        for thread in self._threads:
            thread.join(max(until - time.monotonic(), 0.0))

    def _lane(self) -> None:
        while (job := self._queue.take()) is not None:
            run = _Run(job, self._queue, self._nursery)
            begun = time.monotonic()
            score: Score | None = None
            try:
                if self._customer.claim(job):
                    score = self._score(run)
            except Exception as error:  # a lane that died would be missing for ever
                logger.exception("the engine failed to score a rollout with %s", job.reward_type)
                score = Score.unscored(Status.ERROR, f"the engine failed: {type(error).__name__}")
            finally:
                self._queue.finished(run.demoted)
            if score is not None:
                seconds = time.monotonic() - begun
                self._count(job, score, seconds)
                self._customer.deliver(job, replace(score, seconds=seconds))

    def _count(self, job: Job, score: Score, seconds: float) -> None:
        self.tally.count(score, seconds)
        if score.status is Status.ERROR and self._failures.is_worth_telling():
            logger.warning(
                "%s failed (failure %d): %s", job.reward_type, self._failures.count, score.explanation
            )

    def _score(self, run: _Run) -> Score | None:
        """Return the job's score; None if nobody waits for it any more."""
        deaths = kills = 0
        while deaths < TRIES and kills < KILLS:
            try:
                return run.score()
            except WorkerUnavailableError as error:
                if self._nursery.is_closed:
                    return SHUT_DOWN
                return Score.unscored(Status.UNAVAILABLE, str(error)[:EXPLANATION_LIMIT])
            except (OSError, EOFError, ValueError) as error:
                if self._deaths.is_worth_telling():
                    logger.warning(
                        "a worker was lost while it scored a rollout with %s (loss %d): %s",
                        run.job.reward_type,
                        self._deaths.count,
                        error,
                    )
                self.tally.count_retried()
                if self._is_own_death(run):
                    deaths += 1
                    continue
                kills += 1
                if not self._customer.claim(run.job):
                    return None
        how = (
            f"was killed while scoring it, {kills} times"
            if kills == KILLS
            else "died while scoring it, twice"
        )
        return Score.unscored(Status.CRASH, f"the worker process {how}")

    def _is_own_death(self, run: _Run) -> bool:
        """Return True if the last worker of a run may have died of its job: of a crash, or of its memory."""
        before, self._oom_kills = self._oom_kills, oom_kills()
        return not run.was_killed or self._oom_kills > before


class _StoppedError(InternalError, EOFError):
    """A worker was stopped for longer than is waited for it."""


class _Run:
    """One job in one lane: hire, send, wait, demote, kill."""

    def __init__(self, job: Job, queue: FairQueue[Job], nursery: Nursery) -> None:
        self.job = job
        self.demoted = False
        self.was_killed = False
        """True if the last worker was killed, or stopped, by somebody else."""
        self._queue = queue
        self._nursery = nursery
        self._niced = False

    def score(self) -> Score:
        """Return the job's score. Raises OSError, EOFError or ValueError if its worker is lost."""
        hired = self._hire()
        self._niced = reusable = False
        try:
            frame = self._heard(hired)
            if frame is None:
                explanation = f"scoring it took longer than {self.job.limit:g} s"
                if self.job.timeout_reward is None:
                    return Score.unscored(Status.UNAVAILABLE, f"{explanation}, and it waits for others")
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
            rollout = f"rollout {self.job.name}" if self.job.name else "a rollout"
            logger.info("%s printed while it scored %s: %s", self.job.reward_type, rollout, printed)
        return score

    def _hire(self) -> WorkerProcess:
        """Return a worker that has taken the job; one that died before does not count as a try.

        Raises WorkerUnavailableError if there is none in time.
        """
        until = time.monotonic() + HIRE_TIMEOUT
        while True:
            hired = self._nursery.hire(until)
            try:
                hired.send(self.job.task, self.job.limit)
            except OSError:
                self._nursery.dismiss(hired)
            else:
                return hired

    def _heard(self, hired: WorkerProcess) -> bytes | None:
        """Return what `_wait` does, and note whose fault an error is."""
        self.was_killed = False
        try:
            return self._wait(hired)
        except _StoppedError:
            self.was_killed = True
            raise
        except (OSError, EOFError):
            self.was_killed = hired.was_killed()
            raise

    def _wait(self, hired: WorkerProcess) -> bytes | None:
        """Return the worker's answer; None when the time for it is over.

        Raises EOFError if the worker was kept from running for so long that it must be given up.
        """
        limit = self.job.limit
        soft = min(SOFT_LIMIT, limit)
        own = OwnTime(hired)
        if (frame := hired.receive(time.monotonic() + soft)) is not None:
            return frame
        own.look(soft)
        while not self._is_over(own):
            self.demoted = self.demoted or self._queue.demote()
            left = limit - own.elapsed
            wait = min(LOOK_EVERY, left) if left > 0 else LOOK_EVERY
            if (frame := hired.receive(time.monotonic() + wait)) is not None:
                return frame
            own.look(wait)
            is_computing = own.used.ran > (own.elapsed - soft) / 4
            if self.demoted and is_computing and not self._niced:
                hired.yield_processor()
                self._niced = True
        return None

    def _is_over(self, own: OwnTime) -> bool:
        """Return True if the job had its limit, and in it the assured share of a processor."""
        limit = self.job.limit
        if own.paused > max(limit, PAUSE_LIMIT) and own.is_paused:
            raise _StoppedError(f"it could not run for {own.paused:.0f} s")
        return own.elapsed >= limit and own.elapsed - own.used.waited >= limit * ASSURED_SHARE
