"""Workers that somebody has stopped are killed, and no others."""

from __future__ import annotations

from rule_rm.engine import stopped_workers
from rule_rm.engine.stopped_workers import StoppedWorkers


def test_one_is_killed_that_was_stopped_at_each_of_several_looks(monkeypatch):
    states, killed = {1: "T", 2: "T", 3: "D"}, []
    monkeypatch.setattr(stopped_workers, "state", lambda pid: states.get(pid, ""))
    workers = StoppedWorkers(0.0, 3, killed.append)
    for number in range(3):
        assert killed == []
        states[2] = "S" if number == 1 else "T"
        workers.look(states)
    assert killed == [1]
    # An order to kill may be lost.
    workers.look(states)
    assert killed == [1, 1]


def test_it_looks_once_in_a_while(monkeypatch):
    looked = []
    monkeypatch.setattr(stopped_workers, "state", lambda pid: looked.append(pid) or "S")
    workers = StoppedWorkers(60.0, 1, looked.append)
    for _ in range(100):
        workers.look([1])
    assert looked == []
