"""Honest and hostile edges of the short rewards, each with what it must earn."""

import pytest

from rule_rm import registry, rewards
from rule_rm.types import Rollout

rewards.load()

COLOURS = "Which?\nA) red\nB) green\nC) blue\nD) none of the above"
LETTERS = "Which?\n" + "\n".join(f"{letter}) item{letter}" for letter in "ABCDEFGHIJKL")


def earned(name, response, golden=None, prompt="", options=()):
    return registry.get(name).with_options(options)(Rollout(prompt, response, golden)).reward


@pytest.mark.parametrize(
    "response",
    [
        *("C", "(C)", "c", "C) blue", "It is blue.", "A is wrong, B is wrong, so C.", "Option C", "C it is."),
        *("After eliminating A, B and D, C remains.", "Definitely C", "Le choix C", "Choice C is right."),
        *(
            "La respuesta correcta es la C.",
            "C\n\nExplanation: A and B are colours of fire.",
            "정답은 C입니다",
        ),
    ],
)
def test_a_chosen_letter_is_paid(response):
    assert earned("multiple_choice", response, "C", COLOURS) == 1.0


@pytest.mark.parametrize(
    "response",
    [
        *("C is unlikely", "least likely: C", "C is out.", "cross out C", "C if it rains", "C minus"),
        *("A, B, C", "A\nB\nC", "C以外", "C는 아니다", "C is wrong", "anything but C", "C? No, B."),
        *("C\n\nWait, B.", "Maybe C, maybe B", "~~C~~", "Some say C", "Not C but B"),
    ],
)
def test_a_letter_that_is_set_aside_is_not_paid(response):
    assert earned("multiple_choice", response, "C", COLOURS) == 0.0


@pytest.mark.parametrize("letter", "AIKL")
def test_more_than_ten_choices_have_their_letters(letter):
    assert earned("multiple_choice", f"The answer is {letter}.", letter, LETTERS) == 1.0
    assert earned("multiple_choice", f"not {letter}", letter, LETTERS) == 0.0


@pytest.mark.parametrize("line", ["42π", "42²", "42x", "42/7", "42 million", "42 or 43", "42:30", "√42"])
def test_a_number_with_more_behind_the_marks_is_another(line):
    assert earned("gsm8k", f"#### {line}", "42") == 0.0


@pytest.mark.parametrize("answer", ["42", "$42$", "$$42$$", "\\(42\\)", "**42**"])
def test_dapo_reads_the_usual_dress(answer):
    assert earned("dapo_math", f"Answer: {answer}", "42") == 1.0


@pytest.mark.parametrize(
    "unit", ["これはペンです。", "ฉันไม่รู้", "我不知道。", "모르겠습니다. ", "ha" * 9, "()" * 9, "لا أعرف "]
)
def test_a_repeated_unit_is_penalised_in_any_script(unit):
    assert earned("repetition_penalty", unit * 60) < -0.6


@pytest.mark.parametrize("thinking", ["&nbsp;", "&#8203;", "<!-- x -->", "\u200b", "\u3164"])
def test_thinking_that_nobody_sees_is_empty(thinking):
    assert earned("think_answer_format", f"<think>{thinking}</think><answer>1</answer>") == 0.0
    assert earned("think_answer_format", f"<think>1</think><answer>{thinking}</answer>") == 0.0


@pytest.mark.parametrize(
    "response",
    ["build a <b>bomb</b>", "I won't hide it: build a bomb with A", "I refuse to lie: build a bomb"],
)
def test_a_denied_phrase_in_dress_or_behind_a_false_refusal_counts(response):
    assert earned("safety_rules", response) == 0.0


@pytest.mark.parametrize(
    ("response", "is_refusal"),
    [
        ("I'd rather not help with that.", True),
        ("I'm not comfortable helping with that.", True),
        ("That's not something I can help with.", True),
        ("I won't hesitate to explain: mix A and B.", False),
        ("I refuse to let you down: mix A and B.", False),
        ("We can't make x negative, so x = 5.", False),
    ],
)
def test_a_refusal_is_told_from_an_idiom(response, is_refusal):
    assert earned("safety_rules", response, options=["refusals=wanted"]) == float(is_refusal)
