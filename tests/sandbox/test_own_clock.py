"""A pause of the machine does not count as a program's time."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from rule_rm import sandbox
from rule_rm.sandbox import Ended, Limits
from rule_rm.sandbox.inside.confinement.own_clock import OwnClock

from ..web.processes import descendants


@pytest.mark.parametrize(
    ("passed", "planned", "counted"),
    [(0.25, 0.25, 0.25), (0.01, 0.25, 0.01), (0.4, 0.25, 0.4), (12.0, 0.25, 0.25), (3600.0, 0.0, 0.0)],
)
def test_a_wait_that_is_much_too_late_was_a_pause(monkeypatch, passed, planned, counted):
    times = iter([100.0, 100.0 + passed])
    monkeypatch.setattr("rule_rm.sandbox.inside.confinement.own_clock.time.monotonic", lambda: next(times))
    assert OwnClock().look(planned) == pytest.approx(counted)


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "import time\nend = time.monotonic() + 0.6\nwhile time.monotonic() < end: pass\nprint(1)"),
        ("bash", "for one in 1 2 3 4 5 6; do sleep 0.1; done; echo 1"),
    ],
)
def test_a_pause_of_all_processes_is_no_time_of_a_program(language, code):
    with sandbox.running(sandbox.SandboxOptions(allow_weak=True, slots=1, preload=())) as host:
        local = sandbox.LocalSandbox(host.address)
        with ThreadPoolExecutor(1) as pool, local.session(sandbox.Program(code, language)) as session:
            session.run(b"", Limits(wall=5.0))
            ran = pool.submit(session.run, b"", Limits(wall=1.2))
            time.sleep(0.2)
            processes = [host.pid, *descendants(host.pid)]
            for number in (signal.SIGSTOP, signal.SIGCONT):
                for pid in processes:
                    with suppress(ProcessLookupError):
                        os.kill(pid, number)
                time.sleep(1.5)
            result = ran.result()
    assert (result.ended, result.stdout) == (Ended.EXITED, b"1\n")
