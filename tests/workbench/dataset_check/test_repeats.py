"""Another sign or name makes another question; other punctuation or a typing error does not."""

from __future__ import annotations

import pytest

from rule_rm import Settings
from rule_rm.workbench.dataset_check.findings import Numbered
from rule_rm.workbench.dataset_check.repeats import near_duplicates
from rule_rm.workbench.rows import data_row


def kinds(*rows: tuple[str, str]) -> list[str]:
    numbered = [
        Numbered(at, data_row(f"a:{at + 1}", {"question": question, "answer": answer}, Settings()))
        for at, (question, answer) in enumerate(rows)
    ]
    found = near_duplicates(numbered, lambda left, right: left == right, dict.fromkeys(range(len(rows)), ""))
    return [finding.kind for finding in found]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Compute 5 × 3.", "Compute 5 ÷ 3."),
        ("Find A ∩ B for these sets.", "Find A ∪ B for these sets."),
        ("Evaluate √64.", "Evaluate ∛64."),
        ("Evaluate 6!", "Evaluate 6."),
        ("What is 10% of 50?", "What is 10 of 50?"),
        ("Evaluate 6 & 3.", "Evaluate 6 | 3."),
        ("Compute ⌊2.5⌋.", "Compute ⌈2.5⌉."),
        ("Find f(2) in this program.", "Find f[2] in this program."),
        ("Which feeling does 😀 show?", "Which feeling does 😢 show?"),
        ("Convert $5 to yen.", "Convert €5 to yen."),
        ("Which of the two is x?", "Which of the two is X?"),
        ("Turn 90° to the left.", "Turn 90 to the left."),
    ],
)
def test_another_sign_makes_another_question(one, other):
    assert kinds((one, "1"), (other, "2")) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Which is prime? A. 4, B. 5", "Which is prime: A) 4; B) 5"),
        ("Stop! What is the name of it?", "stop, what is the name of it"),
        ("Solve $x + 2 = 5$.", "Solve x + 2 = 5"),
    ],
)
def test_other_punctuation_does_not(one, other):
    assert kinds((one, "1"), (other, "2")) == ["conflict", "conflict"]
    assert kinds((one, "1"), (other, "1")) == ["near_duplicate"]


def test_a_typing_error_is_told_from_another_name():
    asked = "On which continent of the earth does one find {}?"
    assert kinds((asked.format("Iran"), "Asia"), (asked.format("Iraq"), "Asia")) == []
    assert kinds(
        (asked.format("Iran"), "Asia"), (asked.replace("continent", "continnent").format("Iran"), "Asia")
    ) == ["near_duplicate"]
