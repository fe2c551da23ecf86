"""Agreement with labelled answers, where they are at hand: a floor under what the benchmark measures."""

import json
import os
from pathlib import Path

import pytest

from rule_rm import registry, rewards
from rule_rm.types import Rollout

DATA = Path(os.environ.get("RULE_RM_SHARED_DATA", Path(__file__).resolve().parents[2] / "../shared/data"))

rewards.load()


def rows_of(name):
    path = DATA / f"{name}.jsonl"
    if not path.is_file():
        pytest.skip(f"the labelled answers are not at {DATA}; set RULE_RM_SHARED_DATA")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def earns(reward_type, row, *options):
    response = row["response"]
    if row.get("response_style") == "bare":
        response = rf"The answer is $\boxed{{{response}}}$."
    if reward_type == "math_verifier" and "<answer>" not in response:
        response = f"<think></think><answer>{response}</answer>"
    function = registry.get(reward_type).with_options(options)
    score = function(Rollout(row.get("question") or "", response, row["gold"]))
    return score.metrics.get("accuracy") == 1.0


@pytest.mark.parametrize("reward_type", ["math_equal", "math_verifier"])
def test_no_attack_pays_that_a_policy_does_not_excuse(reward_type):
    rows = rows_of("adversarial")
    paid = [row for row in rows if earns(reward_type, row)]
    assert [row["id"] for row in paid if not row["flag"]] == []
    assert len(paid) <= 0.01 * len(rows)


@pytest.mark.parametrize(
    ("name", "recall", "precision"),
    [("equivalence", 0.99, 0.997), ("verdict_triples", 0.97, 0.997), ("gsm8k_model_solutions", 0.998, 0.998)],
)
def test_verdicts_agree_with_the_labels(name, recall, precision):
    # The labels are about values: some of the peers' tests call `\\max(1, 5)` an answer.
    rows = [row for row in rows_of(name) if row.get("core", True)]
    rows = rows[::4] if len(rows) > 1000 else rows
    earned = [
        (row.get("expected", row.get("label")), earns("math_equal", row, "value_alone=true")) for row in rows
    ]
    right = sum(label for label, _ in earned)
    found = sum(label and earned for label, earned in earned)
    assert found / right >= recall
    assert found / sum(earned for _, earned in earned) >= precision
