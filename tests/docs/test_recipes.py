"""The recipes of CONTRIBUTING.md, followed to the letter in a copy of the checkout, end green."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .pages import CONTRIBUTING, ROOT, blocks

RECIPES = dict(re.findall(r"^## (Add a .*?)\n(.*?)(?=^## )", CONTRIBUTING, re.MULTILINE | re.DOTALL))
# `rule_rm/rewards/shouting.py`: a path that a recipe has written, before the block with the content.
_FILE = re.compile(r"is `([\w/.]+)`[^`]*?(?:`\w+`[^`]*?)*:\n\n```\w+\n(.*?)^```", re.DOTALL | re.MULTILINE)
SKIPPED = "not recipes and not prose"
"""The copy does not follow the recipes again, and its prose is looked at file by file."""


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
            program, *arguments = command.split()
            assert program == ".venv/bin/python"
            chosen = [] if "-k" in arguments else ["-k", SKIPPED]
            run(copy, *arguments, *chosen, "-p", "no:cacheprovider")
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
