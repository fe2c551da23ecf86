"""Rows that hold several rollouts become a row for each."""

from __future__ import annotations

import pytest

from rule_rm.golden.rows import Unreadable
from rule_rm.workbench.columns import given_columns
from rule_rm.workbench.nested_rows import unfolded
from rule_rm.workbench.rollout_rows import RolloutReader


def node(role, content, parent=None, sampled=False, **more):
    return {"parent": parent, "message": {"role": role, "content": content, **more}, "sampled": sampled}


def trace(*nodes, trainable=True, rewards=None):
    return {
        "task": {"type": "Sums", "key": "sum-7", "data": {"idx": 7, "answer": "4", "prompt": "2+2?"}},
        "agent": {"name": "solver", "trainable": trainable},
        "nodes": list(nodes),
        "rewards": {"right": {"score": 1.0, "weight": 0.5}} if rewards is None else rewards,
    }


SOLVED = trace(
    node("system", "Be short."),
    node("user", "2+2?", 0),
    node("assistant", "5", 1, sampled=True),
    node("user", "Look again.", 2),
    node("assistant", "4", 3, sampled=True, reasoning_content="two and two"),
)


def rollouts(row):
    reader = RolloutReader(given_columns([]), skip_bad_rows=True)
    return list(reader.read(unfolded("f:1", row)))


def test_an_episode_of_verifiers_is_a_rollout_for_each_trace_of_the_policy():
    judge = trace(node("user", "Is 4 right?"), node("assistant", "yes", 0, sampled=True), trainable=False)
    episode = {
        "id": "e",
        "env": {"id": "sums"},
        "task": SOLVED["task"],
        "ok": True,
        "traces": [SOLVED, judge],
    }
    (one,) = rollouts(episode)
    assert (one.prompt_text, one.ground_truth, one.data_source) == ("Be short.\n\n2+2?", "4", "sums")
    assert (one.group, one.recorded_reward, one.place) == ("sum-7", 0.5, "f:1")
    assert one.response[-1] == {"role": "assistant", "content": "4", "reasoning_content": "two and two"}


def test_several_traces_are_numbered_and_share_the_group_of_their_episode():
    episode = {"env": {"id": "sums"}, "task": SOLVED["task"], "group": {"id": "g9"}, "traces": [SOLVED] * 2}
    assert [(one.place, one.group) for one in rollouts(episode)] == [("f:1#1", "g9"), ("f:1#2", "g9")]


def test_a_trace_alone_is_a_rollout():
    (one,) = rollouts({**SOLVED, "rewards": {"right": None}})
    assert (one.data_source, one.recorded_reward) == ("Sums", None)


def test_only_the_last_branch_of_a_trace_is_its_conversation():
    branched = trace(
        node("user", "2+2?"),
        node("assistant", "first try", 0, sampled=True),
        node("user", "A summary. 2+2?"),
        node("assistant", "4", 2, sampled=True),
    )
    (one,) = rollouts(branched)
    assert (one.prompt_text, one.response_text) == ("A summary. 2+2?", "4")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (
            {"task": {"type": "Sums", "data": {}}, "traces": [], "errors": [{"message": "no GPU"}]},
            "the episode has no trace: no GPU",
        ),
        (trace(node("user", "2+2?")), "the trace has no message of the model"),
        (
            trace(node("user", "2+2?", 0), {"message": "?", "parent": 0}),
            "the trace has no message of the model",
        ),
    ],
)
def test_an_episode_without_a_rollout_is_a_bad_row_that_says_why(row, why):
    ((_, found),) = unfolded("f:1", row)
    assert isinstance(found, Unreadable)
    assert found.why == why


def test_a_step_of_ms_swift_is_a_rollout_for_each_completion():
    step = {
        "step": 3,
        "prompt": ["2+2?", "2+3?"],
        "completion": ["4", "6"],
        "solution": ["4", "5"],
        "rewards": [1.0, 0.0],
    }
    assert [(one.place, one.prompt, one.response, one.ground_truth) for one in rollouts(step)] == [
        ("f:1#1", "2+2?", "4", "4"),
        ("f:1#2", "2+3?", "6", "5"),
    ]


def test_a_prompt_with_a_list_of_responses_is_left_as_it_is():
    row = {"prompt": "2+2?", "completion": ["4", "5"]}
    assert list(unfolded("f:1", row)) == [("f:1", row)]
