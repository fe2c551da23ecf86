"""Whole responses by family: how models state an answer, and how an answer is not stated.

They were labelled before they were scored.
"""

import json
from pathlib import Path

from rule_rm import registry, rewards
from rule_rm.types import Rollout

from ..together import together

rewards.load()

CASES = Path(__file__).parent / "cases" / "responses.jsonl"
FAMILIES = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
by_family = together("family", FAMILIES, ids=[row["family"] for row in FAMILIES])


def earnings(family, side):
    score = registry.get("math_equal")
    return {
        response: score(Rollout(family["question"], response, family["golden"])).reward
        for response in family[side]
    }


@by_family
def test_a_response_that_states_the_answer_is_paid(family):
    assert earnings(family, "stated") == dict.fromkeys(family["stated"], 1.0)


@by_family
def test_a_response_that_does_not_state_the_answer_is_scored_zero(family):
    assert earnings(family, "not_stated") == dict.fromkeys(family["not_stated"], 0.0)
