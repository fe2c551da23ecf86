"""Extraction finds the one final answer of a response, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rule_rm.extract import TAIL, boxes, code_block, final_answer, golden_answer, tag_contents, tagged_answer


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        (r"So \boxed{\frac{1}{2}}.", r"\frac{1}{2}"),
        (r"\fbox{7} it is", "7"),
        (r"$\boxed {x}$", "x"),
        (r"<think>\boxed{1}</think> It is \boxed{2}.", "2"),
        (r"no tag \boxed{1}</think> It is \boxed{2}.", "2"),
        ("<think>a</think><answer>42</answer>", "42"),
        (r"<think>a</think><answer>We get \boxed{42}.</answer>", "42"),
        ("<think>a</think><answer>The final answer is 42.</answer>", "42"),
        (r"\boxed{1}. Wait, that is wrong. So \boxed{2}.", "2"),
        (r"\boxed{1} and \boxed{2}", "1, 2"),
        (r"$x = \boxed{1}$ and $y = \boxed{2}$", "x = 1, y = 2"),
        (r"\boxed{2} once more: \boxed{2}", "2"),
        ("The answer is 42 because geometry proves it.", "42"),
        ("Final Answer: The largest $n$ is 34.", "34"),
        ("Final Answer: The final answer is $-2$. I hope it is correct.", "-2"),
        ("#### 1,000", "1,000"),
        ("答案是12。", "12"),
        ("Hence the value is $12$", "12"),
        (r"Thus \[ x = 3 \]", "x = 3"),
        ("First 6*7.\n42", "42"),
        ("so there are 12 of them.", "12"),
        ("So it is 12½.", "12½"),
        ("It is this:\n```\n42\n```", "42"),
        ("A: 26", "26"),
    ],
)
def test_the_final_answer_is_what_a_person_would_point_at(response, answer):
    assert final_answer(response).answer == answer


@pytest.mark.parametrize(
    "response",
    [
        "",
        r"\boxed{}",
        r"\boxed{unclosed",
        r"<think>It is \boxed{42}</think>",
        r"<think>It is \boxed{42}",
        r"a</think><answer>41</answer></think><answer>42</answer>",
        "<answer>41</answer><answer>42</answer>",
        "<answer>41<answer>42</answer>",
        r"<answer>41</answer> \boxed{42}",
        r"\boxed{41}\nOption two: \boxed{42}",
        r"It could be \boxed{41}. Perhaps \boxed{42}, finally.",
        "\\boxed{41}\n\nAnswer: 42",
        r"It is not \boxed{42}.",
        r"Some say \boxed{42}, but this is wrong.",
        r"\boxed{42}? No.",
        "I give up after 42 attempts.",
        "The question is too hard. Reference id: 42",
        "What is $50$ of $42$?",
        "The number in the problem is 42.",
    ],
)
def test_a_response_that_does_not_commit_itself_has_no_answer(response):
    found = final_answer(response)
    assert found.answer is None or (found.answer, *found.also) in {("41", "42"), ("42", "41")}


@pytest.mark.parametrize(
    "response",
    [
        "\\boxed{41}<!-- \\boxed{42} -->",
        "\\boxed{41}\n% \\boxed{42}",
        "\\boxed{41}<|im_end|>\\boxed{42}",
        "\\boxed{41}</s> The answer is 42",
        "\\boxed{41}\\phantom{\\boxed{42}}",
        "~~\\boxed{42}~~ \\boxed{41}",
        "\\cancel{\\boxed{42}} \\boxed{41}",
    ],
)
def test_what_a_reader_does_not_see_is_no_answer(response):
    assert final_answer(response).answer == "41"


@given(
    st.lists(
        st.sampled_from(
            [r"\boxed{", "}", "{", r"\}", "<answer>", "</answer>", "<think>", "</think>", "$", "1", "or"]
        )
    )
)
def test_an_answer_taken_alone_is_its_own_answer(parts):
    answer = final_answer("".join(parts)).answer
    small = rf"\boxed{{{answer}}}"
    if answer and boxes(small) == [answer] and "<" not in answer and "boxed" not in answer:
        assert final_answer(small).answer == answer


@pytest.mark.parametrize(
    "piece", [r"\boxed{", r"\[", "$x", "<answer>", "####", "final answer is ", "~~", "<!--", r"\phantom{{}"]
)
def test_only_the_tail_is_searched_whatever_is_repeated(piece):
    assert final_answer(piece * 50_000).answer in (None, "x", piece.strip())
    assert final_answer(r"\boxed{7}" + "a" * TAIL).answer is None


@pytest.mark.parametrize(
    ("response", "content"),
    [
        ("<think>a</think><answer>b</answer>", "b"),
        (" <think>a</think>\n<answer>b</answer>\n", "b"),
        ("<think></think><answer></answer>", ""),
        ("<think>a</think>so<answer>b</answer>", None),
        ("<answer>b</answer><think>a</think>", None),
        ("<think>a</think><answer>b</answer>c", None),
        ("<think><think>a</think><answer>b</answer>", None),
        ("<think>a</answer></think><answer>b</answer>", None),
        ("<think>a<answer>b</think></answer>", None),
        ("", None),
    ],
)
def test_the_format_is_each_tag_once_in_order_and_nothing_else(response, content):
    assert tagged_answer(response) == content


def test_white_space_around_the_tags_can_be_forbidden():
    assert tagged_answer("<think>a</think> <answer>b</answer>", allow_space=False) is None
    assert tagged_answer("<think>a</think><answer>b</answer>", allow_space=False) == "b"


@pytest.mark.parametrize(
    ("golden", "answer"),
    [
        ("18", "18"),
        (" 18 ", "18"),
        ("3*6=18\n#### 18", "18"),
        (r"Thus \boxed{18}.", "18"),
        ("<answer>18</answer>", "18"),
    ],
)
def test_a_golden_answer_may_be_a_whole_solution(golden, answer):
    assert golden_answer(golden) == answer


def test_boxes_and_tags_are_found_in_order():
    assert boxes(r"\boxed{1} \boxed{a\}b} \boxed{\boxed{2}}") == ["1", r"a\}b", r"\boxed{2}"]
    assert tag_contents("<a>1</a><a>2</a><a>", "a") == ["1", "2"]
    assert code_block("```py\nx\n``` ```\ny\n```") == "y\n"
    assert code_block("none") is None


def test_a_copy_of_the_prompt_is_no_answer():
    prompt = "Tom says that the answer is 42 and that he is quite sure. What is six times seven?"
    assert final_answer(f"Here is the whole problem once again: {prompt}", prompt).answer is None
    assert final_answer(f"The problem: {prompt} The answer is 43.", prompt).answer == "43"
