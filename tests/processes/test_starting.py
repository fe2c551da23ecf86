"""A child that is stopped or hangs while it starts is killed; one that is slow is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

from rule_rm.errors import StuckError
from rule_rm.processes import starting
from rule_rm.processes.kernel import state
from rule_rm.processes.starting import Vigil, again, await_start

from ..waiting import until

IDLE = "import time; time.sleep(600)"
WORKING = "while True: pass"
WITH_A_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {WORKING!r}])"


@pytest.fixture
def started(monkeypatch):
    """Start a Python program that says nothing."""
    monkeypatch.setattr(starting, "LOOK", 0.05)
    monkeypatch.setattr(starting, "IDLE", 15)
    running = []

    def start(program: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-S", "-c", program]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True))
        return running[-1]

    yield start
    for process in running:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def stop(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGSTOP)
    until(lambda: state(process.pid) == "T", "it to be stopped")


def wait(process: subprocess.Popen[bytes], seconds: float = 60.0, **more) -> bool:
    return await_start(process, process.stdout.fileno(), seconds, "the child", **more)


def test_one_that_is_stopped_is_killed(started):
    stopped = started(WORKING)
    stop(stopped)
    with pytest.raises(StuckError, match=r"^the child does not start: it is stopped$"):
        wait(stopped)
    assert stopped.wait() == -signal.SIGKILL


def test_one_that_waits_without_end_is_killed(started):
    with pytest.raises(StuckError, match="it does nothing"):
        wait(started(IDLE))


@pytest.mark.parametrize("program", [WORKING, WITH_A_CHILD])
def test_one_that_works_or_waits_for_its_child_has_its_whole_time(started, program):
    assert not wait(started(program), 2.0)


def test_one_that_speaks_or_ends_is_not_waited_for(started):
    assert wait(started("print()"))
    assert wait(started(""))


def test_one_that_nobody_needs_is_not_waited_for(started):
    assert not wait(started(IDLE), is_over=lambda: True)


def test_one_that_was_stopped_for_a_moment_goes_on(started):
    process = started(WORKING)
    vigil = Vigil(process.pid)
    for _ in range(2):
        stop(process)
        assert {vigil.look() for _ in range(starting.STOPPED - 1)} == {None}
        os.kill(process.pid, signal.SIGCONT)
        until(lambda: state(process.pid) != "T", "it to go on")
        assert vigil.look() is None


def test_one_that_may_be_idle_is_given_up_only_if_it_is_stopped(started):
    process = started(IDLE)
    vigil = Vigil(process.pid, may_idle=True)
    assert {vigil.look() for _ in range(2 * starting.IDLE)} == {None}
    stop(process)
    assert [vigil.look() for _ in range(starting.STOPPED)][-1] == "it is stopped"


@pytest.mark.parametrize(("stuck", "tries"), [(0, 1), (1, 2), (starting.TRIES - 1, starting.TRIES)])
def test_what_got_stuck_is_tried_again(stuck, tries):
    tried = []

    def start() -> str:
        tried.append(1)
        if len(tried) <= stuck:
            raise StuckError("it does not start")
        return "started"

    assert again(start) == "started"
    assert len(tried) == tries


def test_what_gets_stuck_each_time_is_given_up():
    def start() -> None:
        raise StuckError("it does not start")

    with pytest.raises(StuckError):
        again(start)
