"""`rule-rm replay` and `rule-rm score --compare --report`, as a user runs them."""

from __future__ import annotations

import json

import pytest

from rule_rm.cli import main

RIGHT = "<think>a</think><answer>4</answer>"
ROWS = [
    {"input": "2+2?", "output": RIGHT, "gts": "4", "score": 1.0, "step": 1},
    {"input": "2+2?", "output": "4", "gts": "4", "score": 0.0, "step": 1},
]


@pytest.mark.slow
def test_what_flips_between_two_configurations_is_shown_with_its_cause(tmp_path, monkeypatch, capsys):
    pytest.importorskip("plotly")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "7.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    assert main(["score", "7.jsonl", "--reward-type", "exact_match", "--workers", "1"]) == 0
    capsys.readouterr()
    arguments = ["7.jsonl", "--reward-type", "math_verifier", "--workers", "1", "--output", "strict.jsonl"]
    assert main(["score", *arguments, "--compare", "7.scored.jsonl", "--report", "report.html"]) == 0
    shown = capsys.readouterr().out
    assert "2 of 2 rollouts flipped (100.00%); mean reward 1.0000 → 0.7500" in shown
    assert "the reward type was exact_match and is math_verifier" in shown
    assert "strict.jsonl" in shown
    assert "What flips" in (tmp_path / "report.html").read_text()
    # Against the scores that the trainer recorded.
    arguments = ["7.jsonl", "--reward-type", "exact_match", "--workers", "1", "--max-flips", "0.1", "--json"]
    assert main(["replay", *arguments]) == 1
    outcome = json.loads(capsys.readouterr().out)
    assert outcome["replay"]["kinds"] == {"higher": 1, "lower": 0, "now scored": 0, "now unscored": 0}
    assert outcome["replay"]["examples"][0]["place"] == "7.jsonl:2"


def test_rollouts_without_a_recorded_reward_cannot_be_replayed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text(json.dumps({"prompt": "a", "response": "b", "answer": "b"}) + "\n")
    assert main(["replay", "a.jsonl", "--reward-type", "exact_match", "--workers", "1"]) == 2
    assert "no recorded rewards to compare with" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.scored.jsonl")), "nothing is scored before it is refused"


@pytest.mark.slow
def test_results_are_replayed_and_explained_by_the_reward_that_scored_them(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "7.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    assert main(["score", "7.jsonl", "--reward-type", "exact_match", "--workers", "1"]) == 0
    capsys.readouterr()
    assert main(["replay", "7.scored.jsonl", "--workers", "1", "--max-flips", "0"]) == 0
    shown = capsys.readouterr()
    assert "0 of 2 rollouts flipped" in shown.out
    assert "as 7.scored.jsonl was scored" in shown.err
    # Without the record next to it, the rows name the reward.
    (tmp_path / "7.scored.jsonl.run.json").unlink()
    assert main(["explain", "7.scored.jsonl", "--row", "2", "--workers", "1"]) == 0
    assert "by exact_match" in capsys.readouterr().out


def test_a_row_before_the_first_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "7.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    assert main(["explain", "7.jsonl", "--row", "0"]) == 2
    assert "has no rollout 0; they are counted from 1" in capsys.readouterr().err


def test_a_file_that_cannot_be_compared_with_is_refused_before_anything_is_scored(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "7.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    assert main(["score", "7.jsonl", "--compare", "7.jsonl", "--output", "new.jsonl", "--workers", "1"]) == 2
    assert "7.jsonl:1: is not a result of rule-rm score" in capsys.readouterr().err
    assert not (tmp_path / "new.jsonl").exists()
