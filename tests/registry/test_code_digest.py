"""The version of a reward changes with all code that it reaches, and with nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from rule_rm import registry, rewards
from rule_rm.registry import code_digest as digests
from rule_rm.registry.code_digest import PACKAGE, code_digest


def reached(name):
    found = digests._reached(str(PACKAGE / "rewards" / f"{name}.py"))
    return {path.removeprefix(f"{PACKAGE}/") for path in found}


def test_a_reward_for_mathematics_reaches_the_reader_of_mathematics_but_no_judge():
    files = reached("math_equal")
    assert {"math/grade.py", "math/reading/parser.py", "math/comparing/exact.py", "types.py"} <= files
    assert not [name for name in files if name.startswith(("judge/", "web/", "engine/", "registry/"))]


def test_the_templates_of_a_judge_are_part_of_its_version():
    assert any(name.endswith(".j2") for name in reached("llm_judge"))


def test_rewards_that_reach_other_code_have_other_versions():
    rewards.load()
    versions = {name: one.version for name, one in registry.registered().items()}
    assert versions["math_equal"] != versions["f1"]


@pytest.mark.parametrize(
    ("changed", "is_reached"),
    [("neighbour.py", True), ("package/__init__.py", True), ("package/inner.py", True), ("other.py", False)],
)
def test_the_version_of_a_reward_file_changes_with_what_it_imports_next_to_it(changed, is_reached, tmp_path):
    (tmp_path / "package").mkdir()
    texts = {
        "rule.py": "import neighbour\ndef f():\n    from package import (\n        inner,\n    )\n",
        "neighbour.py": "import json",
        "package/__init__.py": "",
        "package/inner.py": "from . import absent",
        "other.py": "",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    before = code_digest(tmp_path / "rule.py")
    assert code_digest(tmp_path / "rule.py") == before
    (tmp_path / changed).write_text("x = 1")
    assert (code_digest(tmp_path / "rule.py") != before) is is_reached


def test_a_change_in_the_package_changes_the_rewards_that_reach_it_alone(tmp_path):
    """In a copy of the package, by processes of their own: what a module imports is remembered."""
    shutil.copytree(PACKAGE, tmp_path / "rule_rm", ignore=shutil.ignore_patterns("__pycache__"))
    program = (
        "from pathlib import Path; from rule_rm.registry.code_digest import PACKAGE, code_digest\n"
        "for name in ('math_equal', 'f1'): print(code_digest(PACKAGE / 'rewards' / f'{name}.py'))"
    )

    def versions():
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout.split()

    before = versions()
    with (tmp_path / "rule_rm" / "math" / "grade.py").open("a") as module:
        module.write("\n# changed\n")
    after = versions()
    assert before[0] != after[0]
    assert before[1] == after[1]
