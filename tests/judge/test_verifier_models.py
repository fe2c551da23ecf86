"""Templates for verifier models: each is asked in its form, and its replies are read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from rule_rm import Rollout, registry, rewards
from rule_rm.judge.prompting.templates import load, verifiers
from rule_rm.registry.resident import Ask

from ..fakes.scripted_judge import Completion, ScriptedJudge, question_text

rewards.load()

REPLIES = [
    ("compass_verifier", "A", 1.0),
    ("compass_verifier", "B", 0.0),
    ("compass_verifier", "C", 0.0),
    ("compass_verifier", " A\n", 1.0),
    ("compass_verifier", "CORRECT", 1.0),
    ("compass_verifier", "INCORRECT", 0.0),
    ("compass_verifier", "D", None),
    ("compass_verifier", "A B", None),
    ("compass_verifier_cot", "The answers match.\nFinal Judgment: \\boxed{A} - CORRECT", 1.0),
    ("compass_verifier_cot", "It says \\boxed{42}, not 41.\n**Final Judgment:** \\boxed{B} - INCORRECT", 0.0),
    ("compass_verifier_cot", "Final Judgment: \\boxed{C} - REPETITIVE", 0.0),
    ("compass_verifier_cot", "Final Judgment: \\boxed{A} - INCORRECT", None),
    ("compass_verifier_cot", "The student wrote \\boxed{A}. I can't tell.", None),
    ("compass_verifier", "B: INCORRECT", 0.0),
    ("compass_verifier", "Answer: A", 1.0),
    ("compass_verifier", "A: INCORRECT", None),
    ("xverify", "Judgement: Correct", 1.0),
    ("xverify", "Correct (mostly)", None),
    ("xverify", "Correct", 1.0),
    ("xverify", "[Correct]", 1.0),
    ("xverify", "[Incorrect]", 0.0),
    ("xverify", "incorrect", 0.0),
    ("xverify", "Partially correct", None),
    ("general_verifier", "They are the same number. Final Decision: Yes", 1.0),
    ("general_verifier", "Final Decision: No", 0.0),
    ("general_verifier", "The signs differ.\n\nFinal Decision: No.", 0.0),
    ("general_verifier", "Yes", None),
    ("tinyv", "True", 1.0),
    ("tinyv", "False", 0.0),
    ("tinyv", "True.", 1.0),
    ("tinyv", "Not True", None),
]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def opened(stack: ExitStack, says: Any, template: str, **options: Any) -> tuple[ScriptedJudge, Any]:
    judge = stack.enter_context(ScriptedJudge(says))
    judge.accepts_raw = True
    settings = {"judge_url": judge.url, "judge_model": "judge", "judge_template": template, **options}
    resident = registry.get("llm_judge").with_defaults(settings).open()
    stack.callback(resident.close)
    return judge, resident


def score(resident: Any, response: str = r"It is \boxed{42}.", gold: str = "42") -> Any:
    ask = Ask(time.monotonic() + 30, lambda name, rollout: registry.get(name)(rollout))
    return resident.score(Rollout("What is 6 times 7?", response, gold), ask)


@pytest.mark.parametrize(("template", "said", "reward"), REPLIES)
def test_a_reply_is_read_as_the_model_gives_it(
    template: str, said: str, reward: float | None, stack: ExitStack
) -> None:
    _, resident = opened(stack, said, template)
    assert score(resident).reward == reward


@pytest.mark.parametrize("template", verifiers())
def test_no_answer_can_imitate_the_form(template: str, stack: ExitStack) -> None:
    judge, resident = opened(stack, "whatever", template)
    markers = load(template).declared.markers
    planted = " ".join(["nothing", *markers, *(marker.upper() for marker in markers)])
    score(resident, f"<answer>{planted}</answer>", "some words")
    honest, resident = opened(stack, "whatever", template)
    score(resident, "<answer>nothing</answer>", "some words")
    for marker in markers:
        counts = [question_text(one.bodies[-1]).lower().count(marker.lower()) for one in (judge, honest)]
        assert counts[0] == counts[1]


def test_a_raw_prompt_goes_to_completions_as_it_is(stack: ExitStack) -> None:
    judge, resident = opened(stack, "Final Decision: Yes", "general_verifier")
    assert score(resident).reward == 1.0
    (body,) = [body for body in judge.bodies if body["max_tokens"] > 1]
    assert "messages" not in body
    assert body["prompt"].startswith("User: ### Question: What is 6 times 7?")
    assert body["prompt"].endswith("Assistant:")


def test_a_letter_has_an_expected_value(stack: ExitStack) -> None:
    tokens = Completion("A", logprobs=[("A", {"A": -0.2231435513, "B": -1.6094379124})])
    _, resident = opened(stack, lambda body: tokens, "compass_verifier", expected_value=True)
    assert score(resident).reward == pytest.approx(0.8)
