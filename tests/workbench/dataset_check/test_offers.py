"""Golden answers that a policy could not know of are found from the row alone."""

from __future__ import annotations

import pytest

from rule_rm import Settings
from rule_rm.workbench.dataset_check.findings import Numbered
from rule_rm.workbench.dataset_check.offers import offers
from rule_rm.workbench.rows import data_row

PARAMETERS = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
TOOLS = [{"type": "function", "function": {"name": "roll", "parameters": PARAMETERS}}]


def messages(reward_type: str, **columns) -> list[str]:
    settings = Settings(reward_type=reward_type)
    row = Numbered(0, data_row("a.jsonl:1", columns, settings))
    return [finding.message for finding in offers([row], settings)]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ({"name": "rol", "arguments": {"n": 1}}, "did you mean roll?"),
        ({"name": "roll", "arguments": {"n": 1, "m": 2}}, "an argument 'm' that the tool does not take"),
        ({"name": "roll", "arguments": {"n": "1"}}, "does not fit the tool's parameters"),
        ({"name": "roll", "arguments": {}}, "does not fit the tool's parameters"),
        ({"name": "", "arguments": {}}, "has an empty name"),
    ],
)
def test_a_call_that_the_tools_do_not_allow_is_named(call, said):
    (message,) = messages("tool_call_match", question="Roll a die.", answer=[call], tools=TOOLS)
    assert said in message


@pytest.mark.parametrize(
    "tools", [TOOLS, [], None, "no JSON", [{"name": "roll", "parameters": {"type": "dict"}}]]
)
def test_a_call_that_they_allow_or_of_which_nothing_is_known_is_sound(tools):
    call = {"name": "roll", "arguments": {"n": 1}}
    assert not messages("tool_call_match", question="Roll a die.", answer=[call], tools=tools)


@pytest.mark.parametrize(
    ("question", "is_sound"),
    [
        ("Which is a bird?", False),
        ("Which is a bird? [B] owl, [C] cow", True),
        ("<image> Which bird is it?", True),
    ],
)
def test_a_letter_is_of_a_choice_in_the_question(question, is_sound):
    assert is_sound is not bool(messages("multiple_choice", question=question, answer="B"))
