"""`rule_rm.score` and `rule_rm.explain`, with a reward type or a function."""

from __future__ import annotations

import json

import pytest

import rule_rm
from rule_rm import ConfigurationError, Rollout, Status

ROWS = [
    {"question": "2+2?", "response": r"\boxed{4}", "answer": "4"},
    {"question": "2+2?", "response": r"\boxed{5}", "answer": "4"},
    {"question": "2+3?", "response": r"\boxed{5}", "answer": "5"},
]


def test_rows_a_file_and_rollouts_have_the_same_scores_by_a_reward_type(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    rollouts = [Rollout(row["question"], row["response"], row["answer"]) for row in ROWS]
    mixed = [ROWS[0], *rollouts[1:]]
    by_rows, by_file = (rule_rm.score(given, "math_equal", workers=1) for given in (mixed, path))
    assert by_rows == by_file
    assert [one.reward for one in by_rows] == [1.0, 0.0, 1.0]


def test_a_function_of_a_cell_is_called_here_under_any_convention():
    def of_trl(completions, answer, **columns):
        return [float(golden in one) for one, golden in zip(completions, answer, strict=True)]

    assert [one.reward for one in rule_rm.score(ROWS, of_trl)] == [1.0, 0.0, 1.0]


def test_a_function_that_compares_a_group_gets_the_whole_of_it():
    def share(rollouts):
        return [1.0 / len(rollouts) for _ in rollouts]

    assert [one.reward for one in rule_rm.score(ROWS, share)] == [0.5, 0.5, None]


def test_an_exception_is_unscored_in_a_batch_and_raised_by_explain():
    def fails(rollout):
        return 1.0 / (len(rollout.prompt) - 4 + ("3" in rollout.prompt))

    first, _, third = rule_rm.score(ROWS, fails)
    assert (first.reward, first.status) == (None, Status.ERROR)
    assert "ZeroDivisionError at test_in_python.py" in first.explanation
    assert third.reward == 1.0
    with pytest.raises(ZeroDivisionError):
        rule_rm.explain(ROWS[0], fails)


def test_a_golden_dataset_and_columns_are_found_for_a_function(tmp_path):
    path = tmp_path / "golden.json"
    path.write_text(json.dumps([{"question": "2+2?", "answer": "4"}]))
    rows = [{"q": "2+2?", "mine": "4"}]

    def same(rollout):
        return float(rollout.response == rollout.ground_truth)

    (found,) = rule_rm.score(rows, same, columns={"prompt": "q", "response": "mine"}, dataset=str(path))
    assert found.reward == 1.0


def test_an_explanation_is_a_text_for_a_reader():
    explanation = rule_rm.explain(ROWS[1], lambda rollout: {"score": 0.5, "length": 9})
    assert explanation.score.reward == 0.5
    assert str(explanation) == "reward   0.5 (ok)\nmetrics  length 9"


def test_a_class_is_refused_with_the_way_to_use_it():
    with pytest.raises(ConfigurationError, match="put it into a reward file"):
        rule_rm.explain(ROWS[0], Rollout)
