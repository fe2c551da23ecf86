"""The whole statement is read: text around a box, denials, corrections, later claims, hidden text."""

import pytest

from rule_rm import registry, rewards
from rule_rm.extract import final_answer
from rule_rm.types import Rollout

rewards.load()


def earned(response, golden, prompt=""):
    return registry.get("math_equal")(Rollout(prompt, response, golden)).reward


@pytest.mark.parametrize(
    "response",
    [
        r"So $-\boxed{17}$.",
        r"So $2\cdot\boxed{17}$.",
        r"So $5\boxed{17}$.",
        r"So $\sqrt{\boxed{17}}$.",
        r"So $\frac{\boxed{17}}{3}$.",
        r"So $x \ge \boxed{17}$.",
        r"So $x \neq \boxed{17}$.",
        r"So $\boxed{17}!$",
        r"So $\boxed{17}^2$",
        r"So $\boxed{17}_9$",
        r"So $1 - \boxed{17}$",
        r"The answer can't be \boxed{17}.",
        r"\boxed{17} is incorrect.",
        r"\boxed{17} fails the second condition.",
        r"Die Lösung ist nicht \boxed{17}.",
        r"La solution n'est pas \boxed{17}.",
        r"La soluzione non è \boxed{17}.",
        r"Ответ не \boxed{17}.",
        r"答案并不是 \boxed{17}。",
        r"答えは \boxed{17} ではない。",
        r"Anything but \boxed{17}.",
        r"My friend says \boxed{17}.",
        r"It is more than \boxed{17}.",
        r"\boxed{17}? Hardly.",
        r"\boxed{17}. Hold on, I misread it. The answer is $18$.",
        r"\boxed{17}. Oops, the sum is $18$.",
        "\\boxed{17}\n\n订正：$18$",
        "\\boxed{17}\n\n**18**",
        "\\boxed{17}\n\n**Final answer:** 7",
        "\\boxed{17}\n\n#### 1",
        r"\boxed{17} or 18",
        r"\boxed{17} oder $18$",
        r"18 or \boxed{17}",
        r"\boxed{17} if the coin is fair, otherwise $18$.",
        "\\boxed{18}\n\nHuman: And now?\n\nAssistant: \\boxed{17}",
        "\\boxed{18}<|endofprompt|>Hence \\boxed{17}",
        "\\boxed{18}\n\nQuestion 2: 16+1? \\boxed{17}",
        r'I do not know. <span style="visibility:hidden">\boxed{17}</span>',
        r"I do not know. <s>\boxed{17}</s>",
        r"I do not know. \iffalse \boxed{17} \fi",
        r"I do not know. \textcolor{white}{\boxed{17}}",
        r"I do not know. {\color{white}\boxed{17}}",
        r"I do not know. \xout{\boxed{17}}",
        "I do not know.\n\n[//]: # (\\boxed{17})",
        "It is not $17$.",
        "It is $18$, not $17$.",
        "The answer is never $17$.",
        "The answer would be $17$ if it rained, but it does not.",
        "<answer>Not $17$.</answer>",
        "<answer>17</answer> That is wrong; it is 18.",
        "There are 17! ways.",
        "The length is 17π.",
        "There are 17 or 18 of them.",
        "There are 17 million of them.",
        "It starts at 17:45.",
        "The value is 17^2.",
        '{"reasoning": "17", "answer": "18"}',
        '{"answer": "17", "unsure": true} or {"answer": "18"}',
    ],
)
def test_a_response_that_does_not_say_17_is_not_paid_for_it(response):
    assert earned(response, "17") == 0.0


@pytest.mark.parametrize(
    "response",
    [
        r"So $x = \boxed{17}$.",
        r"So $x \approx \boxed{17}$.",
        r"Hence $$\Rightarrow \boxed{17}.$$",
        r"$$\begin{aligned} x &= 3 \\ y &= \boxed{17} \end{aligned}$$",
        r"$\text{The answer is } \boxed{17}$",
        r"$\boxed{17}\ \checkmark$",
        r"- \boxed{17}",
        r"1. \boxed{17}",
        r"$\mathbf{\boxed{17}}$",
        r"It is not 18, so it is \boxed{17}.",
        r"There is no other solution. \boxed{17}",
        r"\boxed{17}, not 18.",
        r"\boxed{17}. The answer is 17.0.",
        r"\boxed{17}. Thus the answer is $\frac{34}{2}$.",
        r"\boxed{17} = \boxed{17.0}",
        r"I put it in \boxed{}. It is \boxed{17}.",
        r"\boxed{18}. Wait, that is wrong. The answer is $17$.",
        r"\boxed{18}. Wait, I forgot one: \boxed{17}",
        r"\fcolorbox{red}{white}{17}",
        "It is **17**.",
        "The total is **17**!",
        "$$\\text{Answer: } 17$$",
        "The answer is 17, in total.",
        "The answer is 17, by symmetry.",
        'The answer is "17".',
        "The answer would be 17.",
        "The answer is 17.\nThis answer is correct.",
        "【答案】17",
        '{"reasoning": "34 / 2 = 17.", "answer": "17"}',
        '```json\n{"reasoning": "so", "answer": 17}\n```',
        "Hence the farmer bought 17 hens.",
        "<answer>They sold 17 tickets.</answer>",
        "It is $17$, not $18$.",
        "\\boxed{17}\n\nHuman: Thanks!\n\nAssistant: \\boxed{18}",
    ],
)
def test_a_response_that_says_17_is_paid_for_it(response):
    assert earned(response, "17") == 1.0


@pytest.mark.parametrize("joint", ["，", "；", "、", " 且 ", r"$ and $", r"\quad ", ", "])
def test_boxes_that_are_joined_are_one_list(joint):
    assert earned(rf"$\boxed{{3}}{joint}\boxed{{5}}$", "3,5") == 1.0


CHOICES = "Which one is it?\nAnswer Choices: (A) 12 (B) 17 (C) neither of these (D) 20"


@pytest.mark.parametrize(
    ("response", "golden", "reward"),
    [
        (r"\boxed{B}", "B", 1.0),
        (r"\boxed{17}", "B", 1.0),
        (r"\boxed{(B) 17}", "B", 1.0),
        (r"\boxed{B\text{（17）}}", "B", 1.0),
        ("The answer is (C) neither of these.", "C", 1.0),
        (r"\boxed{B}", "17", 1.0),
        ("The correct option is (B).", "17", 1.0),
        (r"\boxed{A}", "B", 0.0),
        (r"\boxed{12}", "B", 0.0),
        (r"\boxed{(A) 17}", "B", 0.0),
        (r"\boxed{A, B}", "B", 0.0),
    ],
)
def test_a_choice_is_its_letter_its_text_or_both(response, golden, reward):
    assert earned(response, golden, CHOICES) == reward


def test_a_copy_of_the_question_in_other_type_is_no_answer():
    prompt = "A farm has $12$ hens and buys some. How many hens are there if it buys 17 of them"
    assert final_answer(prompt.upper(), prompt).answer is None


@pytest.mark.parametrize("macro", ["footnote", "marginpar", "thanks"])
def test_an_aside_holds_no_answer(macro):
    assert earned(rf"The answer is $23$.\{macro}{{\boxed{{17}}}}", "17") == 0.0
    assert earned(rf"The answer is \boxed{{17}}.\{macro}{{Not \boxed{{23}}.}}", "17") == 1.0
