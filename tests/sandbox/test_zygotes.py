"""A process that programs are forked from is replaced when it is stopped, with all that it ran."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from rule_rm.processes import starting
from rule_rm.processes.starting import Vigil, family
from rule_rm.sandbox.host import zygotes
from rule_rm.sandbox.host.backends import PROFILES, Slot
from rule_rm.sandbox.host.starving import Watch
from rule_rm.sandbox.host.zygotes import Child, Zygotes

from ..waiting import until
from ..web.processes import alive

RUNS_A_PROGRAM = ["sh", "-c", "sleep 1000 & wait"]


class Starter:
    """It starts processes that have a child, as one of the sandbox has that runs a program."""

    shares_threads = False

    def spawn(self, slot: Slot) -> Child:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(RUNS_A_PROGRAM, pass_fds=[theirs.fileno()])
        return Child(slot, process, ours, Watch(), None, Vigil(process.pid, may_idle=True))

    def ready(self, child: Child) -> Child:
        until(lambda: len(family(child.process.pid)) == 2, "its child")
        return child

    def start(self, slot: Slot) -> Child:
        return self.ready(self.spawn(slot))


@pytest.fixture
def kept(monkeypatch) -> Iterator[Zygotes]:
    monkeypatch.setattr(zygotes, "LOOK", 0.05)
    monkeypatch.setattr(starting, "STOPPED", 3)
    with ExitStack() as stack:
        over, end = os.pipe()
        stack.callback(os.close, over)
        starter = Starter()
        kept = Zygotes(starter, 1, starter.start(Slot(0, "python")))
        stack.callback(kept.close)
        keeper = threading.Thread(target=kept.keep, args=(over,))
        keeper.start()
        stack.callback(keeper.join)
        stack.callback(os.close, end)
        yield kept


def test_one_that_is_stopped_is_replaced_with_all_that_it_ran_and_no_other_is(kept):
    before = {child.process.pid: child for child in kept._children.values()}
    assert len(before) == len(PROFILES)
    stopped = next(iter(before))
    members = family(stopped)
    os.kill(stopped, signal.SIGSTOP)
    until(lambda: not any(map(alive, members)), "its end")
    until(lambda: len(kept._children) == len(PROFILES), "another one")
    now = {child.process.pid: child for child in kept._children.values()}
    (fresh,) = now.keys() - before.keys()
    assert before.keys() - now.keys() == {stopped}
    assert now[fresh].slot == before[stopped].slot
