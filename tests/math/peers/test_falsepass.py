"""falsepass audits `math_equal` as a TRL reward function; skipped where it is not installed."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.peers
REWARD = """
from rule_rm import registry, rewards
from rule_rm.types import Rollout

rewards.load()


def accuracy(prompts, completions, answer, **_):
    function = registry.get("math_equal")
    scores = [function(Rollout(*one)) for one in zip(prompts, completions, answer)]
    return [float(score.reward or 0) for score in scores]
"""
TASKS = {
    "What is 17 + 25?": "42",
    "Simplify 6/8.": r"\frac{3}{4}",
    "Expand (x+1)^2.": "x^2+2x+1",
    "Factor 91 and name the larger prime.": "13",
    "What is the area in cm^2 of a rectangle of 3 cm by 4 cm?": "12",
    "Solve x^2 = 9.": "-3, 3",
    "Which day follows Monday?": "Tuesday",
    "What is the speed of light in vacuum, in m/s, to one digit?": r"3\times10^8",
}


def test_falsepass_finds_no_false_pass_and_no_false_fail(tmp_path, monkeypatch):
    runner = pytest.importorskip("falsepass.runner", reason="falsepass is not installed; make test-peers")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reward.py").write_text(REWARD, encoding="utf-8")
    rows = [
        {"prompt": f"{prompt} Put the answer in \\boxed{{}}.", "answer": answer}
        for prompt, answer in TASKS.items()
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    arguments = ["--framework", "reward", "--dataset", "rows.jsonl", "--func", "accuracy"]
    command = [sys.executable, "-m", "falsepass.cli", "init", "reward.py", *arguments]
    subprocess.run(command, check=True, timeout=120)
    (audit,) = (tmp_path / "audits").iterdir()
    found = runner.run(audit, n=len(TASKS), jobs=1)
    assert len(found["results"]) > 100
    failed = [
        (one["name"], one["variant"], one["example"], one["score"])
        for one in found["results"]
        if not one["passed"]
    ]
    assert failed == []
    assert found["static"] == []
