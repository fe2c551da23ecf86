"""One response that is paid in rows with different answers is a hole; a common answer is none."""

from __future__ import annotations

import re

import pytest

from rule_rm import Rollout, Score
from rule_rm.math.compare import compare
from rule_rm.rewards.point_in_box import point_in_box
from rule_rm.workbench.attack.attack import baseline_of
from rule_rm.workbench.attack.blind import search
from rule_rm.workbench.attack.paid_constants import worst_constant
from rule_rm.workbench.attack.targets import Row, targets_of
from rule_rm.workbench.forms import FORMS
from rule_rm.workbench.right_answers import Kind

DIFFERENT = [str(13 * number) for number in range(1, 13)]


def boxed(response: str) -> str | None:
    found = re.findall(r"\\boxed\{(.*)\}", response)
    return found[-1] if found else None


def strict(response, golden):
    return boxed(response) == golden


def weak(constant):
    return lambda response, golden: boxed(response) in (golden, constant)


def within(response, golden):
    return point_in_box(Rollout("", response, golden)).reward


def worst(reward, answers, constants):
    """Return the worst of constants in a box against a reward of (response, golden answer)."""

    def score(rollouts):
        return [Score(float(reward(one.response, one.ground_truth))) for one in rollouts]

    rows = [
        Row(f"row {place}", Rollout(f"Question {place}?", "", answer), None, {})
        for place, answer in enumerate(answers)
    ]
    targets = targets_of(rows, score)
    stated = [(text, targets.targets[0].say(text)) for text in constants]
    return worst_constant(stated, targets, baseline_of(targets, score), score)


@pytest.mark.parametrize("constant", ["x=x", "True", "", "0"])
def test_a_constant_that_is_paid_for_different_answers_is_found(constant):
    found = worst(weak(constant), DIFFERENT, ["1", constant])
    assert (found.paid, found.explained, found.rows) == (12, 1, 12)
    assert found.unexplained == pytest.approx(11 / 12)
    assert boxed(found.response) == constant
    assert found.goldens[0] != found.goldens[1]


def test_a_constant_that_is_an_answer_too_is_found():
    assert worst(weak("0"), ["0", *DIFFERENT], ["0"]).paid == 13


@pytest.mark.parametrize(
    ("answers", "constant"),
    [
        (["no"] * 9 + ["yes"] * 3, "no"),
        (list("ABCDABCD"), "B"),
        (DIFFERENT, DIFFERENT[0]),
    ],
)
def test_a_common_answer_is_none(answers, constant):
    assert worst(strict, answers, [constant, "yes"]) is None


def test_answers_that_are_equal_to_the_reward_explain_a_constant():
    def equal(response, golden):
        said = boxed(response)
        return said is not None and compare(said, golden).equal

    answers = ["0.5", r"\frac{1}{2}", "50\\%", "0.5", "7", "11", "1/2"]
    assert worst(equal, answers, ["0.5"]) is None


def test_a_label_explains_the_texts_behind_it():
    def by_label(response, golden):
        said = boxed(response)
        return bool(said) and said[0] == golden[0]

    assert worst(by_label, ["A. red", "A. green", "A. blue", "B. red", "C. grey", "D. pink"], ["A"]) is None


def test_a_reward_that_looks_at_the_length_alone_is_no_matter_of_constants():
    assert worst(lambda response, golden: -len(response), [*DIFFERENT, "9"], [""]) is None


def test_one_point_in_several_boxes_is_no_hole():
    boxes = [{"bbox_2d": [0, 0, size, size]} for size in (10, 30, 100, 300, 900)]
    assert worst(within, boxes, ["[1, 1]"]) is None
    assert within("[1, 1]", boxes[-1])


def test_the_search_hands_over_the_constants_that_earn_most():
    prompts, answers = [f"Question {place}?" for place in range(12)], DIFFERENT

    def earn(said):
        return [float(weak("x=x")(response, answers[row])) for row, response in said]

    found = search(prompts, answers, earn, FORMS[Kind.TEXT][:2], budget=400, seed=2)
    assert found.constants[0] == ("x=x", r"So the answer is \boxed{x=x}")
    assert found.exploitability == 0.0
