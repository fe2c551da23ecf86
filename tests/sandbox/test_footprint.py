"""The disk space of a command is bounded, including hidden files and files without a name."""

import os
from itertools import count, cycle
from pathlib import Path

import pytest

from rule_rm.sandbox import Ended, Limits, Program
from rule_rm.sandbox.grading.formats import read_tests
from rule_rm.sandbox.inside.confinement import footprint
from rule_rm.sandbox.running.judged import FILES

MIB = 1 << 20
LIMITS = Limits(wall=60.0, file_mb=8)
NAMELESS = """
import os, time
for number in range(20):
    opened = os.open(f"file{number}", os.O_RDWR | os.O_CREAT)
    os.unlink(f"file{number}")
    os.write(opened, b"1" * (4 << 20))
    time.sleep(0.05)
# It is ended before it has waited so long.
time.sleep(20)
print("all written")
"""
MAPPED = """
import mmap, os, time
kept = []
for number in range(8):
    opened = os.open(f"file{number}", os.O_RDWR | os.O_CREAT)
    os.ftruncate(opened, 8 << 20)
    kept.append(mmap.mmap(opened, 8 << 20))
    os.unlink(f"file{number}")
    os.close(opened)
    kept[-1].write(b"1" * (8 << 20))
    time.sleep(0.05)
# It is ended before it has waited so long.
time.sleep(20)
print("all written")
"""
HIDDEN = """
import os, time
os.mkdir("hidden", 0o300)
for number in range(20):
    open(f"hidden/file{number}", "wb").write(b"1" * (4 << 20))
    time.sleep(0.05)
# It is ended before it has waited so long.
time.sleep(20)
print("all written")
"""
HONEST = """
import os, tempfile, time
open("a.txt", "w").write("x")
kept = tempfile.TemporaryFile()
kept.write(b"1" * 1000)
kept.seek(0)
time.sleep(0.3)
print(len(kept.read()), os.listdir("."))
"""


def ran(box, code):
    with box.session(Program(code, takes_files=True)) as session:
        return session.run(b"", LIMITS)


@pytest.mark.parametrize("code", [NAMELESS, MAPPED, HIDDEN], ids=["nameless", "mapped", "hidden"])
def test_files_that_have_no_name_or_are_hidden_count(best, code):
    assert ran(best, code).ended is Ended.FILE_LIMIT


def test_a_temporary_file_is_no_excess(best):
    result = ran(best, HONEST)
    assert (result.ended, result.stdout) == (Ended.EXITED, b"1000 ['a.txt']\n")


def looks_until_ended(monkeypatch, directory, unreadable, ticks):
    """Return after how many looks a run is ended whose processes can't be read."""
    monkeypatch.setattr(footprint, "_nameless", lambda directory, trusted: (0, next(unreadable)))
    monkeypatch.setattr(footprint, "_ticks", lambda pid: next(ticks))
    look = footprint.watching(str(directory), 10, MIB)
    return next((number for number in range(100) if look(0.0) == "files"), None)


def test_a_process_that_waits_between_fork_and_exec_hides_nothing(monkeypatch, tmp_path):
    assert looks_until_ended(monkeypatch, tmp_path, cycle(["7"]), cycle([2])) is None


def test_a_process_that_runs_and_can_not_be_read_is_ended(monkeypatch, tmp_path):
    assert looks_until_ended(monkeypatch, tmp_path, cycle(["7"]), count()) is not None


def test_processes_that_follow_each_other_unread_are_ended(monkeypatch, tmp_path):
    assert looks_until_ended(monkeypatch, tmp_path, map(str, count()), cycle([0])) is not None


def test_a_process_that_has_ended_and_is_not_waited_for_hides_nothing():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert footprint._places(str(pid)) == []
    finally:
        os.waitpid(pid, 0)
    assert footprint._places(str(os.getpid())) == [Path(f"/proc/{os.getpid()}")]


HEADLESS = """
import ctypes, os, threading, time
def hide():
    for _ in range(4):
        opened = os.open("file", os.O_RDWR | os.O_CREAT)
        os.unlink("file")
        os.write(opened, b"1" * (4 << 20))
    time.sleep(20)
threading.Thread(target=hide).start()
ctypes.CDLL(None).pthread_exit(None)
"""


def test_the_files_of_threads_count_when_the_first_has_ended(best):
    assert ran(best, HEADLESS).ended is Ended.FILE_LIMIT


def test_the_time_of_a_process_is_read_whatever_its_name():
    assert footprint._ticks("self") >= 0
    assert footprint._ticks("no process") == -1


SAVING = """
from solution import save

def test_it(tmp_path):
    save(tmp_path / "a")
    assert (tmp_path / "a0").exists()
"""


@pytest.mark.parametrize(
    "code",
    [
        "import time\ndef save(path):\n    for n in range(9):\n"
        "        open(f'{path}{n}', 'wb').write(b'1' * (8 << 20))\n    time.sleep(9)\n",
        "def save(path):\n    for n in range(10**6):\n        open(f'{path}{n}', 'wb').close()\n",
    ],
    ids=["large", "many"],
)
def test_the_files_of_a_judged_program_are_bounded(best, code):
    suite = read_tests(SAVING)
    with best.session(Program(code)) as session:
        verdict = session.judge(suite.trial, Limits(wall=10.0, file_mb=16, files=100))
    assert verdict.outcomes == [FILES]
