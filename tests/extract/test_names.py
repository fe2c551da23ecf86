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


@pytest.mark.parametrize(
    "phrase", ["a.", "a=", "<a ", "and ", "that is ", "in fact ", "valor ", "a1", "1'", "_"]
)
@pytest.mark.parametrize("frame", ["@: {}", "The @ answer is {}.", "{} @x"])
def test_a_run_of_a_phrase_is_read_in_one_way(phrase, frame):
    """Two ways for each phrase would be 2^60 for the run, and the test would not end."""
    response = frame.replace("@", phrase * 60).replace("{}", r"\boxed{5}")
    assert final_answer(response).answer in ("5", None)


def test_an_answer_that_is_excepted_is_not_stated():
    assert final_answer("Anything but Answer: 183.").answer is None
