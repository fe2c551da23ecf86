"""Explanations of verdicts, and findings about golden answers before training."""

import math

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
