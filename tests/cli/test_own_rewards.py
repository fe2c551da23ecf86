"""`rule-rm new`, `try`, `list` and `doctor`: begin a reward, try it, find one, and look at the machine."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from rule_rm import rewards
from rule_rm.cli import main
from rule_rm.registry import registry

rewards.load()


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    monkeypatch.setattr(registry, "_rewards", dict(registry._rewards))


@pytest.mark.parametrize("form", ["rule_rm", "trl", "verl", "openrlhf", "swift"])
def test_a_new_reward_passes_its_own_cases_and_can_be_tried(form, tmp_path, capsys):
    name = f"begun_from_{form}"
    assert main(["new", "reward", name, "--from", form, "--directory", str(tmp_path)]) == 0
    assert f"rule-rm serve --reward-type {name}" in capsys.readouterr().out
    assert main(["try", str(tmp_path / f"{name}.py")]) == 0
    assert capsys.readouterr().out.startswith(f"reward      1 by {name}, ok")
    assert main(["try", str(tmp_path / f"{name}.py"), "--response", "It is 142."]) == 0
    assert capsys.readouterr().out.startswith("reward      0 by")


@pytest.mark.slow
def test_the_cases_of_a_new_reward_run(tmp_path):
    assert main(["new", "reward", "with_cases", "--directory", str(tmp_path)]) == 0
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_with_cases.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("My-Rule", "such as 'my_rule'"),
        ("gsm8k", "'my_gsm8k'"),
        ("class", "'my_class'"),
        ("a" * 99, "up to 60"),
    ],
)
def test_a_name_that_can_not_be_used_is_refused_with_one_that_can(name, message, tmp_path, capsys):
    assert main(["new", "reward", name, "--directory", str(tmp_path)]) == 2
    assert message in capsys.readouterr().err


def test_a_file_that_is_there_is_not_overwritten(tmp_path, capsys):
    (tmp_path / "there.py").write_text("x = 1")
    assert main(["new", "reward", "there", "--directory", str(tmp_path)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "there.py").read_text() == "x = 1"


def test_prints_and_the_traceback_of_a_tried_reward_are_shown(tmp_path, capsys):
    path = tmp_path / "tried_raising.py"
    path.write_text(
        "def compute_score(data_source, solution_str, ground_truth, extra_info=None):\n"
        "    print('here')\n"
        "    return 1 / 0\n"
    )
    assert main(["try", str(path)]) == 1
    shown = capsys.readouterr()
    assert shown.out == "here\n"
    assert "line 3, in compute_score" in shown.err
    assert "ZeroDivisionError" in shown.err


def test_an_error_at_import_has_its_line(tmp_path, capsys):
    path = tmp_path / "tried_broken.py"
    path.write_text("x = 1\nraise RuntimeError('no data today')\n")
    assert main(["try", str(path)]) == 1
    assert 'tried_broken.py", line 2' in capsys.readouterr().err


def test_a_traceback_begins_in_the_file_of_the_reward(tmp_path, capsys):
    path = tmp_path / "tried_text.py"
    rule = "def compute_score(solution_str, ground_truth):\n    return helped()\n"
    path.write_text(f"{rule}\n\ndef helped():\n    return {{}}[1]\n")
    assert main(["try", str(path)]) == 1
    frames = [line for line in capsys.readouterr().err.splitlines() if line.startswith("  File")]
    assert len(frames) == 2
    assert all(str(path) in line for line in frames)


def test_a_decorator_without_its_arguments_says_which(tmp_path, capsys):
    path = tmp_path / "tried_bare.py"
    path.write_text("from rule_rm import register\n\n\n@register\ndef kind(rollout):\n    return 1.0\n")
    assert main(["try", str(path)]) == 2
    assert 'register needs a name: @register("kind", summary=' in capsys.readouterr().err


def test_rewards_are_listed_by_words_and_as_json(capsys):
    assert main(["list", "json", "schema", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert list(listed) == ["json_schema"]
    assert listed["json_schema"]["metrics"] == ["parses", "valid"]
    assert main(["list", "gsm8"]) == 0
    assert capsys.readouterr().out.startswith("gsm8k")
    assert main(["list", "math_verifer"]) == 2
    assert "did you mean math_verifier" in capsys.readouterr().err


def test_the_doctor_names_a_judge_that_is_not_there(capsys, monkeypatch):
    from rule_rm.workbench import machine

    monkeypatch.setattr(machine, "_sandbox", lambda settings: iter([machine.Fact("sandbox", "ok", "")]))
    assert main(["doctor", "--json"]) == 0
    names = [fact["name"] for fact in json.loads(capsys.readouterr().out)]
    assert {"rule_rm", "processors", "extra parquet", "sandbox", "language python"} <= set(names)
    assert main(["doctor", "--judge-url", "http://127.0.0.1:9/v1"]) == 1
    assert "can't be reached" in capsys.readouterr().out
