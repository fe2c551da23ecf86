"""`rule-rm check` reports unusable golden answers; `rule-rm explain` reports the reason of a verdict."""

from __future__ import annotations

import json

import pytest

from rule_rm.cli import main

from ..fakes.scripted_judge import ScriptedJudge


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
    assert main(["check", "--dataset", bad, "--rollout-timeout", "2"]) == 1
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
    told = capsys.readouterr().out
    assert told.startswith("reward    0 by math_verifier (wrong_format: ")
    assert "format    <think> is missing\n" in told
    again = ["explain", "--reward-type", "math_equal", "--golden", "183", "--response", r"It is \boxed{183}"]
    assert main(again) == 0
    assert capsys.readouterr().out.startswith("reward    1 by math_equal (ok")


def test_a_row_of_a_file_and_a_route_of_a_mixture_are_explained(tmp_path, capsys):
    mixture = tmp_path / "mixture.yaml"
    mixture.write_text(
        "routes:\n  'gsm*':\n    - reward_type: gsm8k\n    - reward_type: tag_count\n      weight: 0.1\n"
    )
    rows = [
        {"prompt": "1+1?", "response": "#### 3", "ground_truth": "2", "data_source": "gsm8k"},
        {"prompt": "1+1?", "response": "#### 2", "ground_truth": "2", "data_source": "gsm8k"},
    ]
    path = tmp_path / "rollouts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert (
        main(["explain", str(path), "--row", "2", "--mixture", str(mixture), "--json", "--workers", "1"]) == 0
    )
    steps = json.loads(capsys.readouterr().out)
    assert steps["reward"].startswith("1 by mixture")
    assert steps["route"] == "gsm*, for the data source 'gsm8k': gsm8k, tag_count"
    assert "gsm8k 1" in steps["parts"]
    assert main(["explain", str(path), "--row", "3"]) == 2
    assert "has no rollout 3" in capsys.readouterr().err


def test_an_explanation_has_the_question_to_the_judge_and_its_reply(capsys):
    with ScriptedJudge("They name one town.\nVERDICT: CORRECT") as judge:
        given = ["--judge-url", judge.url, "--judge-model", "judge", "--workers", "1"]
        rollout = ["--prompt", "Where?", "--golden", "Paris", "--response", "<answer>Lutetia</answer>"]
        assert main(["explain", "--reward-type", "llm_judge", *given, *rollout, "--json"]) == 0
    steps = json.loads(capsys.readouterr().out)
    assert steps["reward"].startswith("1 by llm_judge")
    assert "Lutetia" in steps["question"]
    assert steps["reply"] == "They name one town.\nVERDICT: CORRECT"
