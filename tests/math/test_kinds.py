"""Every kind of answer in several members, right and wrong, with the question where it decides.

Whether an answer is worked out is tested elsewhere: here only its value and its words count.
"""

import json
from pathlib import Path

import pytest

from rule_rm.math.compare import compare

from ..together import together

CASES = Path(__file__).parent / "cases"


def cases(name):
    rows = map(json.loads, (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        pytest.param(
            row["golden"], row["answer"], row.get("question", ""), id=f"{row['golden']} and {row['answer']}"
        )
        for row in rows
    ]


@together(("golden", "answer", "question"), cases("right"))
def test_the_same_in_another_form_is_right(golden, answer, question):
    verdict = compare(answer, golden, question, value_alone=True)
    assert verdict.equal is True, verdict


@together(("golden", "answer", "question"), cases("wrong"))
def test_what_says_something_else_is_wrong(golden, answer, question):
    verdict = compare(answer, golden, question, value_alone=True)
    assert verdict.equal is False, verdict


def test_an_answer_never_makes_itself_unscored_where_the_golden_answer_is_read():
    for answer in (
        r"\int_0^1 x\,dx",
        r"\{x\mid\emptyset\}",
        r"\mid\begin{array}{cc}",
        "2*" * 300 + "2",
        "3" + "%" * 300,
    ):
        assert compare(answer, "42").equal is False, answer


def test_letters_are_variables_if_the_other_side_says_so():
    assert compare(r"\frac{abd}{2}", r"\frac12 abd", value_alone=True).equal is True
    assert compare(r"5 a b d", "5 abd", value_alone=True).equal is True


def test_a_word_beside_a_value_has_to_come_from_the_question():
    assert compare(r"12\text{ Zebras}", "12", "How many zebras are there?").equal is True
    assert compare(r"12\text{ zorks}", "12", "How many zebras are there?").equal is False


@pytest.mark.parametrize("golden", [r"\lfloor\frac{", "a b c (", "9^{9^{9^{9}}}", r"\frac{1}"])
def test_an_unreadable_golden_answer_pays_nobody_not_even_its_own_text(golden):
    assert compare(golden, golden).equal is None
