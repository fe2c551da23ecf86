"""The golden lookup: every tier finds its prompts, in any order and from any thread."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rule_rm.golden import GoldenDataset, Match, Tier
from rule_rm.golden.text import canonical
from rule_rm.types import Rollout

from ..together import together

ANSWERS = {
    "What is the value of $x$ if $3x + 5 = 20$?": "5",
    "What is the sum of the first 12 even numbers?": "156",
    "Find the largest prime factor of $9951$.": "107",
    "What is 2+2?": "4",
    "1+1?": "2",
    "Simplify $\\sqrt{720}$": "12\\sqrt{5}",
    "Let $f(x)=x^2$. Find $f(3)$.": "9",
    "Roll two dice. What is the probability that the sum is 7?": "\\frac{1}{6}",
    "Compute the minimum of $x^2 + 4x$ over the reals.": "-4",
    "Anna has 12 cats and 7 dogs. How many cats and dogs does she have in all?": 19,
    "The café at the lake sells 35 cups of tea. Each cup costs $2. How much does it earn?": "70",
    "A shop pays its young assistant 15 dollars per hour for 8 hours of work. How much is that?": "120",
    "Evaluate $\\cos 60^\\circ$ without a calculator.": "0.5",
    "求方程 $x^2 - 4 = 0$ 的正根。": "2",
    "计算12加30等于多少？": "42",
}
SUM = "What is the sum of the first 12 even numbers?"
DICE = "Roll two dice. What is the probability that the sum is 7?"


@pytest.fixture(scope="module")
def golden() -> GoldenDataset:
    return GoldenDataset(ANSWERS)


@together("question", ANSWERS)
def test_a_golden_question_is_found_exactly(golden: GoldenDataset, question: str) -> None:
    assert golden.find(question) == Match(Tier.EXACT, ANSWERS[question], 1.0)


@pytest.mark.parametrize(
    "prompt",
    [
        f"  {SUM}\n",
        SUM.replace(" ", "\n"),
        SUM.replace(" ", "\u00a0\u2009"),
        SUM.replace("?", "？"),
        "What is the sum of the ﬁrst 12 even numbers?",
        "What is the sum of the \u200bfirst 12 even numbers?",
        f"<|im_start|>user\n{SUM}<|im_end|>\n<|im_start|>assistant\n",
        f"<s>[INST] {SUM} [/INST]",
        f"<bos><start_of_turn>user\n{SUM}<end_of_turn>\n<start_of_turn>model\n",
        f"<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n{SUM}<|eot_id|>",
        f"<｜begin▁of▁sentence｜><｜User｜>{SUM}<｜Assistant｜>",
    ],
)
def test_space_unicode_and_chat_markers_do_not_count(golden: GoldenDataset, prompt: str) -> None:
    assert golden.find(prompt) == Match(Tier.NORMALISED, "156", 1.0)


def test_a_decomposed_letter_is_the_composed_one(golden: GoldenDataset) -> None:
    question = next(question for question in ANSWERS if "café" in question)
    assert golden.find(question.replace("é", "e\u0301")).tier is Tier.NORMALISED


WRAPPERS = (
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n{}\nPlease reason step by "
    "step, and put your final answer within \\boxed{{}}.<|im_end|>\n<|im_start|>assistant\n",
    "system\nYou are good at mathematics.\nuser\n{}\nassistant\n",
    "Question: {}\nAnswer:",
    "**Question 7:** {}\n\n**Answer:**",
    "Q: What is 17 plus 25?\nA: 42\n\nQ: {}\nA:",
    "Solve the following problem. The last line of your response should be of the form Answer: $Answer, "
    'where $Answer is the answer.\n\n{}\n\nRemember to put your answer on its own line after "Answer:".',
    "<problem>{}</problem>",
    "12. {}",
    "{}\n\nAnswer with an integer between 0 and 999.",
    "Each answer is worth 5 points.\n\n{}",
)


@together("wrapper", WRAPPERS)
@together("question", ANSWERS)
def test_a_question_is_found_in_every_wrapper(golden: GoldenDataset, wrapper: str, question: str) -> None:
    assert golden.find(wrapper.format(question)) == Match(Tier.WRAPPED, ANSWERS[question], 1.0)


@pytest.mark.parametrize(
    "wrapper", ["{} Let's think step by step.", "Please solve this: {}", "USER: {} ASSISTANT:"]
)
def test_a_question_is_found_within_a_line(golden: GoldenDataset, wrapper: str) -> None:
    assert golden.find(wrapper.format(DICE)).tier is Tier.WRAPPED


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        (f"Q: {DICE}\nA: 1/6\n\nQ: {SUM}\nA:", "156"),
        (f"Q: {SUM}\nA: 156\n\nQ: {DICE}\nA:", "\\frac{1}{6}"),
        (f"Q: {SUM}\nA: 156\nQ: 1+1?\nA:", "2"),
        (
            f"<|im_start|>user\n{SUM}<|im_end|>\n<|im_start|>assistant\n156<|im_end|>\n<|im_start|>user\n{DICE}",
            "\\frac{1}{6}",
        ),
    ],
)
def test_of_several_questions_the_last_is_asked(golden: GoldenDataset, prompt: str, answer: str) -> None:
    assert golden.find(prompt).ground_truth == answer


def test_the_longer_of_two_nested_questions_is_asked() -> None:
    inner = "What is the sum of the first 12 even numbers?"
    outer = f"Read the task. {inner} Divide it by 3."
    golden = GoldenDataset({inner: "156", outer: "52"})
    assert golden.find(f"Question: {outer}\nAnswer:").ground_truth == "52"
    assert golden.find(f"Question: {inner}\nAnswer:").ground_truth == "156"


@pytest.mark.parametrize(
    "prompt",
    [
        "What is teh sum of the first 12 even numbers?",
        "What is the sum of the first 12 evn numbers?",
        "What is the sum of the fir st 12 even numbers?",
        "What is the sum of the first 12 even numbers",
        "what is the sum of the first 12 even numbers?",
        "What is the sum of first 12 even numbers?",
        "What is the sum of the the first 12 even numbers?",
    ],
)
def test_typing_errors_are_forgiven(prompt: str) -> None:
    match = GoldenDataset(ANSWERS, threshold=0.9).find(prompt)
    assert (match.tier, match.ground_truth) == (Tier.FUZZY, "156")
    assert 0.9 <= match.similarity < 1


def test_spaces_within_mathematics_are_forgiven(golden: GoldenDataset) -> None:
    match = golden.find("What is the value of $x$ if $3x+5=20$ ?")
    assert (match.tier, match.ground_truth) == (Tier.FUZZY, "5")


def test_typing_errors_are_forgiven_within_a_wrapper(golden: GoldenDataset) -> None:
    prompt = WRAPPERS[0].format("Roll two dice. What is the probabilty that the sum is 7?")
    assert golden.find(prompt).ground_truth == "\\frac{1}{6}"


def test_a_prompt_that_was_cut_within_a_clause_is_found(golden: GoldenDataset) -> None:
    question = next(question for question in ANSWERS if "assistant" in question)
    cut = question[: question.index(" of work")]
    assert golden.find(f"{cut} of") == Match(Tier.TRUNCATED, "120", len(f"{cut} of") / len(question))
    assert golden.find(cut[: len(cut) // 2]).tier is Tier.NONE


def test_a_prompt_that_was_cut_before_the_word_assistant_is_found() -> None:
    question = (
        "The professor has 14 exams to mark and gives half of them to her assistant. How many are left?"
    )
    golden = GoldenDataset({question: "7"})
    assert golden.find(question.split("assistant")[0].strip()).ground_truth == "7"


def _attached(rollouts: list[Rollout]) -> tuple[list[object], list[Tier]]:
    attached, matches = GoldenDataset(ANSWERS).attach(rollouts)
    return [rollout.ground_truth for rollout in attached], [match.tier for match in matches]


def test_attach_keeps_what_came_with_the_request_and_finds_the_rest() -> None:
    rollouts = [
        Rollout(SUM, "r", ground_truth="mine"),
        Rollout(SUM, "r"),
        Rollout("Who wrote Faust?", "r"),
        Rollout(SUM, "other", ground_truth=0),
    ]
    truths, tiers = _attached(rollouts)
    assert truths == ["mine", "156", None, 0]
    assert tiers == [Tier.REQUEST, Tier.EXACT, Tier.NONE, Tier.REQUEST]


def test_what_needs_an_index_is_found_before_and_after_the_indexes_are_built() -> None:
    golden = GoldenDataset({"How many legs do three spiders have?": "24"})
    prompts = ["Answer this.\n\nHow many legs do three spiders have?", "How many legs do three spidres have?"]
    assert not golden.is_prepared
    before = [golden.find(prompt) for prompt in prompts]
    golden.prepare()
    assert golden.is_prepared
    assert before == [golden.find(prompt) for prompt in prompts]
    assert [match.tier for match in before] == [Tier.WRAPPED, Tier.FUZZY]


def test_attach_changes_nothing_but_the_ground_truth() -> None:
    rollout = Rollout(SUM, "response", data_source="gsm8k", extra_info={"index": 3})
    (attached,), _ = GoldenDataset(ANSWERS).attach([rollout])
    assert attached == Rollout(SUM, "response", "156", "gsm8k", {"index": 3})
    assert rollout.ground_truth is None


def test_the_empty_dataset_finds_nothing() -> None:
    golden = GoldenDataset.empty()
    assert len(golden) == 0
    assert golden.find(SUM) == Match(Tier.NONE, None, 0.0)


def test_questions_that_differ_in_space_count_once() -> None:
    assert len(GoldenDataset({SUM: "156", f"{SUM}\n": "156"})) == 1


def test_numbers_that_differ_are_found_apart_in_a_large_family() -> None:
    rows = {
        f"Tom has {a} apples and buys {b} more. How many has he?": str(a + b)
        for a in range(10, 40)
        for b in range(50, 60)
    }
    golden = GoldenDataset(rows)
    for question, answer in rows.items():
        assert golden.find(question.replace("apples", "appels")).ground_truth == answer
        assert golden.find(WRAPPERS[0].format(question)).ground_truth == answer
        absent = re.sub(r"buys (\d+)", lambda match: f"buys {int(match[1]) + 10}", question)
        assert golden.find(absent).tier is Tier.NONE
        assert golden.find(WRAPPERS[0].format(absent)).tier is Tier.NONE


def _prompts() -> list[str]:
    shapes: list[Callable[[str], str]] = [
        str,
        str.upper,
        WRAPPERS[0].format,
        lambda q: q.replace("the", "teh"),
        lambda q: q[:-9],
    ]
    return [shape(question) for question in ANSWERS for shape in shapes]


def test_neither_the_order_of_the_dataset_nor_earlier_lookups_matter() -> None:
    prompts = _prompts()
    expected = [GoldenDataset(ANSWERS).find(prompt) for prompt in prompts]
    rows = list(ANSWERS.items())
    random.Random(4).shuffle(rows)
    shuffled = GoldenDataset(dict(rows))
    assert [shuffled.find(prompt) for prompt in reversed(prompts)][::-1] == expected


def test_threads_that_look_up_at_once_find_what_one_does() -> None:
    prompts = _prompts()
    expected = [GoldenDataset(ANSWERS).find(prompt) for prompt in prompts]
    golden = GoldenDataset(ANSWERS)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: [golden.find(prompt) for prompt in prompts], range(16)))
    assert all(matches == expected for matches in found)


PIECES = st.lists(
    st.sampled_from(
        [
            "<|im_start|>",
            "user",
            "<",
            "|",
            ">",
            "[INST]",
            "**",
            "*",
            ":",
            '"',
            " ",
            "\n",
            "x",
            "ｶ",
            "ﾞ",
            "″",
            "e\u0301",
            "問",
        ]
    ),
    max_size=12,
).map("".join)


@settings(deadline=None)
@given(st.text(max_size=40) | PIECES)
def test_the_canonical_form_of_a_canonical_form_is_itself(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_looked_up_and_is_found_when_it_is_golden(text: str) -> None:
    golden = GoldenDataset({SUM: "156", **({text: "mine"} if canonical(text) else {})})
    match = golden.find(text)
    assert match.ground_truth == ("mine" if canonical(text) else None)
