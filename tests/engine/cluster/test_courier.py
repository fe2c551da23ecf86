"""A courier carries jobs to a node and scores back, and the jobs of a lost node go to the others."""

from __future__ import annotations

import threading

import pytest

from rule_rm import Score, Status
from rule_rm.engine.cluster.courier import Courier, NodeLostError
from rule_rm.engine.cluster.node import Outcome
from rule_rm.engine.fair_queue import FairQueue, Job


class FakeNode:
    """Scores each errand at once, unless it is held; can be lost."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_held = self.is_lost = False
        self.errands = []
        self._outcomes = []
        self._changed = threading.Condition()

    def submit(self, errands) -> None:
        with self._changed:
            if self.is_lost:
                raise NodeLostError(f"{self.name} is gone")
            self.errands += errands
            if not self.is_held:
                self._outcomes += [Outcome(one.number, Score(1.0, answer=self.name)) for one in errands]
            self._changed.notify_all()

    def collect(self, seconds):
        with self._changed:
            self._changed.wait_for(lambda: self._outcomes or self.is_lost, 0.05)
            if self.is_lost:
                raise NodeLostError(f"{self.name} is gone")
            outcomes, self._outcomes = self._outcomes, []
            return outcomes

    def state(self):
        return {}, None

    def close(self) -> None:
        return

    def lose(self) -> None:
        with self._changed:
            self.is_lost = True
            self._changed.notify_all()

    def until_it_has(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.errands) >= count, 20), self.errands


class Customer:
    """Keeps the scores of the jobs, in order of delivery."""

    def __init__(self) -> None:
        self.scores = {}
        self.unwanted = set()
        self._changed = threading.Condition()

    def claim(self, job) -> bool:
        return job.task not in self.unwanted

    def deliver(self, job, score) -> None:
        with self._changed:
            assert job.task not in self.scores, "delivered twice"
            self.scores[job.task] = score
            self._changed.notify_all()

    def until_it_has(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.scores) >= count, 20), self.scores


@pytest.fixture
def queue():
    queue = FairQueue(active=1 << 30, slow=64, limit=10_000)
    yield queue
    queue.close()


@pytest.fixture
def customer():
    return Customer()


@pytest.fixture
def carry(queue, customer):
    started = []

    def start(node: FakeNode, window: int = 1000) -> Courier:
        started.append(Courier(node, queue, customer, window, lambda *_: None))
        return started[-1]

    yield start
    queue.close()
    for courier in started:
        courier.close()
        for thread in courier.threads:
            thread.join(10)


def jobs(count: int) -> list[Job]:
    return [Job("rule", b"%d" % number, None, 1.0) for number in range(count)]


def test_each_job_gets_its_score_once(queue, customer, carry):
    carry(FakeNode("one"))
    carry(FakeNode("two"))
    queue.put(jobs(500), 1.0)
    customer.until_it_has(500)
    assert queue.waiting == 0


def test_a_node_has_no_more_jobs_than_its_window(queue, customer, carry):
    node = FakeNode("one")
    node.is_held = True
    courier = carry(node, window=3)
    queue.put(jobs(10), 1.0)
    node.until_it_has(3)
    assert courier.carried == 3
    assert queue.waiting == 7


def test_the_jobs_of_a_lost_node_go_to_another_one(queue, customer, carry):
    lost, other = FakeNode("lost"), FakeNode("other")
    lost.is_held = True
    courier = carry(lost)
    queue.put(jobs(50), 1.0)
    lost.until_it_has(50)
    carry(other)
    lost.lose()
    customer.until_it_has(50)
    assert courier.is_lost
    assert {score.answer for score in customer.scores.values()} == {"other"}


def test_a_job_that_two_nodes_were_lost_with_is_unscored(queue, customer, carry):
    queue.put(jobs(1), 1.0)
    for name in ("one", "two"):
        node = FakeNode(name)
        node.is_held = True
        carry(node)
        node.until_it_has(1)
        node.lose()
    customer.until_it_has(1)
    assert customer.scores[b"0"].status is Status.CRASH
    assert customer.scores[b"0"].reward is None


def test_a_job_that_nobody_waits_for_is_not_sent(queue, customer, carry):
    customer.unwanted.add(b"1")
    node = FakeNode("one")
    carry(node)
    queue.put(jobs(3), 1.0)
    customer.until_it_has(2)
    assert {errand.task for errand in node.errands} == {b"0", b"2"}


def test_no_job_stays_with_a_node_that_is_lost_while_idle(queue, customer, carry):
    lost = FakeNode("lost")
    courier = carry(lost)
    lost.lose()
    courier.threads[1].join(10)
    assert courier.is_lost
    carry(FakeNode("other"))
    queue.put(jobs(20), 1.0)
    customer.until_it_has(20)


def test_jobs_that_are_out_when_the_engine_is_closed_are_answered_as_expired(queue, customer, carry):
    node = FakeNode("one")
    node.is_held = True
    courier = carry(node)
    queue.put(jobs(5), 1.0)
    node.until_it_has(5)
    queue.close()
    courier.close()
    assert {score.status for score in customer.scores.values()} == {Status.EXPIRED}
    assert len(customer.scores) == 5
