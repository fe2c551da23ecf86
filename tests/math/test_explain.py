"""Explanations of verdicts, and findings about golden answers before training."""

import math

import pytest

from rule_rm.math.explain import explain
from rule_rm.math.golden_check import check


def test_an_explanation_shows_every_step():
    shown = explain(r"2\sqrt2", r"So it is \boxed{\sqrt{8}}.", "Simplify it.")
    assert shown.answer == r"\sqrt{8}"
    assert shown.extraction == "the box"
    assert shown.answer_value == "root(8, 2) ≈ 2.828427"
    assert shown.verdict is not None
    assert "verdict   equal, by numeric" in str(shown)


def test_an_explanation_of_no_answer_says_why():
    shown = explain("42", r"\boxed{41} \boxed{42} \boxed{")
    assert shown.verdict is not None
    assert shown.answer == "41, 42"
    assert explain("42", "<think>42").verdict is None
    assert "not closed" in str(explain("42", "<think>42"))


def test_an_explanation_shows_what_of_the_question_matters():
    assert explain("24", r"\boxed{2\text{ feet}}", "How many inches?").question == "How many inches?"


def test_good_golden_answers_have_no_findings():
    items = [
        ("1+1?", "2"),
        ("x?", r"\frac{1}{2}"),
        ("when?", r"\text{Tuesday}"),
        ("1+1?", "2.0"),
        ("sum?", r"\int x\,dx"),
    ]
    assert list(check(items, slow=math.inf)) == []


def test_bad_golden_answers_are_told_apart():
    items = [
        ("a?", ""),
        ("b?", "((1"),
        ("c?", "9^{9^{9}}"),
        ("d?", "1"),
        ("d?", "2"),
        ("e?", "70,110"),
        ("f?", "because it is a very long story"),
    ]
    found = [(finding.index, finding.kind) for finding in check(items, slow=math.inf)]
    assert found == [
        (0, "unreadable"),
        (1, "unreadable"),
        (2, "costly"),
        (4, "conflict"),
        (5, "ambiguous"),
        (6, "prose"),
    ]


@pytest.mark.parametrize(
    "golden",
    [
        *(r"\$1,500", "$1,500", "€2,345", "1,250 USD", "1,234 km", "1,250 m", r"1,250\%", "2,345 apples"),
        *(r"\$1,250.75", "12,345.67", "1,050", "18,000", "1,234,567", "He has 1,234. #### 1,234", "1.234"),
    ],
)
def test_a_price_an_amount_or_a_number_in_thousands_is_sound(golden):
    assert not list(check([("How much?", golden)], slow=math.inf))


@pytest.mark.parametrize("golden", ["1,234", "-1,234", "$1,234$", r"\boxed{70,110}", "1,234x", "0,125"])
def test_a_comma_that_nothing_explains_is_ambiguous(golden):
    assert [finding.kind for finding in check([("How much?", golden)], slow=math.inf)] == ["ambiguous"]


def test_letters_of_prose_that_are_read_as_variables_are_reported():
    golden = ["The velocity is $v = 3t^2 - 4t$ ft/s.", "$y = 2x + 1$ (slope 2)", "$F = mgh/r$", "3Ce^{2x}"]
    found = check([(f"question {number}", text) for number, text in enumerate(golden)])
    assert [(one.index, one.kind, one.message.split("'")[1]) for one in found] == [
        (0, "ambiguous", "ft"),
        (1, "ambiguous", "slope"),
    ]
