"""The recipes of CONTRIBUTING.md, followed to the letter in a copy of the checkout, end green."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest

from rule_rm import Rollout, Score, Status, protocols
from rule_rm.registry import registry

from .pages import CONTRIBUTING, ROOT, blocks

RECIPES = dict(re.findall(r"^## (Add a .*?)\n(.*?)(?=^## )", CONTRIBUTING, re.MULTILINE | re.DOTALL))
# `rule_rm/rewards/shouting.py`: a path that a recipe has written, before the block with the content.
_FILE = re.compile(r"is `([\w/.]+)`[^`]*?(?:`\w+`[^`]*?)*:\n\n```\w+\n(.*?)^```", re.DOTALL | re.MULTILINE)


def files(recipe: str) -> dict[str, str]:
    """Return the files that a recipe has written, by their paths."""
    return dict(_FILE.findall(RECIPES[recipe]))


@pytest.fixture
def copy(tmp_path) -> Path:
    """Return a copy of the checkout in which a recipe can be followed."""
    target = tmp_path / "checkout"
    ignored = shutil.ignore_patterns(".git", ".venv*", "site", "build", "dist", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, target, ignore=ignored, symlinks=True)
    return target


def run(checkout: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_has_two_files_and_commands(recipe):
    assert len(files(recipe)) == 2
    assert len(blocks(RECIPES[recipe], "bash")) == 1


def test_there_are_two_recipes():
    assert [title.split()[2] for title in RECIPES] == ["reward", "wire"]


def written_module(name: str, source: str, monkeypatch) -> ModuleType:
    """Return a module with this source, importable by its name during the test."""
    module = ModuleType(name)
    exec(compile(source, name, "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, name, module)
    return module


def test_the_reward_of_the_recipe_earns_what_its_cases_say(monkeypatch):
    # Also where it was followed, and in a process that serves.
    others = {name: one for name, one in registry._rewards.items() if name != "shouting"}
    monkeypatch.setattr(registry, "_rewards", others)
    monkeypatch.setattr(registry, "_frozen", threading.Event())
    source, cases = files("Add a reward in ten minutes").values()
    written_module("rule_rm.rewards.shouting", source, monkeypatch)
    function = registry.registered()["shouting"]
    for case in map(json.loads, cases.splitlines()):
        score = function.with_options(case.get("options", []))(Rollout(case["prompt"], case["response"]))
        assert (score.reward, score.status.value) == (case["reward"], case["status"])


def test_the_wire_format_of_the_recipe_is_one_and_reads_its_captured_request(monkeypatch):
    source, captured = files("Add a wire format").values()
    written_module("rule_rm.protocols.quiz", source, monkeypatch)
    quiz, case = protocols._wire_format("quiz"), json.loads(captured)
    read = quiz.parse_request(case["request"])
    assert [{name: getattr(rollout, name) for name in case["rollouts"][0]} for rollout in read] == case[
        "rollouts"
    ]
    scores = [
        Score.unscored(Status(status), "for the test") if reward is None else Score(reward, Status(status))
        for reward, status in case["scores"]
    ]
    reply = quiz.build_response(case["request"], scores, metrics=(), unscored_reward=0.0)
    assert reply == case["reply"]
    assert (case["request"].keys(), reply.keys()) == (quiz.FIELDS.keys(), quiz.REPLY.keys())


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_ends_green(recipe, copy):
    written = files(recipe)
    for name, content in written.items():
        assert not (copy / name).exists()
        (copy / name).write_text(content, encoding="utf-8")
    for command in blocks(RECIPES[recipe], "bash")[0].splitlines():
        if command == "make tables":
            run(copy, "docs/tables.py")
        else:
            program, *arguments = shlex.split(command)
            assert program == ".venv/bin/python"
            run(copy, *arguments, "-p", "no:cacheprovider")
    modules = [name for name in written if name.endswith(".py")]
    prose = [sys.executable, "tests/docs/prose.py", *modules]
    found = subprocess.run(prose, cwd=copy, capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout == ""
    run(copy, "-m", "ruff", "check", *modules)
    run(copy, "-m", "ruff", "format", "--check", *modules)
    run(copy, "-m", "mypy", *modules)
    run(copy, "-c", "import sys; from importlinter.cli import lint_imports_command as lint; lint()")
    for name in (name for name in modules if ">>> " in written[name]):
        run(copy, "-m", "pytest", "--doctest-modules", name, "-p", "no:cacheprovider")
