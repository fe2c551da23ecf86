"""Tests that run in forked processes are all run, each once, and what they say is not lost."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TESTS = """
import os
import signal
import pytest

@pytest.fixture(scope="module")
def made(tmp_path_factory):
    (tmp_path_factory.mktemp("made") / "once").touch()

@pytest.mark.parametrize("number", range(120))
def test_many(number):
    os.write(LOG, b"%d\\n" % number)

def test_shares(made):
    pass

def test_shares_too(made):
    pass

def test_fails():
    print("what it printed")
    assert 1 + 1 == 3

@pytest.fixture
def unready():
    raise LookupError("there is none")

def test_is_not_begun(unready):
    pass

def test_is_skipped():
    pytest.skip("not here")

def test_is_killed():
    os.kill(os.getpid(), signal.SIGKILL)

@pytest.mark.parametrize("number", range(120, 125))
def test_more(number):
    os.write(LOG, b"%d\\n" % number)

LOG = os.open(LOGFILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
"""


@pytest.fixture
def run(tmp_path):
    """Return what pytest printed of a module of tests that pass, fail, are skipped and end their process."""

    def run(*arguments):
        log = tmp_path / "log"
        (tmp_path / "test_all.py").write_text(TESTS.replace("LOGFILE", repr(str(log))))
        (tmp_path / "pytest.ini").write_text("[pytest]")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "tests.parallel", "-p", "no:hypothesispytest", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DEBUG_TEMPROOT": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done, [int(line) for line in log.read_text().split()]

    return run


def test_every_test_runs_once_whatever_others_do(run, tmp_path):
    done, numbers = run("--jobs", "3")
    assert sorted(numbers) == list(range(125))
    assert re.search(r"2 failed, 127 passed, 1 skipped, 1 error", done.stdout), done.stdout + done.stderr
    assert done.returncode == 1
    assert "what it printed" in done.stdout
    assert "there is none" in done.stdout
    assert "its process ended with status 9" in done.stdout
    assert len(list(tmp_path.rglob("once"))) == 1
    assert "Traceback" not in done.stderr


def test_the_first_failure_can_end_the_run(run):
    done, numbers = run("--jobs", "2", "-x", "-k", "fails or more")
    assert "1 failed" in done.stdout
    assert done.returncode in (1, 2)
    assert len(numbers) <= 5
