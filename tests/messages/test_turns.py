"""Every reward and the judge read thinking and turns alike, for every family of models."""

from __future__ import annotations

import json

import pytest

from rule_rm import registry, rewards
from rule_rm.judge.prompting import case
from rule_rm.messages.prefilled import with_opened_think
from rule_rm.messages.turns import split_thinking, spoken, turns
from rule_rm.sandbox.grading.source import last_block
from rule_rm.types import Rollout

from ..together import together

rewards.load()
REWARDS = registry.registered()

DIALECTS = {
    "think": ("<think>", "</think>"),
    "thinking": ("<thinking>", "</thinking>"),
    "thought": ("<thought>", "</thought>"),
    "reasoning": ("<reasoning>", "</reasoning>"),
    "Seed-OSS": ("<seed:think>", "</seed:think>"),
    "LongCat": ("<longcat_think>", "</longcat_think>"),
    "Magistral": ("[THINK]", "[/THINK]"),
    "Kimi": ("◁think▷", "◁/think▷"),
    "Gemma 4": ("<|channel>thought\n", "<channel|>"),
    "Cohere": ("<|START_THINKING|>", "<|END_THINKING|><|START_RESPONSE|>"),
    "Sky-T1": ("<|begin_of_thought|>", "<|end_of_thought|><|begin_of_solution|>"),
    "Apertus": ("<|inner_prefix|>", "<|inner_suffix|>"),
    "gpt-oss": ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    "gpt-oss without its tokens": ("analysisWell, ", "assistantfinal"),
}
every_dialect = together(("opens", "closes"), DIALECTS.values(), ids=DIALECTS)

QUESTION = "What is 2 + 2?"
SCHEMA = json.dumps({"type": "object", "required": ["answer"]})
CALL = '<tool_call>{"name": "add", "arguments": {"a": 2}}</tool_call>'
PROGRAM = "```python\ndef f(x):\n    return x\n```"
TASKS = {
    "math_equal": ("So \\boxed{4}.", "4", {}),
    "gsm8k": ("#### 4", "4", {}),
    "dapo_math": ("Answer: 4", "4", {}),
    "exact_match": ("<answer>Paris</answer>", "Paris", {}),
    "f1": ("<answer>Paris</answer>", "Paris", {}),
    "substring": ("It is Paris.", "Paris", {}),
    "multiple_choice": ("The answer is (B).", "B", {}),
    "json_schema": ('{"answer": 4}', SCHEMA, {}),
    "tool_call_match": (CALL, [{"name": "add", "arguments": {"a": 2}}], {}),
    "countdown": ("<answer>2 + 2</answer>", {"target": 4, "numbers": [2, 2]}, {}),
}


def worth(name, response):
    _, truth, extra_info = TASKS[name]
    return REWARDS[name](Rollout(QUESTION, response, truth, extra_info=extra_info))


@together("name", TASKS)
@every_dialect
def test_an_answer_after_the_thinking_earns_what_it_earns_alone(name, opens, closes):
    answer = TASKS[name][0]
    alone = worth(name, answer)
    assert alone.reward > 0
    assert worth(name, f"{opens}Is it 17?{closes}{answer}") == alone


@together("name", TASKS)
@every_dialect
def test_an_answer_in_thinking_that_never_closes_earns_nothing(name, opens, closes):
    answer = TASKS[name][0]
    least = worth(name, f"{opens}I don't know.{closes}I give up.").reward
    assert worth(name, f"{opens}Let me see.\n{answer}").reward == least <= 0


@together("name", TASKS)
@every_dialect
def test_an_answer_that_is_only_thought_earns_nothing(name, opens, closes):
    answer = TASKS[name][0]
    assert worth(name, f"{opens}{answer}{closes}I give up.").reward <= 0


@every_dialect
def test_code_that_is_only_thought_is_no_program(opens, closes):
    assert last_block(f"{opens}{PROGRAM}{closes}No.") is None
    assert last_block(f"{opens}{PROGRAM}") is None
    assert last_block(f"{opens}No.{closes}{PROGRAM}").code.startswith("def f")


@every_dialect
def test_the_judge_sees_what_the_rules_see(opens, closes):
    response = f"{opens}Is it 5?{closes}It is 4."
    assert vars(case)["split_thinking"] is split_thinking
    assert split_thinking(response)[1] == spoken(response) == "It is 4."
    assert "Is it 5?" in split_thinking(response)[0]


@together(("opens", "closes"), [pair for name, pair in DIALECTS.items() if "without" not in name])
def test_thinking_that_the_prompt_opened_is_put_back(opens, closes):
    rollout = with_opened_think(Rollout(f"{QUESTION} {opens}", f"5?{closes}4"), "auto")
    assert rollout.response.startswith(opens)
    assert spoken(rollout.response) == "4"
    assert spoken(with_opened_think(Rollout(f"{QUESTION} {opens}", "5? \\boxed{4}"), "auto").response) is None


@pytest.mark.parametrize(
    ("response", "said"),
    [
        ("4", "4"),
        ("a</think>4", "4"),
        ("<think>a</think>4<think>b", None),
        ("<think>a</think>4</think>5", None),
        ("a</think>4</think>5", None),
        ("<think>the tags <think> and </think> are mine</think>4", "4"),
        ("<think>first <reasoning>, then</think>4", "4"),
        ("<think>a</reasoning>4", None),
        ("<think>a</think><reasoning>4", None),
        ("<THINK>a</Think>4", "4"),
        ("<think>a<|im_end|></think>4", None),
        ("<think>a</think>4<|user|>5", "4"),
        ("4<|im_start|>assistant\n5", "4"),
        ("I think </b> 4 < 5", "I think </b> 4 < 5"),
    ],
)
def test_what_is_said_is_what_follows_the_thinking_within_the_turn(response, said):
    assert spoken(response) == said


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (
            "<|channel|>analysis<|message|>5?<|end|><|start|>assistant<|channel|>final<|message|>4<|return|>",
            "4",
        ),
        ("5?<|end|><|start|>assistant<|channel|>final<|message|>4", "4"),
        ("<|channel|>final<|message|>4", "4"),
        ("<|channel|>analysis<|message|>4", None),
        ("<|channel|>commentary<|message|>4<|end|>", None),
        (
            "<|channel|>commentary to=functions.add <|constrain|>json<|message|>{}<|call|>"
            "<|start|>functions.add to=assistant<|channel|>commentary<|message|>9<|end|>"
            "<|start|>assistant<|channel|>final<|message|>4<|return|>",
            "4",
        ),
        (
            "<|channel|>analysis<|message|>5?<|end|><|start|>user<|message|>Go on<|end|>"
            "<|start|>assistant<|channel|>final<|message|>4",
            None,
        ),
        ("<|channel|>final<|message|>4<|end|><|start|>assistant<|channel|>final<|message|>5", "4"),
        ("analysisWe add.assistantfinal4", "4"),
        ("analysisWe add \\boxed{4}", None),
        ("analysis of the numbers gives 4", "analysis of the numbers gives 4"),
    ],
)
def test_harmony_is_read_by_its_channels(response, said):
    assert spoken(response) == said


def test_the_turns_of_a_prompt_are_read_in_any_template():
    assert turns(
        "[gMASK]<sop><|system|>\nBe brief.<|user|>\nHi<|assistant|>\nHo<|user|>\nWhere?<|assistant|>"
    ) == [
        ("system", "Be brief."),
        ("user", "Hi"),
        ("assistant", "Ho"),
        ("user", "Where?"),
    ]
