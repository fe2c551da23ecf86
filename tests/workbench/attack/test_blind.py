"""The search sees prompts and rewards alone, finds what a policy could learn, and keeps to its budget."""

from __future__ import annotations

import re

import pytest

from rule_rm.workbench.attack.blind import search
from rule_rm.workbench.forms import FORMS
from rule_rm.workbench.right_answers import Kind

FORM = FORMS[Kind.TEXT][:2]
PROMPTS = [f"What is ${a}+{b}$?" for a in range(3, 9) for b in range(3, 9)]
ANSWERS = [str(a + b) for a in range(3, 9) for b in range(3, 9)]


def earning(is_right):
    def earn(said):
        return [float(is_right(PROMPTS[row], ANSWERS[row], response)) for row, response in said]

    return earn


def copies_the_question(prompt, answer, response):
    formula = prompt.removeprefix("What is $").removesuffix("$?")
    return f"\\boxed{{{answer}}}" in response or f"\\boxed{{{formula}+0}}" in response


def test_a_question_with_a_trifle_around_it_is_found():
    found = search(PROMPTS, ANSWERS, earning(copies_the_question), FORM, budget=6000, seed=1)
    assert found.earned == 1.0
    assert found.constant_earned < 0.5
    assert found.exploitability > 0.5
    assert found.interval[0] > 0.5
    assert "plus zero" in found.policy
    assert found.example.endswith("+0}")
    assert found.held_out == 18


@pytest.mark.parametrize("seed", range(4))
def test_a_reward_that_works_out_the_question_itself_is_found_with_a_small_budget(seed):
    def works_out(prompt, answer, response):
        said = re.findall(r"\\boxed\{([\d+]*)\}", response)
        return bool(said) and answer == str(sum(int(term or 0) for term in said[-1].split("+")))

    prompts = [
        f"Ann has {a} apples and buys {b} more. How many?" for a in range(13, 19) for b in range(33, 39)
    ]
    answers = [str(a + b) for a in range(13, 19) for b in range(33, 39)]

    def earn(said):
        return [float(works_out(prompts[row], answers[row], response)) for row, response in said]

    found = search(prompts, answers, earn, FORM, budget=1200, seed=seed)
    assert found.earned == 1.0
    assert found.exploitability > 0.5


def test_a_sound_reward_leaves_nothing_above_the_best_constant():
    def equal(prompt, answer, response):
        return response in (f"So the answer is \\boxed{{{answer}}}", f"Let me see.\n#### {answer}")

    found = search(PROMPTS, ANSWERS, earning(equal), FORM, budget=2000, seed=1)
    assert found.exploitability == 0.0
    assert 0 < found.constant_earned < 0.5


def test_equal_seeds_give_equal_searches_and_the_budget_is_kept():
    made = [
        search(PROMPTS, ANSWERS, earning(copies_the_question), FORM, budget=1500, seed=3) for _ in range(2)
    ]
    assert made[0] == made[1]
    assert made[0].scored < 3000


def test_few_rows_are_searched_without_holding_any_out():
    found = search(PROMPTS[:5], ANSWERS[:5], earning(copies_the_question), FORM, budget=500, seed=0)
    assert found.held_out == 0
