"""The last message with content, together with its thinking and tool calls."""

from __future__ import annotations

import json

import pytest

from rule_rm import Settings
from rule_rm.messages.prepare import has_several_turns, prepared, turns_of
from rule_rm.messages.said import assistant_turns, last_turn, tool_calls
from rule_rm.types import Rollout
from rule_rm.web import create_app

ANSWER = "<answer>4</answer>"
WHOLE = f"<think>2 and 2</think>{ANSWER}"
SAID = {"role": "assistant", "content": WHOLE}
USER = {"role": "user", "content": "2+2?"}
CALL = {"type": "function", "function": {"name": "add", "arguments": '{"a": 2}'}}
GOLDEN_CALL = [{"name": "add", "arguments": {"a": 2}}]

PARSED = {
    "reasoning_content": {"reasoning_content": "2 and 2", "content": ANSWER},
    "reasoning": {"reasoning": "2 and 2", "content": ANSWER},
    "thinking": {"thinking": "2 and 2", "content": ANSWER},
    "Mistral's parts": {
        "content": [
            {"type": "thinking", "thinking": [{"type": "text", "text": "2 and 2"}]},
            {"type": "text", "text": ANSWER},
        ]
    },
    "Anthropic's parts": {
        "content": [{"type": "thinking", "thinking": "2 and 2"}, {"type": "text", "text": ANSWER}]
    },
    "a part with its text": {
        "content": [{"type": "reasoning", "text": "2 and 2"}, {"type": "text", "text": ANSWER}]
    },
    "OpenRouter's details": {
        "reasoning_details": [{"type": "reasoning.text", "text": "2 and 2"}],
        "content": ANSWER,
    },
    "OpenRouter's summary": {
        "reasoning_details": [{"type": "reasoning.summary", "summary": "2 and 2"}],
        "content": ANSWER,
    },
    "a list of parts": {"reasoning": [{"type": "text", "text": "2 and 2"}], "content": ANSWER},
    "both": {"reasoning_content": "2 and 2", "content": WHOLE},
}
ITEMS = [
    {"type": "reasoning", "summary": [{"type": "summary_text", "text": "2 and 2"}]},
    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": ANSWER}]},
]


@pytest.mark.parametrize("message", PARSED.values(), ids=PARSED)
def test_reasoning_that_was_parsed_out_is_thinking(message):
    assert last_turn([USER, {"role": "assistant", **message}]) == WHOLE


def test_reasoning_items_are_thinking_too():
    assert last_turn(ITEMS) == WHOLE
    with_content = [
        {"type": "reasoning", "content": [{"type": "reasoning_text", "text": "2 and 2"}]},
        ITEMS[1],
    ]
    assert last_turn(with_content) == WHOLE


def test_reasoning_without_an_answer_behind_it_is_no_answer():
    assert last_turn(ITEMS[:1]) == "<think>2 and 2</think>"
    assert last_turn([*ITEMS, {"type": "reasoning", "summary": [{"text": "still at it"}]}]).endswith(
        "</think>"
    )


@pytest.mark.parametrize(
    "empty",
    [
        {"role": "assistant"},
        {"role": "assistant", "content": ""},
        {"role": "assistant", "content": " \n", "reasoning_content": ""},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "assistant", "content": "<|im_end|>\n"},
        {"role": "tool", "content": "5"},
        {"type": "message", "role": "assistant", "content": []},
    ],
)
def test_a_trailing_message_that_says_nothing_hides_nothing(empty):
    assert last_turn([USER, SAID, empty]) == WHOLE
    assert last_turn([USER, SAID, empty, empty]) == WHOLE


def test_the_last_message_counts_and_what_only_calls_a_tool_says_nothing():
    assert last_turn([SAID, USER, {"role": "assistant", "content": "5"}]) == "5"
    assert last_turn([SAID, USER, {"role": "assistant", "content": "", "tool_calls": [CALL]}]) == ""
    assert last_turn([]) == last_turn([USER, "no message", None]) == ""


def test_calls_of_all_turns_are_found_in_either_form():
    item = {"type": "function_call", "name": "add", "arguments": '{"a": 2}', "call_id": "c"}
    chat = [{"role": "assistant", "tool_calls": [CALL]}, {"role": "tool", "content": "4"}, SAID]
    assert tool_calls(chat) == [CALL]
    assert tool_calls([item, {"type": "function_call_output", "output": "4"}, *ITEMS]) == [item]
    assert [turn.text for turn in assistant_turns([*ITEMS, item])] == [ANSWER]
    old = {"role": "assistant", "content": None, "function_call": CALL["function"]}
    assert tool_calls([old]) == [CALL["function"]]
    part = {"type": "tool_use", "id": "1", "name": "add", "input": {"a": 2}}
    assert tool_calls([{"role": "assistant", "content": [part]}]) == GOLDEN_CALL


def test_thinking_in_a_part_of_the_content_is_never_the_answer():
    thought = {"type": "reasoning", "text": r"\boxed{4}"}
    message = {"role": "assistant", "content": [thought, {"type": "text", "text": r"\boxed{5}"}]}
    assert last_turn([message]) == r"<think>\boxed{4}</think>\boxed{5}"


VERIFY = {"responses_create_params": {"input": "2+2?"}, "calls": GOLDEN_CALL}
COLUMNS = {"prompts": ["2+2?"], "golden_responses": [GOLDEN_CALL]}


@pytest.mark.parametrize(
    ("path", "payload", "key"),
    [
        (
            "/get_reward/tool_call_match",
            {**COLUMNS, "responses": [[{"role": "assistant", "content": "", "tool_calls": [CALL]}]]},
            "rewards",
        ),
        (
            "/get_reward/tool_call_match",
            {**COLUMNS, "responses": [[{"role": "assistant", "tool_calls": [CALL]}, {"role": "tool"}, SAID]]},
            "rewards",
        ),
        (
            "/get_reward/tool_call_match",
            {**COLUMNS, "responses": [f"<tool_call>{json.dumps(GOLDEN_CALL[0])}</tool_call>"]},
            "rewards",
        ),
        (
            "/get_reward/tool_call_match",
            {
                "responses_create_params": {"input": "2+2?"},
                "ground_truth": GOLDEN_CALL,
                "response": {"output": [{"type": "function_call", "name": "add", "arguments": '{"a":2}'}]},
            },
            "reward",
        ),
        (
            "/get_reward/tool_call_match",
            {
                "prompt_str": "?",
                "ground_truth": GOLDEN_CALL,
                "response_str": [{"role": "assistant", "content": None, "tool_calls": [CALL]}],
            },
            "score",
        ),
    ],
)
def test_structured_calls_reach_the_reward_in_every_format(client, path, payload, key):
    assert client.post(path, json=payload).json[key] in (1.0, [1.0])


def test_a_call_that_cannot_be_read_is_the_policy_s_fault_and_its_batch_is_scored(client):
    broken = {"type": "function", "function": {"name": "add", "arguments": "{\ud800"}}
    deep: object = "x"
    for _ in range(60):
        deep = [deep]
    payload = {
        "prompts": ["?"] * 3,
        "golden_responses": [GOLDEN_CALL] * 3,
        "responses": [
            [{"role": "assistant", "tool_calls": [call]}]
            for call in (broken, CALL, {"function": {"name": "add", "arguments": {"a": deep}}})
        ],
    }
    reply = client.post("/get_reward/tool_call_match?details=1", json=payload).json
    assert reply["rewards"][1] == 1.0
    assert all(detail["reward"] is not None for detail in reply["details"])


FIRST, LAST = "It is \\boxed{7}", "Sorry, it is \\boxed{5}."
SEVERAL = {
    "chatml": f"{FIRST}<|im_end|>\n<|im_start|>user\nSure?<|im_end|>\n"
    f"<|im_start|>assistant\n{LAST}<|im_end|>",
    "a tool": f"{FIRST}<|im_end|>\n<|im_start|>tool\n9<|im_end|>\n<|im_start|>assistant\n{LAST}<|im_end|>",
    "llama": f"{FIRST}<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nSure?<|eot_id|>"
    f"<|start_header_id|>assistant<|end_header_id|>\n\n{LAST}<|eot_id|>",
    "GLM": f"{FIRST}<|observation|>\n9<|assistant|>\n{LAST}<|user|>",
    "Mistral": f"{FIRST}</s>[INST] Sure?[/INST] {LAST}</s>",
    "gpt-oss": f"<|channel|>final<|message|>{FIRST}<|end|><|start|>user<|message|>Sure?<|end|>"
    f"<|start|>assistant<|channel|>analysis<|message|>7?<|end|>"
    f"<|start|>assistant<|channel|>final<|message|>{LAST}<|return|>",
}


@pytest.mark.parametrize("text", SEVERAL.values(), ids=SEVERAL)
@pytest.mark.parametrize(("turns", "said"), [("first", FIRST), ("last", LAST)])
def test_the_setting_says_which_turn_of_a_text_is_scored(engine, text, turns, said):
    client = create_app(Settings(workers=1, turns=turns), engine).test_client()
    for answer in ("7", "5"):
        for payload in (
            {"prompts": ["q"], "responses": [text], "golden_responses": [answer]},
            {"query": ["q" + text], "prompts": ["q"], "labels": [answer]},
        ):
            reply = client.post("/get_reward/math_equal", json=payload).json
            assert reply["rewards"] == [float(answer in said)]


def test_all_turns_are_one_text_with_the_thinking_first():
    text = f"<think>a</think>{FIRST}<|im_end|>\n<|im_start|>user\n?<|im_end|>\n<|im_start|>assistant\n{LAST}"
    assert turns_of(text) == [f"<think>a</think>{FIRST}", LAST]
    rollout = prepared(Rollout("q", text), Settings(turns="all"))
    assert rollout.response == f"<think>a</think>{FIRST}\n\n{LAST}"
    messages = ({"role": "assistant", "content": FIRST}, USER, {"role": "assistant", "content": "<think>b"})
    unclosed = prepared(Rollout("q", "<think>b", completion=messages), Settings(turns="all"))
    assert unclosed.response == "<think>b"


def test_several_turns_are_told_in_the_log_once(engine, caplog):
    client = create_app(Settings(workers=1), engine).test_client()
    for _ in range(3):
        client.post("/get_reward", json={"prompts": ["q"], "responses": [SEVERAL["chatml"]]})
    assert [record.message for record in caplog.records if "--turns" in record.message][1:] == []
    assert "several turns" in caplog.text
    assert not has_several_turns(Rollout("q", FIRST + "<|im_end|>"))
