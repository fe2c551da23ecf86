"""A label may name any quantity; a noun for something right or wrong needs an adjective that is known."""

import pytest

from rule_rm.extract import final_answer

PLAIN = [
    "Optimal value",
    "Max profit",
    "Remaining apples",
    "Transformed matrix",
    "pH",
    "Final velocity",
    "Root",
]
STRANGE = ["Spurious root", "Random guess", "My guess", "Bogus result", "My candidates"]


@pytest.mark.parametrize("label", PLAIN)
def test_a_label_for_a_quantity_states_its_value(label):
    assert final_answer(rf"{label}: \boxed{{5}}").answer == "5"
    assert final_answer(f"{label}: $5$").answer == "5"


@pytest.mark.parametrize("label", STRANGE)
def test_a_label_that_is_no_name_of_the_answer_states_nothing(label):
    assert final_answer(rf"{label}: \boxed{{5}}").answer is None


def test_an_adjective_of_the_question_is_part_of_the_name():
    assert final_answer(r"Spurious root: \boxed{5}", "Find the spurious root.").answer == "5"
