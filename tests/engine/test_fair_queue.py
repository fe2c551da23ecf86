"""Requests take turns, no job is lost, and a request is refused as a whole or not at all."""

from __future__ import annotations

import threading

import pytest

from rule_rm.engine.fair_queue import FairQueue, Job
from rule_rm.errors import OverloadedError


def jobs(name: str, count: int) -> list[Job]:
    return [Job("rule", f"{name}{number}".encode(), None, 1.0) for number in range(count)]


def drain(queue: FairQueue, count: int) -> list[str]:
    taken = []
    for _ in range(count):
        job = queue.take()
        queue.finished(demoted=False)
        taken.append(job.task.decode())
    return taken


def test_requests_take_turns():
    queue = FairQueue(active=1, slow=0, limit=100)
    queue.put(jobs("a", 4), 1.0)
    queue.put(jobs("b", 2), 1.0)
    assert drain(queue, 6) == ["a0", "b0", "a1", "b1", "a2", "a3"]
    assert queue.waiting == 0


def test_a_job_that_two_requests_wait_for_is_handed_out_once():
    queue = FairQueue(active=1, slow=0, limit=100)
    shared, last = jobs("shared", 1), jobs("last", 1)
    queue.put([*jobs("a", 1), *shared], 1.0)
    queue.put([*shared, *last], 1.0)
    assert drain(queue, 3) == ["a0", "shared0", "last0"]
    assert queue.waiting == 0


def test_no_more_jobs_run_than_may():
    queue = FairQueue(active=2, slow=1, limit=100)
    queue.put(jobs("a", 4), 1.0)
    queue.take()
    queue.take()
    third = threading.Thread(target=queue.take)
    third.start()
    third.join(0.05)
    assert third.is_alive()
    assert queue.demote()
    third.join(60)
    assert not third.is_alive()
    assert not queue.demote()


def test_a_finished_slow_job_makes_room_for_another_slow_one():
    queue = FairQueue(active=1, slow=1, limit=100)
    queue.put(jobs("a", 3), 1.0)
    queue.take()
    assert queue.demote()
    queue.take()
    assert not queue.demote()
    queue.finished(demoted=True)
    assert queue.demote()


def test_too_many_jobs_are_refused_and_none_of_them_is_queued():
    queue = FairQueue(active=1, slow=0, limit=3)
    queue.put(jobs("a", 2), 1.0)
    with pytest.raises(OverloadedError, match="2 rollouts are waiting and 2 more") as caught:
        queue.put(jobs("b", 2), 7.5)
    assert caught.value.retry_after == 7.5
    assert queue.waiting == 2
    queue.put(jobs("c", 1), 1.0)
    assert drain(queue, 3) == ["a0", "c0", "a1"]


def test_a_request_larger_than_the_queue_is_taken_when_it_is_empty():
    queue = FairQueue(active=1, slow=0, limit=3)
    queue.put(jobs("a", 10), 1.0)
    assert len(drain(queue, 10)) == 10


def test_closing_hands_back_what_waited_and_wakes_who_took():
    queue = FairQueue(active=1, slow=0, limit=100)
    queue.put(jobs("a", 3), 1.0)
    queue.take()
    taken: list[Job | None] = []
    waiter = threading.Thread(target=lambda: taken.append(queue.take()))
    waiter.start()
    assert [job.task for job in queue.close()] == [b"a1", b"a2"]
    waiter.join(60)
    assert taken == [None]
    with pytest.raises(OverloadedError, match="shutting down"):
        queue.put(jobs("b", 1), 1.0)
