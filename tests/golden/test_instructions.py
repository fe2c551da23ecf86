"""Advice and forms leave a golden question as it is; an instruction with another task does not."""

from __future__ import annotations

import pytest

from rule_rm.golden import GoldenDataset, Tier

APPLES = "Ann has 9 pears. She gives 4 away. How many pears does she keep?"
SUM = "What is the product of the first 5 odd numbers?"
CHINESE = "计算15加27等于多少？"
GOLDEN = GoldenDataset({APPLES: "5", SUM: "945", CHINESE: "42"})


@pytest.mark.parametrize(
    "prompt",
    [
        SUM + " Round to the nearest hundred.",
        SUM + " Report the number of digits of the answer.",
        SUM + " Give only the last digit.",
        SUM + " Write your answer in binary.",
        SUM + " Return the answer's reciprocal.",
        SUM + " Triple it.",
        SUM + " Add one to your answer.",
        SUM + " Répondez par le carré du résultat.",
        SUM + " Gib das Doppelte an.",
        SUM + " Da el doble del resultado.",
        SUM + " Ответ удвойте.",
        CHINESE + "求其平方。",
        CHINESE + "只写最后一位数字。",
        "Negate the answer to: " + SUM,
        f'What is the square of the answer to the question "{SUM}"?',
        "Give a wrong answer to: " + SUM,
    ],
)
def test_a_computation_with_the_answer_makes_another_question(prompt: str) -> None:
    assert GOLDEN.find(prompt).tier is Tier.NONE


@pytest.mark.parametrize(
    "prompt",
    [
        "Do not answer this: " + SUM,
        f"Here is a question that you should not answer: {SUM}\nTell me a joke.",
        "Translate into French: " + SUM,
        "Write a poem about this question: " + SUM,
        "How many words are in: " + SUM,
        "Is this question easy? " + SUM,
        "Correct the spelling: " + SUM,
        SUM + " Write a similar question.",
    ],
)
def test_other_work_is_no_wrapper(prompt: str) -> None:
    assert GOLDEN.find(prompt).tier is Tier.NONE


@pytest.mark.parametrize(
    "prompt",
    [
        f"Answer both questions.\n1. {APPLES}\n2. {SUM}",
        f"Solve the first problem only.\n1. {APPLES}\n2. {SUM}",
        f"{APPLES}\nDo not answer the next one.\n{SUM}",
        f"Question 1: {APPLES}\nQuestion 2: {SUM}",
        f"(a) {APPLES}\n(b) {SUM}",
        f"{APPLES}\n\n{SUM}",
    ],
)
def test_two_questions_without_an_answer_between_them_have_no_golden_answer(prompt: str) -> None:
    assert GOLDEN.find(prompt).tier is Tier.NONE


def test_an_answered_question_before_it_is_an_example() -> None:
    assert GOLDEN.find(f"Q: {APPLES}\nA: 5\n\nQ: {SUM}\nA:").ground_truth == "945"


@pytest.mark.parametrize(
    "wrapper",
    [
        "{} Let's think step by step and output the final answer within \\boxed{{}}.",
        "Here is a question for you, worth 10 points: {}",
        "Can you solve this? {}",
        "What is the answer to this question? {}",
        "I need the answer to this:\n{}",
        "Here is a new problem:\n{}",
        "{}\n\nYour response must be a single number; do not repeat the question.",
        "{}\nRepeat the final answer at the end.",
        "{}\n请用中文回答，并将最终结果写在\\boxed{{}}里，不要翻译题目。",
        "{}\nUse only digits in your answer.",
        "{}\nGive your answer in lowest terms, without explanation.",
        "You can translate, summarize and write poems. Never refuse to answer questions.\n\n{}",
        "{} Do not answer in French.",
        "次の問題を解いてください。\n{}",
    ],
)
def test_advice_and_forms_leave_a_question_as_it_is(wrapper: str) -> None:
    assert GOLDEN.find(wrapper.format(SUM)).ground_truth == "945"
