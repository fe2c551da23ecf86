"""The host: a program dies with the process that asked for it, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

from rule_rm import sandbox
from rule_rm.errors import ConfigurationError, SandboxError
from rule_rm.sandbox import Call, Ended, Limits, Program, SandboxOptions

from ..waiting import until

ASKING = """
from rule_rm import sandbox
with sandbox.default().session(sandbox.Program("import time; time.sleep(600)")) as session:
    session.run(b"", sandbox.Limits(wall=600))
"""
SERVING = """
import time
from rule_rm import sandbox
host = sandbox.SandboxHost.start(sandbox.SandboxOptions(slots=1, preload=()))
print(host.pid, host.address, flush=True)
time.sleep(600)
"""
QUICK = Limits(wall=30.0, memory_mb=256)


@pytest.fixture
def host():
    with sandbox.running(SandboxOptions(slots=1, preload=())) as running:
        yield running


def descendants(pid):
    found, waiting = [], [pid]
    while waiting:
        try:
            children = Path(f"/proc/{waiting[0]}/task/{waiting[0]}/children").read_text().split()
        except OSError:
            children = []
        waiting = waiting[1:] + [int(child) for child in children]
        found += [int(child) for child in children]
    return found


def run(code, stdin=b"", limits=QUICK, language="python", **files):
    with sandbox.default().session(Program(code, language, files)) as session:
        return session.run(stdin, limits)


def test_a_program_gets_its_input_and_gives_its_output(host):
    result = run("import sys\nprint(sys.stdin.read()[::-1], end='')\nprint('no', file=sys.stderr)", b"abc")
    assert (result.stdout, result.stderr, result.exit_code) == (b"cba", b"no\n", 0)
    assert result.succeeded


def test_an_exit_code_is_the_programs_own(host):
    assert [run(f"raise SystemExit({code})").exit_code for code in ("0", "7", "None", "'text'")] == [
        0,
        7,
        0,
        1,
    ]


def test_a_traceback_starts_in_the_program(host):
    lines = run("def f():\n    return 1 / 0\nf()").stderr.decode().splitlines()
    assert lines[0].startswith("Traceback")
    assert 'File "program.py", line 3' in lines[1]
    assert lines[-1] == "ZeroDivisionError: division by zero"


def test_no_program_sees_another(host):
    with sandbox.default().session(
        Program("import sys, math\nprint(hasattr(math, 'left'))\nmath.left = 1")
    ) as session:
        assert [session.run(b"", QUICK).stdout for _ in range(3)] == [b"False\n"] * 3


def test_a_program_finds_nothing_that_was_there_before_it(host):
    code = (
        "import os, random, sys, threading\n"
        "print([name for name in ('solution', 'program', 'candidate') if name in sys.modules])\n"
        "print(sys.argv, list(vars(sys.modules['__main__'])), threading.active_count(), sorted(os.environ))\n"
        "print(random.random(), file=sys.stderr)\n"
    )
    first, second = run(code), run(code)
    modules, rest = first.stdout.decode().splitlines()
    assert modules == "[]"
    assert rest.startswith("['program.py'] ['__name__', ")
    assert "LD_BIND_NOW" not in rest
    assert first.stdout == second.stdout
    assert first.stderr != second.stderr, "both have the same random numbers"


def test_what_few_programs_import_is_loaded_for_those_that_name_it(host):
    see = "import sys\nprint('unit' + 'test' in sys.modules)"
    assert run(see).stdout == b"False\n"
    assert run(f"{see}  # unittest").stdout == b"True\n"
    assert run("import unittest.mock, dataclasses\nprint(unittest.mock)").succeeded


def test_every_limit_has_its_end(host):
    short = Limits(wall=0.3)
    assert run("while True: pass", limits=short).ended is Ended.TIMEOUT
    assert run("import time; time.sleep(100)", limits=short).ended is Ended.TIMEOUT
    small = Limits(wall=30.0, memory_mb=64, output_bytes=1000)
    assert run("print('x' * 5000)", limits=small).ended is Ended.OUTPUT_LIMIT
    assert b"MemoryError" in run("x = 'x' * 10**9", limits=small).stderr
    assert run("import ctypes; ctypes.string_at(0)", limits=small).ended is Ended.CRASHED


def test_recursion_may_be_deep(host):
    code = "import sys\nsys.setrecursionlimit(10**6)\ndef f(n): return n and 1 + f(n - 1)\nprint(f(40000))"
    assert run(code).stdout == b"40000\n"


def test_what_hangs_or_dies_in_one_call_costs_the_others_nothing(host):
    code = "import os\ndef f(n):\n    if n == 1: os._exit(0)\n    while n == 2: pass\n    return n * n\n"
    with sandbox.default().session(Program(code)) as session:
        found = session.call([Call("f", (n,)) for n in range(4)], Limits(wall=3.0))
    assert [one.value for one in found] == [0, None, None, 9]
    assert found[2].error == "timeout"


def test_a_program_dies_with_the_client_that_asked_for_it(host):
    before = len(descendants(host.pid))
    with subprocess.Popen(
        [sys.executable, "-c", ASKING],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as client:
        try:
            until(lambda: len(descendants(host.pid)) > before)
        finally:
            client.kill()
    until(lambda: len(descendants(host.pid)) == before)
    assert run("print(1)").stdout == b"1\n"


def test_a_zygote_that_dies_is_replaced(host):
    [first] = zygotes(host, "python")
    os.kill(first, signal.SIGKILL)
    until(lambda: zygotes(host, "python") not in ([], [first]))
    assert run("print(1)").stdout == b"1\n"


def zygotes(host, profile):
    """Return the processes that serve this profile, known by their options, as bubblewrap itself is too."""
    found = []
    for pid in descendants(host.pid):
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        command = Path(os.fsdecode(arguments.split(b"\0")[0])).name
        if f'"profile": "{profile}"'.encode() in arguments and command != "bwrap":
            found.append(pid)
    return found


def is_gone(pid):
    return not Path(f"/proc/{pid}").exists()


def test_a_fatal_zygote_is_tried_twice_and_is_then_our_failure(host):
    def murder(times):
        for _ in range(times):
            zygote = until(lambda: next(filter(descendants, zygotes(host, "python")), None))
            os.kill(zygote, signal.SIGKILL)
            until(partial(is_gone, zygote))

    murderer = threading.Thread(target=murder, args=(2,))
    murderer.start()
    with pytest.raises(SandboxError):
        run("import time; time.sleep(600)", limits=Limits(wall=600.0))
    murderer.join()
    assert run("print(1)").stdout == b"1\n"


def test_where_memory_is_short_programs_end_before_the_service(host):
    everyone = [host.pid, *descendants(host.pid)]
    assert {Path(f"/proc/{pid}/oom_score_adj").read_text() for pid in everyone} == {"1000\n"}


def test_closing_leaves_no_process_and_no_file():
    with sandbox.running(SandboxOptions(slots=2, preload=())) as host:
        address, everyone = Path(host.address), [host.pid, *descendants(host.pid)]
        assert address.stat().st_mode & 0o077 == 0
    assert not address.exists()
    until(lambda: all(map(is_gone, everyone)))


def test_a_killed_server_takes_its_host_with_it():
    server = subprocess.Popen(
        [sys.executable, "-c", SERVING],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with server:
        pid, address = server.stdout.readline().split()
        everyone = [int(pid), *descendants(int(pid))]
        server.kill()
    until(lambda: all(map(is_gone, everyone)))
    until(lambda: not Path(address).exists())


def test_a_killed_host_takes_its_zygotes_with_it():
    host = sandbox.SandboxHost.start(SandboxOptions(slots=1, preload=()))
    everyone = descendants(host.pid)
    os.kill(host.pid, signal.SIGKILL)
    until(lambda: all(map(is_gone, everyone)))
    assert not host.is_alive()
    with (
        pytest.raises(SandboxError),
        sandbox.LocalSandbox(host.address).session(Program("")) as session,
    ):
        session.run(b"", QUICK)
    host.close()
    assert not Path(host.address).exists()


def test_many_programs_leave_nothing_behind(host):
    ours, theirs, family = descriptors(os.getpid()), inside(host), len(descendants(host.pid))
    with sandbox.default().session(Program("print(input())")) as session:
        for number in range(200):
            assert session.run(b"%d" % number, QUICK).stdout == b"%d\n" % number
    for number in range(20):
        assert (
            run("read x; echo $x > left; cat left", b"%d\n" % number, language="bash").stdout
            == b"%d\n" % number
        )
    until(lambda: (inside(host), len(descendants(host.pid))) == (theirs, family))
    # Threads of other tests of this process may have opened a few meanwhile, but none for each program.
    until(lambda: descriptors(os.getpid()) < ours + 20)


def descriptors(pid):
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def inside(host):
    return {pid: descriptors(pid) for pid in zygotes(host, "python")}


def test_a_batch_with_endless_programs_finishes_and_the_others_are_unharmed(host):
    programs = ["while True: pass" if number % 20 == 7 else f"print({number})" for number in range(40)]
    found = [
        run(code, limits=Limits(wall=0.5 if "while" in code else 30.0, memory_mb=256)) for code in programs
    ]
    for number, result in enumerate(found):
        if number % 20 == 7:
            assert result.ended is Ended.TIMEOUT
        else:
            assert result.stdout == b"%d\n" % number


def test_without_a_host_there_is_no_verdict(monkeypatch):
    monkeypatch.delenv(sandbox.ADDRESS, raising=False)
    with pytest.raises(SandboxError, match="no sandbox was started"):
        sandbox.default()


def test_a_weak_sandbox_must_be_asked_for():
    with pytest.raises(ConfigurationError, match="--allow-weak-sandbox"):
        sandbox.SandboxHost.start(SandboxOptions(backend="rlimits", preload=()))


def test_a_weak_sandbox_tells_what_it_does_not_hold():
    with sandbox.running(SandboxOptions(backend="rlimits", allow_weak=True, slots=1, preload=())) as host:
        assert "connects by TCP" in host.describe()["not_contained"]
        assert run(
            "import os\nos.fork() or os.fork()\nimport time\ntime.sleep(60)", limits=Limits(wall=0.5)
        ).ended
        until(lambda: not any(descendants(pid) for pid in zygotes(host, "python")))


def test_an_unknown_backend_is_refused():
    with pytest.raises(ConfigurationError, match="no backend 'docker'"):
        sandbox.SandboxHost.start(SandboxOptions(backend="docker"))
