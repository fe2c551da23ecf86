"""The sandbox notices and restores its files when they are removed; a killed host leaves nothing."""

from __future__ import annotations

import math
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from rule_rm.engine.services import KeptSandbox
from rule_rm.errors import ChildDiedError, SandboxError
from rule_rm.processes import starting
from rule_rm.processes.child import end
from rule_rm.sandbox import SandboxHost, SandboxOptions
from rule_rm.sandbox.host.zygotes import WORK_PREFIX
from rule_rm.sandbox.running import waiting
from rule_rm.sandbox.running.execution import Ended, ExecResult, Limits, Program
from rule_rm.sandbox.running.local import LocalSandbox
from rule_rm.sandbox.running.waiting import within

from ..waiting import PATIENCE, until


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


@pytest.mark.parametrize(
    ("language", "code"), [("python", "print(40 + 2)"), ("python", "import numpy"), ("bash", "echo 42")]
)
def test_a_request_waits_for_a_host_that_is_started_again_and_a_rollout_does_not(
    kept, monkeypatch, language, code
):
    looked = threading.Event()
    monkeypatch.setattr(waiting, "check_caller", looked.set)
    local = LocalSandbox(kept.address)

    def run(left: float) -> ExecResult:
        with within(time.monotonic() + left), local.session(Program(code, language)) as session:
            return session.run(b"", Limits(wall=30.0))

    with ThreadPoolExecutor(1) as threads:
        with kept._changing:
            os.kill(kept.host.pid, signal.SIGKILL)
            until(lambda: not kept.host.is_alive(), "its end")
            with pytest.raises(SandboxError):
                run(math.inf)
            looked.clear()
            asked = threads.submit(run, PATIENCE)
            until(looked.is_set, "the request to wait")
            assert not asked.done()
            with pytest.raises(SandboxError):
                run(0.1)
        assert asked.result(PATIENCE).ended is Ended.EXITED


def test_a_program_in_a_shell_whose_process_was_killed_is_run_once_more(kept):
    local = LocalSandbox(kept.address)
    with ThreadPoolExecutor(1) as threads, local.session(Program("sleep 99.5; echo 42", "bash")) as session:
        asked = threads.submit(session.run, b"", Limits(wall=120.0))
        first = until(lambda: sleeping(kept.host.pid), "it to begin")
        for launcher in children(kept.host.pid):
            os.kill(launcher, signal.SIGKILL)
        until(lambda: sleeping(kept.host.pid) - first, "the second try")
        for one in sleeping(kept.host.pid) - first:
            os.kill(one, signal.SIGKILL)
        assert asked.result(PATIENCE).stdout == b"42\n"


def children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def sleeping(pid: int) -> set[int]:
    """Return the descendants of a process that sleep for 99.5 s."""
    try:
        own = {pid} if Path(f"/proc/{pid}/cmdline").read_bytes() == b"sleep\x0099.5\x00" else set()
    except OSError:
        own = set()
    return own.union(*map(sleeping, children(pid)))
