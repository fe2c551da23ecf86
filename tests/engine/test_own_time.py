"""Time in which a worker was not allowed to run does not count as its own, for any cause of the pause."""

from __future__ import annotations

import pytest

from rule_rm.engine import own_time
from rule_rm.engine.own_time import OwnTime
from rule_rm.processes.kernel import CpuTime


class Machine:
    """A clock, a worker and a control group that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.cpu = CpuTime(5.0, 0.0)
        self.stopped = self.sleeps = False
        self.throttled = 7.0

    def monotonic(self) -> float:
        return self.now

    def cpu_time(self) -> CpuTime:
        return self.cpu

    def state(self) -> str:
        return "T" if self.stopped else "S" if self.sleeps else "R"

    def passes(
        self, seconds: float, *, ran: float = 0.0, waited: float = 0.0, throttled: float = 0.0
    ) -> None:
        self.now += seconds
        self.cpu = CpuTime(self.cpu.ran + ran, self.cpu.waited + waited)
        self.throttled += throttled


@pytest.fixture
def machine(monkeypatch):
    machine = Machine()
    monkeypatch.setattr(own_time, "time", machine)
    monkeypatch.setattr(own_time, "throttled_time", lambda: machine.throttled)
    return machine


@pytest.fixture
def own(machine):
    own = OwnTime(machine)
    machine.passes(0.05, ran=0.05)
    own.look(0.05)
    return own


def test_time_that_it_ran_is_its_own(machine, own):
    machine.passes(0.25, ran=0.25)
    own.look(0.25)
    assert own.elapsed == pytest.approx(0.3)
    assert own.used == CpuTime(pytest.approx(0.25), 0.0)


def test_time_that_it_slept_is_its_own(machine, own):
    machine.sleeps = True
    for _ in range(2):
        machine.passes(0.25)
        own.look(0.25)
    assert own.elapsed - own.used.waited == pytest.approx(0.55)


def test_a_pause_of_the_whole_machine_is_not(machine, own):
    machine.passes(6.0, ran=0.2)
    own.look(0.25)
    assert own.elapsed == pytest.approx(0.3)
    assert own.is_paused


def test_a_pause_before_the_first_look_is_not(machine):
    own = OwnTime(machine)
    machine.passes(6.0)
    own.look(0.05)
    assert own.elapsed == pytest.approx(0.05)


def test_time_in_which_it_was_stopped_is_not(machine, own):
    machine.stopped = True
    for _ in range(20):
        machine.passes(0.25)
        own.look(0.25)
    machine.stopped = False
    machine.passes(0.25, ran=0.1)
    own.look(0.25)
    assert own.elapsed == pytest.approx(0.05 + 0.1)
    machine.passes(0.25, ran=0.25)
    own.look(0.25)
    assert own.elapsed == pytest.approx(0.05 + 0.1 + 0.25)


def test_time_in_which_its_quota_was_used_up_is_not(machine, own):
    machine.passes(0.25, ran=0.05, throttled=0.15)
    own.look(0.25)
    assert own.elapsed == pytest.approx(0.05 + 0.1)


def test_what_it_ran_while_we_were_paused_is_its_own(machine, own):
    machine.passes(6.0, ran=5.9, throttled=9.0)
    own.look(0.25)
    assert own.elapsed == pytest.approx(0.05 + 5.9)


def test_a_wait_for_a_processor_that_goes_on_is_counted_once(machine, own):
    for _ in range(8):
        machine.passes(0.25)
        own.look(0.25)
    assert own.elapsed - own.used.waited == pytest.approx(0.05), "the kernel counts a wait at its end"
    machine.passes(0.25, ran=0.05, waited=2.2)
    own.look(0.25)
    assert own.elapsed - own.used.waited == pytest.approx(0.1)
