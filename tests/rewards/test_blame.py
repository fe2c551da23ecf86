"""No response can choose to be unscored: every reward function scores everything that a policy writes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .test_contract import SHIPPED, cases_of, rollout_of, skip_without_package

ATOMS = (
    *"0123456789xyn+-*/=<>!^_%°'|:;,.&#$~()[]{}\\",
    *(
        "\\frac",
        "\\sqrt",
        "\\emptyset",
        "\\mid",
        "\\in",
        "\\cup",
        "\\infty",
        "\\pm",
        "\\cdot",
        "\\times",
        "\\pi",
    ),
    *("\\left(", "\\right)", "\\{", "\\}", "\\begin{cases}", "\\end{cases}", "\\begin{pmatrix}", "\\\\"),
    *(
        "\\text{",
        "\\binom",
        "\\sum_{",
        "\\int",
        "\\lim_{",
        "\\log",
        "\\sin",
        "\\bmod",
        "\\lfloor",
        "\\rfloor",
    ),
    *(
        "\\boxed{",
        "<think>",
        "</think>",
        "<answer>",
        "</answer>",
        "####",
        "Answer:",
        "The answer is",
        "答案",
        "【",
    ),
    *(
        "```",
        "```python\n",
        "```sql\n",
        "```json\n",
        "def f():\n",
        "select",
        "union",
        "assert",
        "null",
        "NaN",
        "1e999",
    ),
    *(
        "<tool_call>",
        "</tool_call>",
        '{"name":',
        '"arguments":',
        "<|im_end|>",
        "<|channel|>",
        "[THINK]",
        "\x00",
    ),
    *(
        "\ud800",
        "\u200b",
        "\u0301",
        "𝟙",
        "½",
        "²",
        "٣",
        "年",
        " minus one",
        " or ",
        " not ",
        "%%",
        "10",
        "1/0",
        "0^0",
    ),
)
"""The pieces of hostile and honest answers."""
PIECE = st.sampled_from(ATOMS)
BURST = st.builds(lambda piece, times: piece * times, PIECE, st.sampled_from((2, 40, 400)))
INNER = st.lists(PIECE | BURST, max_size=12).map("".join)
BOXED = INNER.map(lambda text: f"\\boxed{{{text}}}")
RESPONSES = st.one_of(
    INNER,
    BOXED,
    BOXED.map(lambda box: f"<think>1</think><answer>{box}</answer>"),
    INNER.map(lambda text: f"```python\n{text}\n```"),
    INNER.map(lambda text: f"<tool_call>{text}</tool_call>"),
    st.text(max_size=60),
)
IN_PROCESS = sorted(
    name for name, function in SHIPPED.items() if not function.is_resident and "sandbox" not in function.needs
)


def first_full(name):
    """Return the first case of a reward that earns the full reward."""
    return next(case for case in cases_of(name) if case["kind"] == "full")


@pytest.mark.parametrize("name", IN_PROCESS)
@given(response=RESPONSES)
def test_no_response_is_unscored(name, response):
    skip_without_package(name)
    case = first_full(name)
    function = SHIPPED[name].with_options(case.get("options", []))
    score = function(rollout_of({**case, "response": response, "repeated": []}))
    # Of a reward of a group, the score is that of its first member.
    score = score.members[0] if score.members else score
    assert score.reward is not None, (score.status, score.explanation, json.dumps(response))
