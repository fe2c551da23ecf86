"""The sandbox notices and restores its files when they are removed; a killed host leaves nothing."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rule_rm.engine.services import KeptSandbox
from rule_rm.errors import ChildDiedError
from rule_rm.processes import starting
from rule_rm.processes.child import end
from rule_rm.sandbox import SandboxHost, SandboxOptions
from rule_rm.sandbox.host.zygotes import WORK_PREFIX

from ..waiting import until


@pytest.fixture
def kept() -> Iterator[KeptSandbox]:
    # Those with namespaces keep no working directory here, so none could be left behind.
    with closing(KeptSandbox(SandboxOptions(backend="rlimits", allow_weak=True, slots=1))) as kept:
        yield kept


def works(pid: int) -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob(f"{WORK_PREFIX}{pid}_*"))


def test_sockets_that_were_removed_are_made_again_at_the_same_address(kept):
    # No other host is started while this is held, so that the loss can be seen.
    with kept._changing:
        shutil.rmtree(kept.address)
        until(kept.why_not_ready, "the loss to be noticed")
    until(lambda: kept.why_not_ready() is None, "another host")
    assert list(Path(kept.address).glob("*.sock"))
    assert kept.state()["restarts"] == 1


def test_a_host_that_is_killed_leaves_no_directory_and_is_started_again(kept):
    killed = kept.host.pid
    assert works(killed)
    os.kill(killed, signal.SIGKILL)
    until(lambda: kept.state()["restarts"] == 1, "another host")
    assert kept.host.pid != killed
    until(lambda: works(killed) == [], "its directories to be removed")


def test_a_host_that_is_stopped_is_killed_and_another_is_started(kept, monkeypatch):
    monkeypatch.setattr(starting, "STOPPED", 2)
    stopped = kept.host.pid
    os.kill(stopped, signal.SIGSTOP)
    until(lambda: kept.state()["restarts"] == 1, "another host")
    assert kept.host.pid != stopped
    assert works(stopped) == []


def test_a_host_that_dies_at_its_start_leaves_no_directory(monkeypatch):
    made = []

    def die(process, what, **more):
        made.append(Path(tempfile.mkdtemp(prefix=f"{WORK_PREFIX}{process.pid}_probe_")))
        end(process, 0.0)
        raise ChildDiedError(f"{what} died")

    monkeypatch.setattr("rule_rm.sandbox.host.host.child.hear", die)
    with pytest.raises(ChildDiedError):
        SandboxHost.start(SandboxOptions(allow_weak=True))
    assert len(made) == 1
    assert not made[0].exists()


def test_a_working_directory_that_was_removed_is_replaced(kept):
    before = works(kept.host.pid)
    assert before
    for work in before:
        shutil.rmtree(work)
    until(lambda: works(kept.host.pid) and not set(works(kept.host.pid)) & set(before), "another directory")
