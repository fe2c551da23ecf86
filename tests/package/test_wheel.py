"""The wheel of this checkout is complete, and works in an empty environment."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_SHIPPED = {".gitignore", "constraints.txt", ".pre-commit-config.yaml", "pyproject.toml", "setup.cfg"}
"""Files at the top that setuptools adds by itself, or that only a repository needs."""


def tracked() -> list[str]:
    """Return the files of the repository; skip the test where there is none."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """Return a copy of the checkout, so that building leaves nothing behind in it."""
    copy = tmp_path_factory.mktemp("source")
    for name in tracked():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    return copy


def pip(*arguments: object, python: object = sys.executable) -> None:
    done = subprocess.run(
        [str(python), "-m", "pip", "--disable-pip-version-check", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=600,
    )
    if "No matching distribution found" in done.stderr or "Temporary failure" in done.stderr:
        pytest.skip("there is no package index to build and install from")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory) -> Path:
    """Return the wheel, built as the documentation says."""
    out = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--quiet", "--no-deps", "--wheel-dir", out, source)
    (built,) = out.glob("*.whl")
    return built


def test_the_metadata_in_both_files_agree():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[project]")[2]
    assert f'name = "{setup["metadata"]["name"]}"' in project
    assert f'requires-python = "{setup["options"]["python_requires"]}"' in project
    for dynamic in ("version", "description", "readme", "license", "classifiers", "dependencies"):
        assert f'"{dynamic}",' in project
    assert not {"author", "author_email", "url", "project_urls"} & {*setup["metadata"]}


def test_the_license_is_the_one_that_the_metadata_name():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "license = Apache-2.0" in (ROOT / "setup.cfg").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_wheel_has_what_the_documentation_names_and_no_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    packed = {name for name in names if name.startswith("rule_rm/")}
    in_package = {
        name
        for name in tracked()
        if name.startswith("rule_rm/")
        and Path(name).suffix in (".py", ".j2", ".typed", ".html", ".css", ".js")
    }
    assert packed >= in_package
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    for dataset in ("math_examples", "coding_examples", "safety_examples"):
        assert any(name.endswith(f"share/rule_rm/datasets/{dataset}.json") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "docs/", "benchmarks/"))]


@pytest.mark.slow
def test_the_source_distribution_has_every_file_of_the_repository(source, tmp_path):
    pip("install", "--quiet", "--target", tmp_path / "tools", "setuptools>=68")
    program = f"from setuptools import build_meta; print(build_meta.build_sdist({str(tmp_path)!r}))"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "tools")}
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=source,
        env=environment,
        check=True,
        capture_output=True,
        timeout=300,
    )
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        packed = {name.partition("/")[2] for name in opened.getnames()}
    missing = sorted(set(tracked()) - packed - NOT_SHIPPED)
    assert missing == [], "add them to MANIFEST.in"


QUICKSTART = """
import subprocess, sys
from pathlib import Path
from rule_rm import RemoteRewardModel, start_server

bin = Path(sys.executable).parent
path = [bin / "rule-rm", "path", "math_examples"]
dataset = subprocess.run(path, capture_output=True, text=True, check=True).stdout.strip()
with start_server(reward_type="math_verifier", dataset=dataset, port=0, workers=1) as server:
    rewards = RemoteRewardModel(server.url).score(
        ["Work out $406-178+95$."] * 3,
        [f"<think>a</think><answer>{n}</answer>" for n in (323, 322)] + ["The answer is 323."],
    )
    assert list(map(float, rewards)) == [1.5, 0.5, 0.0], rewards
    demo = subprocess.run([bin / "rule-rm", "demo", "--url", server.url], capture_output=True, text=True)
    assert demo.returncode == 0, demo.stderr
"""
TEMPLATES = """
from importlib.resources import files
import rule_rm.judge
templates = files("rule_rm.judge").joinpath("templates").iterdir()
assert [path.name for path in templates if path.name.endswith(".j2")]
"""


@pytest.mark.slow
def test_the_quickstart_works_from_a_wheel_in_a_new_environment(wheel, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    pip("install", "--quiet", wheel, python=python)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    for program in (QUICKSTART, TEMPLATES):
        done = subprocess.run(
            [python, "-c", program],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("uv") is None, reason="uv is not installed")
def test_uv_runs_the_command_in_a_checkout(source, tmp_path):
    environment = {
        **os.environ,
        "UV_PROJECT_ENVIRONMENT": str(tmp_path / "venv"),
        "UV_PYTHON": sys.executable,
    }
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        ["uv", "run", "rule-rm", "--version"],
        cwd=source,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.stdout.startswith("rule-rm "), done.stderr
