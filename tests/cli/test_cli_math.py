"""`rule-rm check` and `rule-rm explain`: what is wrong with a golden answer, and what decided a verdict."""

from __future__ import annotations

import json

import pytest

from rule_rm.cli import main


@pytest.fixture
def dataset(tmp_path):
    def write(*answers: str) -> str:
        path = tmp_path / "golden.json"
        rows = [{"question": f"question {n}", "answer": answer} for n, answer in enumerate(answers)]
        path.write_text(json.dumps(rows))
        return str(path)

    return write


def test_a_sound_dataset_has_no_findings(dataset, capsys):
    assert main(["check", "--dataset", dataset("1", r"\frac{1}{2}", "x^2+1")]) == 0
    assert capsys.readouterr().out == "3 golden answers, 0 findings\n"


def test_each_bad_golden_answer_is_told_even_those_that_hang(dataset, capsys):
    hangs = r"\int_0^1 e^{x^2 \sin(x^5)} \tan(x)^{x} dx"
    bad = dataset("1", r"\frac{1}{", hangs, "9^{9^{9^9}}", "2")
    assert main(["check", "--dataset", bad, "--rollout-timeout", "4"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == ["unreadable", "hangs", "costly"]
    assert "'question 2'" in lines[1]
    assert lines[-1] == "5 golden answers, 3 findings"


def test_without_a_dataset_there_is_nothing_to_check(capsys, monkeypatch):
    monkeypatch.delenv("DATASET_PATH", raising=False)
    assert main(["check"]) == 2
    assert "--dataset" in capsys.readouterr().err


def test_a_verdict_is_explained(capsys):
    assert main(["explain", "--golden", "1/2", "--response", r"So \boxed{0.5}."]) == 0
    told = capsys.readouterr().out
    assert "0.5   (the box)" in told
    assert "equal, by number" in told


def test_an_explanation_says_what_each_reward_pays_as_the_format_counts_for_one(capsys):
    assert main(["explain", "--golden", "183", "--response", r"The answer is \boxed{183}"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2].startswith("reward    1 by math_equal (ok")
    assert lines[-1].startswith("reward    0 by math_verifier (wrong_format: ")
