r"""Rows for a reward that is attacked without a dataset, by its reward type.

Each list has answers of several shapes. A reward that is not the package's own gets questions with short
answers, as most rewards of trainers' files expect them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def _texts(*pairs: tuple[str, Any]) -> tuple[Row, ...]:
    return tuple({"prompt": prompt, "ground_truth": answer} for prompt, answer in pairs)


_MATH = _texts(
    (
        "A baker fills 7 trays with 24 rolls each and has 15 rolls left over. How many rolls did he bake?",
        "183",
    ),
    ("Work out $406-178+95$.", "323"),
    ("What is $\\frac{1}{2}+\\frac{1}{3}$?", "\\frac{5}{6}"),
    ("Find the positive solution of $x^2 = 2$.", "\\sqrt{2}"),
    ("A ship sails 12 km north and 5 km east. How many km is it from its port?", "13"),
    ("What is $2^{10} + 2^{7}$?", "1152"),
    ("Expand $(x+3)(x-5)$.", "x^2-2x-15"),
    ("Where do the lines $y=2x$ and $y=x+4$ meet?", "(4,8)"),
    ("For which $x$ is $x^2 < 16$? Give an interval.", "(-4,4)"),
    ("What is the remainder when $3^{50}$ is divided by $7$?", "2"),
    ("A die is thrown twice. What is the probability of two sixes?", "\\frac{1}{36}"),
    ("What is $17 \\cdot 23 - 19 \\cdot 21$?", "-8"),
)
_NUMBERS = _texts(
    ("Ann buys 9 boxes of 2 pens. How many pens does she have?", "18"),
    ("A train goes 60 km in an hour. How many km does it go in 7 hours?", "420"),
    ("Tom has 250 stamps and buys 1,300 more. How many has he?", "1550"),
    ("Half of 85 is shared by two. How much does each get?", "21.25"),
    ("It was 4 degrees and it fell by 11. What is it now?", "-7"),
    ("Six teams play each other once. How many games are played?", "15"),
)
_CHOICES = _texts(
    ("Which is prime?\nA. 4\nB. 5\nC. 6\nD. 8", "B"),
    ("Which planet is largest?\nA. Mars\nB. Venus\nC. Earth\nD. Jupiter", "D"),
    ("Which gas do plants take in?\nA. carbon dioxide\nB. helium\nC. oxygen\nD. neon", "A"),
    ("Which city is the capital of Japan?\nA. Osaka\nB. Kyoto\nC. Tokyo\nD. Nagoya", "C"),
)
_WORDS = _texts(
    ("Which city is the capital of France?", "Paris"),
    ("Who wrote Hamlet?", ["William Shakespeare", "Shakespeare"]),
    ("In which year did the first human walk on the moon?", "1969"),
    ("Which metal is liquid at room temperature?", "mercury"),
    ("What is the largest ocean?", "the Pacific Ocean"),
    ("Which element has the symbol Fe?", "iron"),
)
_CODE: tuple[Row, ...] = (
    {
        "prompt": "Write a function add(a, b) that returns the sum of two numbers.",
        "ground_truth": ["assert add(2, 3) == 5", "assert add(-1, 1) == 0", "assert add(0.5, 1) == 1.5"],
        "solution": "def add(a, b):\n    return a + b",
    },
    {
        "prompt": "Read two integers from a line and print their product.",
        "ground_truth": {
            "inputs": ["3 14\n", "12 -11\n", "25 40\n"],
            "outputs": ["42\n", "-132\n", "1000\n"],
        },
        "solution": "a, b = map(int, input().split())\nprint(a * b)",
    },
    {
        "prompt": 'def reverse(text: str) -> str:\n    """Return the text backwards."""\n',
        "ground_truth": {
            "test": (
                "def check(candidate):\n    assert candidate('abc') == 'cba'\n"
                "    assert candidate('') == ''\n    assert candidate('xy z') == 'z yx'\n"
            ),
            "entry_point": "reverse",
        },
        "solution": "def reverse(text: str) -> str:\n    return text[::-1]",
    },
)
_SCHEMA = {
    "type": "object",
    "required": ["name", "age"],
    "properties": {"name": {"type": "string", "minLength": 1}, "age": {"type": "integer", "minimum": 1}},
    "additionalProperties": False,
}
_XSD = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="person"><xs:complexType>'
    '<xs:sequence><xs:element name="name" type="xs:token"/><xs:element name="age" type="xs:positiveInteger"/>'
    "</xs:sequence></xs:complexType></xs:element></xs:schema>"
)
_CALL = {"name": "weather", "arguments": {"city": "Paris", "days": 3}}
_TABLE = (
    "create table cities(name text, people integer); insert into cities values ('A', 1), ('B', 2), ('C', 9);"
)

_BOXES = _texts(
    ("Where is the dog?", [5, 5, 80, 90]),
    ("Where is the lamp?", [210, 40, 330, 125]),
    ("Where is the door?", [400, 0, 640, 480]),
)

SAMPLES: Mapping[str, Sequence[Row]] = {
    "math_verifier": _MATH,
    "math_equal": _MATH,
    "dapo_math": _MATH[:2] + _NUMBERS,
    "cosine_length": _MATH,
    "kimi_length": _MATH,
    "gsm8k": _NUMBERS,
    "numeric_tolerance": _NUMBERS,
    "multiple_choice": _CHOICES,
    "exact_match": _WORDS,
    "f1": _WORDS,
    "substring": _WORDS,
    "box_iou": _BOXES,
    "point_in_box": _BOXES,
    "code_tests": _CODE,
    "countdown": _texts(
        ("Make 24 from 4, 6, 8 and 8, each used once.", {"target": 24, "numbers": [4, 6, 8, 8]}),
        ("Make 10 from 1, 2, 3 and 4, each used once.", {"target": 10, "numbers": [1, 2, 3, 4]}),
        ("Make 98 from 44, 19 and 35, each used once.", {"target": 98, "numbers": [44, 19, 35]}),
    ),
    "json_schema": _texts(("Give a person as JSON, with name and age.", _SCHEMA)),
    "xml_schema": (
        {
            "prompt": "Give a person as XML, with name and age.",
            "ground_truth": _XSD,
            "solution": "<person><name>Ada</name><age>36</age></person>",
        },
    ),
    "tool_call_match": _texts(
        ("What will the weather be in Paris for three days?", [_CALL]),
        (
            "Weather in Paris, then Rome?",
            [_CALL, {"name": "weather", "arguments": {"city": "Rome", "days": 1}}],
        ),
    ),
    "sql_execution": _texts(
        (
            "Which city has the most people?",
            {"schema": _TABLE, "query": "select name from cities where people = 9"},
        ),
        ("How many cities are there?", {"schema": _TABLE, "query": "select count(*) from cities"}),
    ),
}
_TAGGED = _MATH[:8]


def samples_of(reward_type: str) -> Sequence[Row]:
    """Return the rows for a reward type."""
    return SAMPLES.get(reward_type, _TAGGED + _WORDS[:1])
