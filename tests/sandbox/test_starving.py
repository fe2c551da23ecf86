"""The time for which the machine keeps a program from a processor is not the program's."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from rule_rm import sandbox
from rule_rm.errors import SandboxError
from rule_rm.processes.kernel import CpuTime
from rule_rm.processes.waiting import Seen
from rule_rm.sandbox import Call, Ended, Limits, Program, Trial
from rule_rm.sandbox.host import starving
from rule_rm.sandbox.inside.confinement import own_clock
from rule_rm.sandbox.running.connection import STARVED, Connection, patient, request

BUSY = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end: pass\n"
COUNTING = "i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; echo 1"


class Machine:
    """Processes of which a parent's account is read; one processor for each of two."""

    def __init__(self, monkeypatch):
        self.parts, self.others = {}, 0.0
        monkeypatch.setattr(starving, "below", lambda _: list(self.parts))
        monkeypatch.setattr(starving, "family", lambda pid: [pid])
        monkeypatch.setattr(starving, "seen", self._seen)
        monkeypatch.setattr(starving, "others_ran", lambda _: self.others)
        monkeypatch.setattr("rule_rm.sandbox.host.starving.os.sched_getaffinity", lambda _: {0, 1})
        monkeypatch.setattr("rule_rm.sandbox.host.starving.os.cpu_count", lambda: 2)

    def _seen(self, members):
        threads = [CpuTime(*times) for pid in members for times in self.parts[pid]]
        return Seen(threads, sum(one.ran for one in threads))


@pytest.fixture
def machine(monkeypatch):
    """Return a machine without processes."""
    return Machine(monkeypatch)


@pytest.mark.parametrize(
    ("threads", "kept"),
    [
        ([(1.0, 3.0)], 3.0),
        # Two that share a processor; two of three that wait for each other and for others.
        ([(2.0, 2.0), (2.0, 2.0)], 0.0),
        ([(1.0, 3.0), (1.0, 3.0), (0.0, 0.0)], 2.0),
        # Forty that compete for two processors.
        ([(0.2, 3.8)] * 40, 0.0),
        # One that sleeps and one that waits for it alone.
        ([(0.0, 0.0), (4.0, 0.0)], 0.0),
        ([], 0.0),
    ],
)
def test_what_threads_of_a_program_take_from_each_other_counts(machine, threads, kept):
    machine.parts = {7: threads}
    assert starving.Account(0.0).look(1, 4.0, apart=False, forks=False) == pytest.approx(kept)


def test_a_wait_that_is_reported_late_is_compared_with_what_ran_since_the_beginning(machine):
    account = starving.Account(0.0)
    machine.parts = {7: [(0.0, 0.0), (5.0, 0.0)]}
    assert account.look(1, 5.0, apart=False, forks=False) == 0.0
    # The first thread has had its turn only now.
    machine.parts = {7: [(0.1, 5.0), (5.0, 0.0)]}
    assert account.look(1, 5.1, apart=False, forks=False) == 0.0


def test_a_judge_that_its_program_keeps_waiting_is_not_kept_by_the_machine(machine):
    account = starving.Account(0.0)
    machine.parts = {7: [(0.1, 3.0)], 8: [(3.0, 0.1)]}
    assert account.look(1, 4.0, apart=True, forks=False) == 0.0
    # Nor when the program is gone.
    machine.parts = {7: [(0.1, 3.0)]}
    assert account.look(1, 5.0, apart=True, forks=False) == 0.0
    machine.parts = {7: [(0.1, 4.0)]}
    assert account.look(1, 6.0, apart=True, forks=False) == pytest.approx(1.0)


def test_a_judge_and_its_program_that_wait_in_turn_waited_for_both(machine):
    machine.parts = {7: [(0.1, 1.0)], 8: [(0.2, 2.0)]}
    assert starving.Account(0.0).look(1, 4.0, apart=True, forks=False) == pytest.approx(0.8 + 1.9)


@pytest.mark.parametrize(("others", "kept"), [(0.0, 0.0), (1.0, 0.5), (4.0, 2.0), (100.0, 2.0)])
def test_programs_that_start_others_waited_for_no_longer_than_others_ran(machine, others, kept):
    account = starving.Account(0.0)
    # Children that ended unseen took the processors.
    machine.parts = {7: [(0.1, 1.9)]}
    assert account.look(1, 2.0, apart=False, forks=True) == 0.0
    machine.parts, machine.others = {7: [(0.2, 3.8)]}, others
    assert account.look(1, 4.0, apart=False, forks=True) == pytest.approx(kept)


def test_waits_do_not_count_up_to_a_bound(monkeypatch):
    times = iter([100.0, 100.0, 104.0, 104.0, 104.0, 104.0])
    monkeypatch.setattr("rule_rm.sandbox.inside.confinement.own_clock.time.monotonic", lambda: next(times))
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        host = own_clock.Host(ours, forks=False)
        monkeypatch.setattr(host, "waited", lambda *_, **__: 3.5)
        clock = own_clock.OwnClock(host, most=2.0)
        clock.look(4.0)
        clock.look(4.0)
    assert (clock.seconds, clock.counted, clock.fair) == (2.0, 2.0, 0.5)


@contextmanager
def answering(path, answers):
    """Yield a connection to a host that gives these answers."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(str(path))
    listener.listen()

    def serve():
        connection = listener.accept()[0]
        with connection:
            for answer in answers:
                connection.recv(1 << 16)
                connection.send(json.dumps({"wall": 1.0, **answer}).encode())

    thread = threading.Thread(target=serve)
    thread.start()
    connection = Connection(path)
    try:
        yield connection
    finally:
        connection.close()
        thread.join()
        listener.close()


def test_a_program_that_was_starved_is_not_judged(tmp_path):
    answers = [{"stopped": "starved", "starved": 4.0}]
    with answering(tmp_path / "host", answers) as host, pytest.raises(SandboxError, match="too busy"):
        host.ask(request("run", Limits(wall=1.0)), [0], 1.0)


def test_a_program_that_used_up_its_patience_by_hanging_is_judged(tmp_path):
    answers = [{"stopped": "timeout", "starved": 3.5}, {"stopped": "starved", "starved": 1.5}]
    with answering(tmp_path / "host", answers) as host, patient(5.0):
        asked = request("run", Limits(wall=0.5))
        assert asked["patience"] == STARVED * 0.5
        assert host.ask(asked, [0], 1.0)["stopped"] == "timeout"
        asked = request("run", Limits(wall=1.0))
        assert asked["patience"] == 1.5
        assert host.ask(asked, [0], 1.0)["stopped"] == "timeout"


@pytest.fixture(scope="module")
def host():
    """Yield a sandbox with one slot."""
    with sandbox.running(sandbox.SandboxOptions(allow_weak=True, slots=1, preload=())) as host:
        yield host


@contextmanager
def neighbours(each):
    """Start processes that compete with programs of the sandbox, `each` for a processor.

    The outcomes are the same with 5 to 20 of them, so that a busy machine makes no difference.
    """
    command = [sys.executable, "-S", "-c", "while True: pass"]
    # Each in a session of its own, as the kernel shares processors among sessions first.
    spinning = [subprocess.Popen(command, start_new_session=True) for _ in range(each * os.cpu_count())]
    try:
        yield
    finally:
        for one in spinning:
            one.kill()
            one.wait()


def run(host, code, wall, language="python"):
    with sandbox.LocalSandbox(host.address).session(Program(code, language)) as session:
        return session.run(b"", Limits(wall=wall))


@pytest.mark.slow
def test_a_program_that_waits_for_a_processor_has_its_time(host):
    spin = BUSY.format(0.2)
    function = f"def f():\n    {spin.replace(chr(10), chr(10) + '    ')}\n    return 1"
    limits = Limits(wall=1.0)
    with neighbours(8):
        results = [run(host, spin + "print(1)", 1.0), run(host, COUNTING, 1.0, "bash")]
        with sandbox.LocalSandbox(host.address).session(Program(function)) as session:
            returned = session.call([Call("f")], limits, total=1.0)
            verdict = session.judge(Trial(["assert f() == 1"], "statements"), limits, total=1.0)
    assert [(one.ended, one.stdout) for one in results] == [(Ended.EXITED, b"1\n")] * 2
    assert results[0].starved > 0.3
    assert [one.value for one in returned] == [1]
    assert list(verdict.outcomes) == [""]


@pytest.mark.parametrize(
    ("code", "language"), [("import time; time.sleep(60)", "python"), ("sleep 60", "bash")]
)
def test_a_program_that_sleeps_is_too_slow(host, code, language):
    assert run(host, code, 0.3, language).ended is Ended.TIMEOUT
