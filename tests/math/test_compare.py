"""Which answers are the golden answer, by family; what holds for all of them is in `test_soundness`."""

import json
from pathlib import Path

import pytest

from rule_rm.math.compare import compare
from rule_rm.math.values.verdict import Layer

from ..together import together

CASES = Path(__file__).parent / "cases"


def cases(name):
    rows = map(json.loads, (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        pytest.param(row["golden"], row["answer"], id=f"{row['family']}: {row['answer']}") for row in rows
    ]


@together(("golden", "answer"), cases("equal"))
def test_another_way_of_writing_is_equal(golden, answer):
    verdict = compare(answer, golden, value_alone=True)
    assert verdict.equal is True, verdict


@together(("golden", "answer"), cases("equal"))
def test_a_golden_answer_may_be_written_in_either_way(golden, answer):
    # An exact answer may replace its rounding, but not the other way round; a bare number takes any unit.
    verdict = compare(golden, answer)
    assert verdict.equal is not None, verdict


@together(("golden", "answer"), cases("different"))
def test_what_only_looks_like_it_is_not_equal(golden, answer):
    verdict = compare(answer, golden)
    assert verdict.equal is False, verdict


@pytest.mark.parametrize(
    ("golden", "answer", "layer"),
    [
        ("7", "7", Layer.TEXT),
        (r"\text{even}", "Even", Layer.TEXT),
        ("0.5", r"\frac{2}{4}", Layer.NUMBER),
        (r"2\sqrt2", r"\sqrt8", Layer.NUMERIC),
        ("1,2", "2,1", Layer.STRUCTURE),
        (r"\int x\,dx", r"\int x \, dx+0", Layer.SYMBOLIC),
        ("42", "9^{9^{9^{9}}}", Layer.GUARD),
        ("42", "((", Layer.READING),
    ],
)
def test_a_verdict_names_the_layer_that_decided_it(golden, answer, layer):
    assert compare(answer, golden).layer is layer


@pytest.mark.parametrize("golden", ["", r"\frac{1}", "9^{9^{9^{9}}}", "((1", "x" * 1001, "1 = 2"])
def test_an_unreadable_golden_answer_has_no_verdict(golden):
    assert compare("42", golden).equal is None


def test_an_answer_that_repeats_the_question_is_none():
    question = r"Simplify $\sqrt{192}$."
    assert compare(r"\sqrt{192}", r"8\sqrt{3}", question).equal is False
    assert compare(r"8\sqrt{3}", r"8\sqrt{3}", question).equal is True


def test_an_answer_in_another_order_repeats_no_question():
    assert compare("2x + 3", "3 + 2x", "Which line is it, $y = 2x + 3$ or $y = x$?").equal is True


@pytest.mark.parametrize(
    ("answer", "equal"), [("24", True), ("24 inches", True), ("2 feet", True), ("24 feet", False)]
)
def test_a_unit_that_the_question_asks_for_is_that_of_the_golden_answer(answer, equal):
    assert compare(answer, "24", "How many inches long is it?").equal is equal
