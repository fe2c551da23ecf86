"""A Rubric of verifiers calls the reward by its parameters' names."""

from __future__ import annotations

import asyncio

import pytest

verifiers = pytest.importorskip("verifiers", reason="verifiers is not installed; make test-trainers")


def test_a_rubric_scores_a_state(math_server, monkeypatch):
    monkeypatch.setenv("RULE_RM_URL", math_server.url)
    from rule_rm.integrations.verifiers import reward

    right = "<think>2 and 2</think><answer>4</answer>"
    state = {
        "prompt": [{"role": "user", "content": "2+2?"}],
        "completion": [{"role": "assistant", "content": right}],
        "answer": "4",
        "info": {},
        "trajectory": [],
    }
    asyncio.run(verifiers.Rubric(funcs=[reward]).score_rollout(state))
    assert state["reward"] == 1.5
    assert state["metrics"] == {"reward": 1.5}
