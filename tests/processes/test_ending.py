"""All that is closed at the end of a process shares one deadline, which always holds."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest

from rule_rm.processes import ending as module
from rule_rm.processes.child import end
from rule_rm.processes.ending import Ending

from ..waiting import PATIENCE, until
from ..web.processes import alive

ENDLESS = """
import logging, os, signal, subprocess, sys, threading
from rule_rm.processes.ending import ending
ending.guard()
child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
os.kill(child.pid, signal.SIGSTOP)
print(child.pid, flush=True)
ending.begin(0.2)
child.wait()
"""


def test_a_part_has_all_its_time_while_there_is_no_end():
    assert Ending().left(45.0) == 45.0


def test_no_part_takes_the_time_of_those_after_it():
    ending = Ending()
    ending.begin(100.0)
    assert ending.left(10.0) == 10.0
    assert 45.0 < ending.left(200.0) <= 50.0


def test_the_first_signal_sets_the_deadline():
    ending = Ending()
    ending.begin(100.0)
    ending.begin(10_000.0)
    assert ending.left(10_000.0) <= 50.0


def test_when_the_time_is_over_nothing_is_left_and_the_process_ends():
    ending, exited = Ending(), threading.Event()
    ending.guard(exited.set)
    ending.begin(0.0)
    assert exited.wait(PATIENCE)
    assert ending.left(10.0) == 0.0


def test_what_does_not_end_in_time_is_killed_with_its_children():
    running = subprocess.run(
        [sys.executable, "-c", ENDLESS], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert running.returncode == 1
    until(lambda: not alive(int(running.stdout)), "the child's end")


def test_a_child_that_does_not_end_has_a_part_of_the_time(monkeypatch):
    ending = Ending()
    ending.begin(0.2)
    monkeypatch.setattr("rule_rm.processes.child.ending", ending)
    stopped = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
    end(stopped, 10 * PATIENCE)
    assert stopped.returncode == -signal.SIGKILL


@pytest.fixture(autouse=True)
def _none_has_begun():
    """Check that no test has begun the end of this process itself."""
    yield
    assert module.ending.left(1.0) == 1.0
