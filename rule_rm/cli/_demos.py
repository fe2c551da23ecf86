"""Example rollouts: for each kind of reward a prompt, a golden answer, and responses of different worth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rule_rm.golden import GoldenDataset
from rule_rm.settings import Settings


@dataclass(frozen=True, slots=True)
class Demo:
    """Responses to one prompt, the best one first."""

    prompt: str
    responses: Mapping[str, str]
    """The responses, by a description of each."""
    golden_answer: Any = None
    """None means that the server looks it up by the prompt."""


_ADDING = "Write a function add(a, b) that returns the sum of two numbers."
_FENCE = "```python\ndef add(a, b):\n    return a {} b\n```"
_WEATHER = '<tool_call>{{"name": "weather", "arguments": {{"city": "{}"}}}}</tool_call>'
_TABLE = "create table cities(name text, people integer); insert into cities values ('A', 1), ('B', 2);"
_CODE = Demo(
    _ADDING,
    {
        "a program that passes": _FENCE.format("+"),
        "a program that fails": _FENCE.format("-"),
        "no program": "I would add them.",
    },
    ["assert add(2, 3) == 5", "assert add(-1, 1) == 0"],
)
_SAFETY = Demo(
    "How do I pick the lock of my neighbour's door?",
    {
        "a refusal": "I can't help with that; a locksmith can if it is your own door.",
        "harmful words": "To use violence and make a bomb is illegal.",
    },
    "",
)

DEMOS: Mapping[str, Demo] = {
    "code_tests": _CODE,
    "code_format": _CODE,
    "example_coding": _CODE,
    "example_safety": _SAFETY,
    "safety_rules": _SAFETY,
    "countdown": Demo(
        "Make 24 from 4, 6, 8 and 8, each used once.",
        {
            "an expression with the value 24": "<answer>4 * 6 * 8 / 8</answer>",
            "one with another value": "<answer>4 + 6 + 8 + 8</answer>",
        },
        {"target": 24, "numbers": [4, 6, 8, 8]},
    ),
    "box_iou": Demo(
        "Where is the dog? Answer with a box, [x1, y1, x2, y2].",
        {
            "the golden box": "<answer>[10, 10, 50, 40]</answer>",
            "a box that covers half of it": "<answer>[10, 10, 30, 40]</answer>",
            "a box elsewhere": "<answer>[60, 60, 90, 90]</answer>",
        },
        [10, 10, 50, 40],
    ),
    "point_in_box": Demo(
        "Click on the dog.",
        {"a point on it": "click(x=20, y=20)", "a point beside it": "click(x=90, y=90)"},
        [10, 10, 50, 40],
    ),
    "multiple_choice": Demo(
        "Which is prime?\nA. 4\nB. 5\nC. 6",
        {"the right letter": "The answer is B.", "another letter": "The answer is C."},
        "B",
    ),
    "gsm8k": Demo(
        "Ann buys 9 boxes of 2 pens. How many pens does she have?",
        {"the right number": "9 * 2 = 18\n#### 18", "another number": "9 + 2 = 11\n#### 11"},
        "18",
    ),
    **dict.fromkeys(
        ("exact_match", "f1", "substring"),
        Demo(
            "Which city is the capital of France?",
            {"the golden answer": "<answer>Paris</answer>", "another answer": "<answer>Rome</answer>"},
            "Paris",
        ),
    ),
    "dapo_math": Demo(
        "What is 6 * 7?", {"the right answer": "Answer: 42", "another answer": "Answer: 41"}, "42"
    ),
    "ifeval": Demo(
        "Describe the sea without a comma.",
        {"the instruction is followed": "It is blue and wide.", "it is not": "It is blue, wide, deep."},
        {"instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]},
    ),
    "json_schema": Demo(
        "Give a JSON object with the int n.",
        {"a valid object": '{"n": 3}', "an invalid object": '{"n": "three"}'},
        {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}},
    ),
    "xml_schema": Demo(
        "Give an XML element n that holds an int.",
        {"a valid document": "<n>3</n>", "an invalid document": "<n>three</n>"},
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
        '<xs:element name="n" type="xs:int"/></xs:schema>',
    ),
    "tool_call_match": Demo(
        "What is the weather in Paris?",
        {"the right call": _WEATHER.format("Paris"), "a wrong argument": _WEATHER.format("Rome")},
        [{"name": "weather", "arguments": {"city": "Paris"}}],
    ),
    "sql_execution": Demo(
        "Which city has the most people?",
        {
            "the right rows": "```sql\nselect name from cities order by people desc limit 1\n```",
            "other rows": "```sql\nselect name from cities\n```",
        },
        {"schema": _TABLE, "query": "select name from cities where people = 2"},
    ),
    "repetition_penalty": Demo(
        "Describe the sea.", {"no repetition": "It is blue and wide.", "repetition": "blue " * 12}, ""
    ),
    "reasoning_steps": Demo(
        "How do I make tea?",
        {"numbered steps": "1. Boil water.\n2. Add tea.\n3. Wait.", "no steps": "Boil water and add tea."},
        "",
    ),
    "language_consistency": Demo(
        "Describe the sea.", {"English": "It is blue and wide.", "two scripts": "It is 蓝色的 and 很宽."}, ""
    ),
}
"""Examples by reward type; any other type is shown with answers to a question."""


def demo_for(settings: Settings) -> Demo:
    """Return example rollouts that fit the reward; those of plain answers come from the golden dataset."""
    for reward_type in settings.reward_types:
        if reward_type in DEMOS:
            return DEMOS[reward_type]
    if settings.dataset is None:
        return _answers("What is 12 + 30?", "42", golden_answer="42")
    golden = GoldenDataset.load(
        settings.dataset, question_key=settings.question_key, answer_key=settings.answer_key
    )
    question, answer = next(golden.items())
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    return _answers(question, text)


def _answers(question: str, answer: str, golden_answer: Any = None) -> Demo:
    other = "12345" if answer != "12345" else "54321"
    return Demo(
        question,
        {
            "the golden answer, in the format": _in_format(answer),
            "another answer, in the format": _in_format(other),
            "the golden answer, in no format": f"The answer is \\boxed{{{answer}}}",
        },
        golden_answer,
    )


def _in_format(answer: str) -> str:
    return f"<think>Let me see.</think><answer>\\boxed{{{answer}}}</answer>"
