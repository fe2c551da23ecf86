"""A Rubric of verifiers calls the reward by its parameters' names."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

verifiers = pytest.importorskip("verifiers", reason="verifiers is not installed; make test-trainers")


RIGHT = "<think>2 and 2</think><answer>4</answer>"
is_v1 = not hasattr(verifiers, "Rubric")


@pytest.mark.skipif(not is_v1, reason="verifiers before its v1 is installed")
def test_a_task_of_v1_records_the_reward_and_the_reason_of_an_unscored_one(math_server, monkeypatch):
    monkeypatch.setenv("RULE_RM_URL", math_server.url)
    vf = pytest.importorskip("verifiers.v1", exc_type=ImportError, reason="a package it needs is missing")

    class Row(vf.TaskData):  # type: ignore[name-defined, misc]
        answer: str | None = None

    class Sums(vf.Task[Row, vf.State, vf.TaskConfig]):  # type: ignore[name-defined, misc]
        pass

    rewards = {"rule_rm": {"fn": "rule_rm.integrations.verifiers_v1.reward"}}
    metrics = {"rule_rm_metrics": {"fn": "rule_rm.integrations.verifiers_v1.metrics"}}
    config = vf.TaskConfig(rewards=rewards, metrics=metrics)

    def scored(answer, **said):
        task = Sums(Row(prompt="2+2?", answer=answer), config)
        # A trace of the parts that scoring reads; a whole one needs a harness and a runtime.
        trace = vf.Trace.model_construct(rewards={}, metrics={}, nodes=[], errors=[], **said)
        asyncio.run(task.score(trace))
        return trace

    trace = scored("4", root_reply=RIGHT)
    assert trace.reward == 1.5
    assert trace.metrics == {"accuracy": 1.0, "format": 1.0}
    with pytest.raises(vf.TaskError, match="not scored: there is no golden answer"):
        scored(None, root_reply=RIGHT)


@pytest.mark.skipif(is_v1, reason="the newest verifiers has no Rubric")
def test_a_rubric_scores_a_state(math_server, monkeypatch):
    monkeypatch.setenv("RULE_RM_URL", math_server.url)
    from rule_rm.integrations.verifiers import reward

    state = {
        "prompt": [{"role": "user", "content": "2+2?"}],
        "completion": [{"role": "assistant", "content": RIGHT}],
        "answer": "4",
        "info": {},
        "trajectory": [],
    }
    asyncio.run(verifiers.Rubric(funcs=[reward]).score_rollout(state))
    assert state["reward"] == 1.5
    assert state["metrics"] == {"reward": 1.5}


def states_of(*answers):
    return [
        {
            "prompt": [{"role": "user", "content": "2+2?"}],
            "completion": [{"role": "assistant", "content": RIGHT}],
            "answer": answer,
            "info": {},
            "trajectory": [],
            "error": None,
        }
        for answer in answers
    ]


@pytest.mark.skipif(is_v1, reason="the newest verifiers has no Rubric")
@pytest.mark.parametrize(
    ("name", "rewards"), [("reward", [1.5, 0.5, 0.0]), ("group_reward", [1.5, 0.5, 1.0])]
)
def test_a_rubric_counts_the_number_of_an_unscored_rollout_in_its_group(
    math_server, monkeypatch, name, rewards
):
    monkeypatch.setenv("RULE_RM_URL", math_server.url)
    from rule_rm.integrations import verifiers as ours

    states: list[Any] = states_of("4", "5", None)
    asyncio.run(verifiers.Rubric(funcs=[getattr(ours, name)]).score_group(states))
    assert [state["reward"] for state in states] == rewards
    mean = sum(rewards) / len(rewards)
    assert [state["advantage"] for state in states] == [reward - mean for reward in rewards]
    assert [state["error"] for state in states] == [None, None, None]


@pytest.mark.skipif(is_v1, reason="the newest verifiers has no Rubric")
@pytest.mark.parametrize("name", ["reward", "group_reward"])
def test_a_failure_is_an_error_of_the_state_and_tried_again(math_server, monkeypatch, name):
    from verifiers.utils.async_utils import maybe_retry

    from rule_rm.integrations import verifiers as ours

    monkeypatch.delenv("RULE_RM_URL", raising=False)
    tries: list[list[Any]] = []

    async def attempt():
        tries.append(states_of("4", "5"))
        await verifiers.Rubric(funcs=[getattr(ours, name)]).score_group(tries[-1])
        monkeypatch.setenv("RULE_RM_URL", math_server.url)
        return tries[-1]

    asyncio.run(maybe_retry(attempt, max_retries=1, initial=0.0)())
    lost, scored = tries
    assert [(state["reward"], state["advantage"]) for state in lost] == [(0.0, 0.0)] * 2
    assert all("RULE_RM_URL=" in str(state["error"]) for state in lost)
    assert all(isinstance(state["error"], verifiers.InfraError) for state in lost)
    assert [(state["reward"], state["error"]) for state in scored] == [(1.5, None), (0.5, None)]
