"""Tool calls as the templates of TRL and ms-swift write them are read back as the calls that they are."""

from __future__ import annotations

import json

import pytest

from rule_rm import Rollout
from rule_rm.rewards.tool_call_match import tool_call_match

transformers = pytest.importorskip("transformers", reason="transformers is not installed; make test-trainers")

from .test_chat_templates import common, files  # noqa: E402 - that module is skipped in its middle too

CALLS = [
    {
        "name": "forecast",
        "arguments": {"city": 'Oslo, "N"', "days": 2, "wet": False, "hours": [6], "at": {"x": 1}},
    },
    {"name": "today", "arguments": {}},
]
LEFT_OUT = {
    **dict.fromkeys(["chatglm4", "glm4"], "a dict of Python below the name; GLM writes JSON"),
}
"""Ways of ms-swift that no reward reads, and why."""


def test_the_calls_of_the_templates_that_trl_ships(tiny_model):
    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny_model)
    tools = [
        {"type": "function", "function": {**call, "parameters": {}, "description": ""}} for call in CALLS
    ]
    earned = {}
    for path in files():
        for encode in (dict, json.dumps):
            calls = [
                {
                    "type": "function",
                    "id": "a" * 9,
                    "function": {**call, "arguments": encode(call["arguments"])},
                }
                for call in CALLS[:1]
            ]
            messages = [
                {"role": "user", "content": "Is it dry?"},
                {"role": "assistant", "content": "", "tool_calls": calls},
            ]
            write = {"chat_template": path.read_text(), "tokenize": False, "tools": tools}
            try:
                prompt = tokenizer.apply_chat_template(messages[:1], add_generation_prompt=True, **write)
                whole = tokenizer.apply_chat_template(messages, **write)
            except Exception:
                continue
            said = whole[common(prompt, whole) :]
            if "forecast" in said:
                earned[path.stem] = tool_call_match(Rollout("", said, CALLS[:1])).reward
                break
    assert len(earned) > 30
    assert {name: reward for name, reward in earned.items() if reward != 1.0} == {}


def test_the_calls_of_the_ways_that_ms_swift_ships():
    ways = pytest.importorskip("swift.agent_template", reason="ms-swift is not installed").agent_template_map
    earned = {}
    for name in ways.keys() - LEFT_OUT.keys():
        # Some join several calls with line breaks that no model writes.
        said = ways[name]()._format_tool_calls([{"role": "tool_call", "content": json.dumps(CALLS[0])}])
        earned[name] = tool_call_match(Rollout("", said, CALLS[:1])).reward
    assert len(earned) > 15
    assert {name: reward for name, reward in earned.items() if reward != 1.0} == {}
