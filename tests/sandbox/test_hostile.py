"""Nothing gets through: no program reaches what it should not, and no hack is paid, as root or as nobody."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from rule_rm.sandbox.host.backends import Interpreter

from . import hostile

NOBODY = 65534
ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("RULE_RM_SHARED_DATA", ROOT.parent / "shared" / "data"))


def shared_programs():
    file = SHARED / "hostile_code.jsonl"
    if not file.exists():
        pytest.skip("the shared hostile programs are not here")
    return hostile.rows(file)


@pytest.fixture(scope="module")
def values():
    with hostile.targets() as found:
        yield found


@pytest.mark.parametrize("name", hostile.PROGRAMS)
def test_a_hostile_program_gets_nothing(box, values, name):
    assert hostile.pwned(box, hostile.filled(hostile.PROGRAMS[name], values)) is None


@pytest.mark.parametrize("name", hostile.HACKS)
def test_a_hack_is_not_paid_by_any_kind_of_test(best, name):
    # A hack that hangs is not paid for longer either.
    assert hostile.paid(best, hostile.HACKS[name], seconds=1.5) == []


def test_an_honest_program_passes_every_kind_of_test(best):
    generous = replace(hostile.LIMITS, wall=30.0)
    code = "def add(a, b):\n    return a + b\n"
    assert hostile.paid(best, code, seconds=120.0, limits=generous) == list(hostile.SUITES)


def test_none_of_the_shared_programs_gets_through(best):
    assert hostile.everything(best, shared_programs(), own=False) == {}


def test_the_targets_can_be_hit_without_a_sandbox(values):
    """Outside the sandbox, the same programs succeed: the tests above can fail."""
    for name in ("reads_the_canary", "lists_the_canary", "makes_a_file_in_memory", "listens"):
        code = hostile.filled(hostile.PROGRAMS[name], values)
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert b"PWNED" in result.stdout, name


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody; the tests above ran as a user")
@pytest.mark.parametrize("backend", ["auto", pytest.param("landlock+seccomp", marks=pytest.mark.slow)])
@pytest.mark.parametrize("which", ["own", pytest.param("all", marks=pytest.mark.slow)])
def test_nothing_gets_through_as_nobody(backend, which):
    """`own` leaves out the hacks and the shared programs: their effect does not depend on the user."""
    python = sys.executable if Interpreter.of(sys.executable).is_reachable() else "/usr/bin/python3"
    if not Path(python).exists():
        pytest.skip("no interpreter that nobody may start")
    shared = SHARED / "hostile_code.jsonl"
    more = [str(shared)] if which == "all" and shared.exists() else []
    environment = {"BACKEND": backend} | ({"HACKS": "1"} if which == "all" else {})
    with tempfile.TemporaryDirectory() as directory:
        shutil.copytree(
            ROOT / "rule_rm", f"{directory}/rule_rm", ignore=shutil.ignore_patterns("__pycache__")
        )
        for file in ("hostile.py", "hostile.jsonl"):
            shutil.copy(Path(__file__).with_name(file), directory)
        if more:
            more = [shutil.copy(more[0], directory)]
        subprocess.run(["chmod", "-R", "a+rX", directory], check=True)
        result = subprocess.run(
            [python, f"{directory}/hostile.py", *more],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": directory, **environment},
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            text=True,
        )
    if "no sandbox holds" in result.stderr and backend != "auto":
        pytest.skip(result.stderr.strip().rpartition("\n")[2])
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["uid"] == NOBODY
    assert found["through"] == {}
