"""`.ci/venv`, which the launch script and the Makefile make their environment with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def make_environment(path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / ".ci" / "venv", path],
        env={**os.environ, "PYTHON": sys.executable, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def old_python(tmp_path: Path) -> str:
    """Return an interpreter that says it is Python 3.9."""
    script = tmp_path / "python3.9"
    script.write_text('#!/bin/sh\ncase "$2" in *platform*) echo 3.9.18 ;; *) exit 1 ;; esac\n')
    script.chmod(0o755)
    return str(script)


def python_works(environment: Path) -> bool:
    python = environment / "bin" / "python"
    return python.exists() and subprocess.run([python, "-c", "import pip"]).returncode == 0


@pytest.mark.slow
def test_a_new_environment_is_made_and_a_sound_one_is_left_alone(tmp_path):
    assert make_environment(tmp_path / "venv").returncode == 0
    assert python_works(tmp_path / "venv")
    (tmp_path / "venv" / "mine").touch()
    done = make_environment(tmp_path / "venv")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "venv" / "mine").exists()


@pytest.mark.slow
def test_an_environment_whose_python_is_gone_is_made_anew(tmp_path):
    make_environment(tmp_path / "venv")
    for name in ("python", "python3"):
        (tmp_path / "venv" / "bin" / name).unlink()
        (tmp_path / "venv" / "bin" / name).symlink_to("/nothing/python")
    done = make_environment(tmp_path / "venv")
    assert done.returncode == 0
    assert "anew" in done.stderr
    assert python_works(tmp_path / "venv")


@pytest.mark.slow
def test_an_environment_of_too_old_a_python_is_made_anew(tmp_path):
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    (tmp_path / "venv" / "bin" / "python").symlink_to(old_python(tmp_path))
    assert make_environment(tmp_path / "venv").returncode == 0
    assert python_works(tmp_path / "venv")


def test_too_old_a_python_is_refused_in_one_line_that_says_what_to_do(tmp_path):
    done = make_environment(tmp_path / "venv", PYTHON=old_python(tmp_path))
    assert done.returncode == 1
    assert "rule_rm needs Python 3.10 or later" in done.stderr
    assert "is 3.9.18" in done.stderr
    assert "PYTHON=" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_directory_with_other_files_is_never_cleared(tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "thesis.tex").touch()
    done = make_environment(tmp_path / "work")
    assert done.returncode == 1
    assert "not a virtual environment" in done.stderr
    assert (tmp_path / "work" / "thesis.tex").exists()


@pytest.mark.parametrize("variable", ["VENV"])
def test_the_launch_script_passes_the_refusal_on(tmp_path, variable):
    done = subprocess.run(
        [ROOT / "example_start_remote_rm.sh"],
        env={
            **os.environ,
            variable: str(tmp_path / "venv"),
            "PYTHON": old_python(tmp_path),
            "OUTPUT_DIR": str(tmp_path / "logs"),
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "rule_rm needs Python 3.10 or later" in done.stderr
