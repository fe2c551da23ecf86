"""The rule of the tagged format that a response breaks is named, with its place."""

import pytest

from rule_rm.extract import tagged_answer
from rule_rm.extract.response.tag_faults import tag_fault


@pytest.mark.parametrize(
    ("response", "fault"),
    [
        ("<think>a</think><answer>b</answer>", None),
        (" <think>a</think>\n<answer>b</answer>\n", None),
        ("", "the response is empty"),
        ("<think>a</think><answer>183</answer>x", "after </answer>, at character 36, there is 'x'"),
        ("So <think>a</think><answer>b</answer>", "before <think>, at character 0, there is 'So '"),
        (
            "<think>a</think> so <answer>b</answer>",
            "between </think> and <answer>, at character 16, there is 'so'",
        ),
        (
            "a</think><answer>b</answer>",
            "<think> is missing; if the chat template opens it in the prompt, use",
        ),
        ("<think>a</think><answer>b", "</answer> is missing"),
        (
            "<think>a<think>b</think><answer>c</answer>",
            "<think> is there 2 times, the second time at character 8",
        ),
        ("<answer>b</answer><think>a</think>", "the tags are not in the order"),
    ],
)
def test_the_broken_rule_is_named(response, fault):
    found = tag_fault(response)
    assert found is None if fault is None else found.startswith(fault)
    assert (found is None) == (tagged_answer(response) is not None)
