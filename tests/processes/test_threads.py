"""Threads that are started together, and go on after a failure."""

from __future__ import annotations

import queue

import pytest

from rule_rm.processes.threads import start_all


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(1)])
def test_a_thread_goes_on_after_whatever_its_body_raises(caplog, error):
    tasks: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()

    def work() -> None:
        while (task := tasks.get()) is not None:
            raise task

    (thread,) = start_all("worker", 1, work)
    tasks.put(error)
    tasks.put(error)
    tasks.put(None)
    thread.join(10)
    assert not thread.is_alive()
    assert [record.message for record in caplog.records] == ["worker-0 failed and goes on"] * 2
