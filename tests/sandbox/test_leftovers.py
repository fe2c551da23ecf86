"""Hostile programs by the thousand leave nothing behind: no process, descriptor, file or shared memory.

With `RULE_RM_LEFTOVERS=10000` in the environment, `pytest -m slow -s` runs more and prints the counts.
"""

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rule_rm import sandbox
from rule_rm.rewards.code_tests import code_tests
from rule_rm.sandbox import Limits, Program
from rule_rm.sandbox.host.backends import WORK
from rule_rm.sandbox.host.zygotes import WORK_PREFIX
from rule_rm.types import Rollout

from ..waiting import until

PROGRAMS = int(os.environ.get("RULE_RM_LEFTOVERS", "400"))
SCRIPTS = [
    "import os\nwhile True: os.fork()",
    "import os\nkept = [os.open('/dev/null', 0) for _ in range(10**6)]",
    "import threading\nfor _ in range(10**4): threading.Timer(9, print).start()",
    "x = []\nwhile True: x.append(bytearray(1 << 24))",
    "for place in ('/tmp', '/dev/shm', '/var/tmp', '.'):\n    open(place + '/left', 'w').write('x' * 10**6)",
    "import os\nkept = [os.memfd_create('left') for _ in range(10**6)]",
    "import mmap\nkept = [mmap.mmap(-1, 1 << 20) for _ in range(10**6)]",
    "from multiprocessing import shared_memory\nkept = shared_memory.SharedMemory('left', True, 1 << 20)",
    "import socket\nkept = [socket.socketpair() for _ in range(10**6)]",
    "import subprocess\nsubprocess.Popen(['sleep', '600'], start_new_session=True)",
    "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos.kill(-1, 9)",
    "import os\nos.setsid()\nos._exit(7)",
    "print('x' * (1 << 25))",
    "import ctypes\nctypes.string_at(0)",
    "import tempfile\nkept = [tempfile.TemporaryFile() for _ in range(10**6)]",
    "import os\nos.mkfifo('/tmp/left_pipe')\nopen('/tmp/left_pipe')",
]
JUDGED = [
    "import os\ndef f(n): os._exit(0)",
    "def f(n): 1 / 0",
    "import threading\ndef f(n):\n    for _ in range(99): threading.Timer(9, print).start()",
    "import os\ndef f(n):\n    while True: os.dup(0)",
    "def f(n):\n    for place in range(10**9): open(f'left{place}', 'w').close()",
    "import os, tempfile\nos.symlink('/', 'left')\ndef f(n):\n    tempfile.mkdtemp()\n    os._exit(0)",
    "import os\nkept = open('left', 'w')\nos.mkdir('closed', 0)\nos.mkfifo('p')\ndef f(n): open('p')",
]
"""The last ones share a directory with their test."""
TESTS = "from solution import f\ndef test_it():\n    assert f(2) == 4\n"


def tree(pid):
    """Return the ids of a process and of all that descend from it."""
    found = [pid]
    for one in found:
        for thread in Path(f"/proc/{one}/task").glob("*/children"):
            found += map(int, thread.read_text().split())
    return found


def left(host):
    """Return what there is on the machine that a program could have left."""
    pids = tree(host.pid)
    descriptors = sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in [os.getpid(), *pids])
    files = [path for place in ("/tmp", "/var/tmp", "/dev/shm") for path in Path(place).glob("*left*")]
    # The directories of sessions, where the launchers see them.
    files += Path("/tmp").glob(f"{WORK_PREFIX}{host.pid}_*/*")
    files += [path for pid in pids for path in Path(f"/proc/{pid}/root{WORK}/sessions").glob("*")]
    return {
        "processes": len(pids),
        "descriptors": descriptors,
        "files": files,
        "shared memory": len(Path("/proc/sysvipc/shm").read_text().splitlines()),
    }


def is_no_more(now, before):
    """Return whether nothing was added; the first programs may still have been on their way out."""
    return all(now[kind] <= before[kind] for kind in before)


def run(code):
    if "def f" in code:
        score = code_tests(Rollout("", f"```python\n{code}\n```", TESTS), timeout=0.5)
        return score.reward == 0
    with sandbox.default().session(Program(code)) as session:
        session.run(b"", Limits(wall=0.5, memory_mb=128))
    return True


@pytest.mark.slow
def test_hostile_programs_leave_nothing_behind():
    with sandbox.running(sandbox.SandboxOptions(slots=2, preload=())) as host:
        jobs = list(itertools.islice(itertools.cycle([*SCRIPTS, *JUDGED]), PROGRAMS))
        assert all(map(run, jobs[: len(SCRIPTS) + len(JUDGED)]))
        until(lambda: not left(host)["files"], lambda: f"there are {left(host)}")
        before = left(host)
        with ThreadPoolExecutor(2) as pool:
            assert all(pool.map(run, jobs))
        until(lambda: is_no_more(left(host), before), lambda: f"{before}, there are {left(host)}")
        print(f"\n{len(jobs)} programs; before: {before}; after: {left(host)}")


OPEN = """
import os
def is_open(number):
    try: os.fstat(number)
    except OSError: return False
    return True
print(*filter(is_open, range(1024)))
"""
OPEN_IN_BASH = 'for n in {0..1023}; do [ -e /proc/self/fd/$n ] && echo -n "$n "; done'


@pytest.mark.slow
@pytest.mark.parametrize(("language", "code"), [("python", OPEN), ("bash", OPEN_IN_BASH)])
def test_no_program_has_a_descriptor_of_ours_however_many_slots_there_are(language, code):
    def seen():
        with sandbox.default().session(Program(code, language)) as session:
            return session.run(b"", Limits(wall=20.0)).stdout

    with sandbox.running(sandbox.SandboxOptions(slots=1, preload=())):
        alone = seen()
    with sandbox.running(sandbox.SandboxOptions(slots=22, preload=())), ThreadPoolExecutor(22) as pool:
        assert set(pool.map(lambda _: seen(), range(44))) == {alone}
    # Bash keeps its script open under the highest number that it may have.
    own = {63} if language == "bash" else set()
    assert set(map(int, alone.split())) <= {0, 1, 2} | own
