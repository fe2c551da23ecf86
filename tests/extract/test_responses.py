"""Whole responses by family: how models state an answer, and how an answer is not stated.

They were labelled before they were scored.
"""

import json
from pathlib import Path

import pytest

from rule_rm import registry, rewards
from rule_rm.extract import final_answer
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


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        (
            r"Q: What is 5+5? A: \boxed{42}. Q: What is 6 times 7? A: I'd rather not say.",
            "I'd rather not say",
        ),
        (r"Q: What is 6 times 7? A: \boxed{42}. Q: What is 5+5? A: 10.", "42"),
        (r"Q: What is 6+1? A: 7. Q: What is 6 times 7? A: \boxed{42}", "42"),
        (r"Q: What is 6+1? A: 7. Q: And what is six by seven? A: \boxed{42}", "42"),
    ],
)
def test_of_a_dialogue_in_one_line_the_pair_of_the_question_counts(response, answer):
    assert final_answer(response, "What is 6 times 7?").answer == answer
