"""The golden lookup refuses prompts that resemble or contain a golden question but ask another."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rule_rm.golden import GoldenDataset, Tier
from rule_rm.golden.text import MAX_LENGTH

SUM = "What is the sum of the first 12 even numbers?"
DICE = "Roll two dice. What is the probability that the sum is 7?"
ANSWERS = {
    SUM: "156",
    DICE: "\\frac{1}{6}",
    "What is the value of $x$ if $3x + 5 = 20$?": "5",
    "Find the largest prime factor of $9951$.": "107",
    "What is 2+2?": "4",
    "1+1?": "2",
    "Simplify $\\sqrt{720}$": "12\\sqrt{5}",
    "Compute the minimum of $x^2 + 4x$ over the reals.": "-4",
    "Anna has 12 cats and 7 dogs. How many cats and dogs does she have in all?": 19,
    "Evaluate $\\cos 60^\\circ$ without a calculator.": "0.5",
    "求方程 $x^2 - 4 = 0$ 的正根。": "2",
    "计算12加30等于多少？": "42",
}
CHAT = "<|im_start|>system\nBe helpful.<|im_end|>\n<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
LOOSE = GoldenDataset(ANSWERS, threshold=0.5)


@pytest.fixture(scope="module")
def golden() -> GoldenDataset:
    return GoldenDataset(ANSWERS)


@pytest.mark.parametrize(("other", "question"), [("$x2$", "$x²$"), ("$H2O$", "$H₂O$"), ("1 2", "½")])
def test_what_stands_higher_or_lower_is_not_what_stands_on_the_line(other: str, question: str) -> None:
    golden = GoldenDataset({f"What do we call {question} in this book?": "a"})
    assert golden.find(f"What do we call {other} in this book?").tier is Tier.NONE


def test_case_is_kept_by_all_tiers_where_letters_are_variables() -> None:
    golden = GoldenDataset({"Find $X$ if $2X = 6$ and $x = 1$.": "3"})
    assert golden.find("Find $x$ if $2x = 6$ and $x = 1$.").tier is Tier.NONE


@pytest.mark.parametrize(
    "prompt",
    [
        "Is 1+1? greater than 3",
        "What is 2+2?+1",
        "Suppose the dice have 12 faces. " + DICE,
        "If the dice are loaded: " + DICE,
        "In base 8: " + SUM,
        DICE + " Then double it.",
        DICE + " What is the probability that it is 8?",
        DICE + "\nFind the sum of the numerator and the denominator.",
        DICE + " Give the answer modulo 5.",
        DICE + " Now a third die is rolled.",
        "Simplify $\\sqrt{720}$ and add 3.",
        "Simplify $\\sqrt{720}$ + 5",
        "Simplify $\\sqrt{720}$% of 100",
    ],
)
def test_a_question_within_another_question_is_not_asked(golden: GoldenDataset, prompt: str) -> None:
    assert golden.find(prompt).tier is Tier.NONE


@pytest.mark.parametrize(
    "prompt",
    [
        f"Q: {SUM}\nA: 156\n\nQ: Name the capital of France.\nA:",
        f"{SUM}\n156\n\nCompute $13 \\cdot 12$.",
        f"Human: {SUM} Assistant: 156 Human: Thanks. Assistant:",
        f"<|im_start|>user\n{SUM}<|im_end|>\n<|im_start|>assistant\n156<|im_end|>\n<|im_start|>user\nWhy",
        f"user\n{SUM}\nassistant\n156\nuser\nAnd of the odd ones\nassistant\n",
    ],
)
def test_a_golden_example_before_another_question_is_not_asked(golden: GoldenDataset, prompt: str) -> None:
    assert golden.find(prompt).tier is Tier.NONE


@pytest.mark.parametrize(
    "prompt",
    [
        "What is the sum of the first 13 even numbers?",
        "What is the sum of the first 1 2 even numbers?",
        "What is the sum of the first 12 odd numbers?",
        "What is the sum of the first 12 uneven numbers?",
        "What is the sum of the last 12 even numbers?",
        "What is the sum of the first twelve even numbers?",
        "What is the sum of the first 12 even prime numbers?",
        "What is the value of $x$ if $3x - 5 = 20$?",
        "What is the value of $y$ if $3x + 5 = 20$?",
        "What is the value of $x$ if $3x + 5 < 20$?",
        "What is the value of $x$ if $3x + 50 = 2$?",
        "Find the largest prime factor of $9951.0$.",
        "Find the smallest prime factor of $9951$.",
        "Find the largest prime factor of $9,951$.",
        "Compute the maximum of $x^2 + 4x$ over the reals.",
        "Roll two dice. What is the probability that the sum is not 7?",
        "Evaluate $\\sin 60^\\circ$ without a calculator.",
        "Evaluate $\\cosh 60^\\circ$ without a calculator.",
        "Anna has 12 cats and 7 dogs. How many cats does she have in all?",
        "求方程 $x^2 - 4 = 0$ 的负根。",
        "计算12加31等于多少？",
        "Who wrote Faust?",
        "",
        " \n",
        "?",
    ],
)
def test_another_question_is_not_matched_however_similar(prompt: str) -> None:
    match = LOOSE.find(prompt)
    assert (match.tier, match.ground_truth) == (Tier.NONE, None)


def test_a_word_that_the_dataset_uses_elsewhere_is_no_typing_error() -> None:
    rows = {
        f"Ben has {n} {thing} on his farm today. How many is that?": n
        for n in range(30, 50)
        for thing in ("goats", "boats")
    }
    golden = GoldenDataset({question: n for question, n in rows.items() if "40 boats" not in question})
    assert golden.find("Ben has 40 boats on his farm today. How many is that?").tier is Tier.NONE
    assert golden.find("Ben has 40 gaats on his farm today. How many is that?").ground_truth == 40


def test_a_tie_between_two_answers_is_no_match() -> None:
    rows = {
        "How many hops does the kangaroo make in 9 days?": "1",
        "How many hips does the kangaroo make in 9 days?": "2",
    }
    prompt = "How many hxps does the kangaroo make in 9 days?"
    assert GoldenDataset(rows).find(prompt).tier is Tier.NONE
    assert GoldenDataset(dict.fromkeys(rows, "1")).find(prompt).ground_truth == "1"


def test_below_the_threshold_there_is_no_match_but_the_similarity_is_told() -> None:
    prompt = "Whot is the sum of the frist 12 evn numbers?"
    loose, strict = GoldenDataset(ANSWERS, threshold=0.7).find(prompt), GoldenDataset(ANSWERS).find(prompt)
    assert (loose.tier, strict.tier) == (Tier.FUZZY, Tier.NONE)
    assert strict.ground_truth is None
    assert 0.85 < strict.similarity == loose.similarity < 0.95


@pytest.mark.parametrize(
    "part",
    [
        "How many ways are there to choose 3 of 10 people",
        "How many ways are there to choose 3 of 10 people?",
        "How many ways are there",
    ],
)
def test_a_beginning_that_may_be_a_question_by_itself_is_not_found(part: str) -> None:
    golden = GoldenDataset(
        {"How many ways are there to choose 3 of 10 people if Tom must be one of them?": "36"}
    )
    assert golden.find(part).tier is Tier.NONE


def test_a_beginning_that_two_questions_share_is_not_found() -> None:
    shared = "The professor has 14 exams to mark and gives half of them to the"
    golden = GoldenDataset(
        {f"{shared} dean. How many are left?": "7", f"{shared} tutor. Who has more?": "none"}
    )
    assert golden.find(shared).tier is Tier.NONE


def test_an_overlong_prompt_is_only_looked_up_as_it_stands() -> None:
    long = f"{SUM}\n" + "x" * MAX_LENGTH
    assert GoldenDataset(ANSWERS).find(long).tier is Tier.NONE
    assert GoldenDataset({long: "7"}).find(long).tier is Tier.EXACT


@settings(deadline=None)
@given(
    st.sampled_from([SUM, DICE, *[question for question in ANSWERS if re.search(r"\d", question)]]),
    st.integers(0, 10**6),
    st.data(),
)
def test_a_question_with_another_number_is_never_found(
    question: str, number: int, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from([match.span() for match in re.finditer(r"\d+", question)]))
    changed = f"{question[: place[0]]}{number}{question[place[1] :]}"
    if changed not in ANSWERS and int(question[slice(*place)]) != number:
        for prompt in (changed, CHAT.format(changed), changed.replace("What", "Waht")):
            assert LOOSE.find(prompt).tier is Tier.NONE
