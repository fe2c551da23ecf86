"""When the time of a job is over, and when it only seems to be."""

from __future__ import annotations

import pytest

from rule_rm.engine import own_time, pool
from rule_rm.engine.fair_queue import FairQueue, Job
from rule_rm.engine.pool import ASSURED_SHARE, LOOK_EVERY, _Run
from rule_rm.processes.kernel import CpuTime

LIMIT = 4 * LOOK_EVERY


class Clock:
    """The time, which passes while somebody waits."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pool, "time", clock)
    monkeypatch.setattr(own_time, "time", clock)
    monkeypatch.setattr(own_time, "throttled_time", lambda: 0.0)
    return clock


class FakeWorker:
    """Stands in for a worker on a machine as busy as the test says."""

    def __init__(self, clock: Clock, waits_for_processor: float, answers_after: float) -> None:
        self.clock = clock
        self.born = clock.now
        self.waits_for_processor = waits_for_processor
        self.answers_after = answers_after
        self.gave_way = False

    def receive(self, until: float) -> bytes | None:
        moment = self.born + self.answers_after
        self.clock.now = max(self.clock.now, min(until, moment))
        return b"a frame" if self.clock.now >= moment else None

    def cpu_time(self) -> CpuTime:
        age = self.clock.now - self.born
        return CpuTime(age * (1 - self.waits_for_processor), age * self.waits_for_processor)

    def state(self) -> str:
        return "S"

    def yield_processor(self) -> None:
        self.gave_way = True


@pytest.fixture
def run(clock):
    queue = FairQueue(active=1, slow=1, limit=1)
    return _Run(Job("rule", b"a task", None, LIMIT), queue, nursery=None)


def test_a_job_that_ran_for_the_whole_limit_is_over(run, clock):
    worker = FakeWorker(clock, waits_for_processor=0.0, answers_after=100.0)
    assert run._wait(worker) is None
    assert clock.now - worker.born >= LIMIT
    assert run.demoted
    assert worker.gave_way


def test_a_job_that_waited_for_a_processor_goes_on_past_the_limit(run, clock):
    worker = FakeWorker(clock, waits_for_processor=0.95, answers_after=LIMIT + LOOK_EVERY)
    assert run._wait(worker) == b"a frame"


def test_a_starved_job_is_over_once_it_had_its_assured_share(run, clock):
    worker = FakeWorker(clock, waits_for_processor=0.95, answers_after=100.0)
    assert run._wait(worker) is None
    ran = clock.now - worker.born - worker.cpu_time().waited
    assert clock.now - worker.born > LIMIT + LOOK_EVERY
    assert ran <= ASSURED_SHARE * LIMIT


def test_a_job_that_sleeps_does_not_lose_its_priority(run, clock, monkeypatch):
    worker = FakeWorker(clock, waits_for_processor=0.0, answers_after=100.0)
    monkeypatch.setattr(worker, "cpu_time", lambda: CpuTime(0.0, 0.0))
    assert run._wait(worker) is None
    assert run.demoted
    assert not worker.gave_way


def test_a_quick_job_is_not_demoted(run, clock):
    assert run._wait(FakeWorker(clock, waits_for_processor=0.0, answers_after=0.0)) == b"a frame"
    assert not run.demoted
