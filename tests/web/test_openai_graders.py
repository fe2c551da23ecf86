"""OpenAI's paths for graders answer in OpenAI's shape."""

from __future__ import annotations

import time

import pytest

from rule_rm import Settings
from rule_rm.web import create_app
from rule_rm.web.front import ARRIVED

from ..fakes.scripted_judge import ScriptedJudge

PATH = "/v1/fine_tuning/alpha/graders"
CHECK = {
    "type": "string_check",
    "name": "check",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
    "operation": "eq",
}
SCORE = {
    "type": "score_model",
    "name": "score",
    "model": "judge",
    "input": [{"role": "user", "content": "{{sample.output_text}}"}],
}


@pytest.mark.parametrize("prefix", ["/v1", "/openai/v1"])
def test_run_returns_the_reward_and_all_flags(client, prefix):
    asked = {"grader": CHECK, "model_sample": "fuzzy", "item": {"answer": "fuzzy"}}
    reply = client.post(f"{prefix}/fine_tuning/alpha/graders/run", json=asked).json
    assert set(reply) == {"reward", "metadata", "sub_rewards", "model_grader_token_usage_per_model"}
    assert reply["reward"] == 1.0
    assert set(reply["metadata"]) == {
        "name",
        "type",
        "errors",
        "execution_time",
        "scores",
        "token_usage",
        "sampled_model_name",
    }
    assert len(reply["metadata"]["errors"]) == 14
    assert not any(reply["metadata"]["errors"].values())


def test_a_sample_without_a_score_has_its_flag(client):
    for grader, flag in ((CHECK, "invalid_variable_error"), (SCORE, "model_grader_server_error")):
        reply = client.post(f"{PATH}/run", json={"grader": grader, "model_sample": "x", "item": {}}).json
        assert reply["reward"] == 0.0
        assert [name for name, value in reply["metadata"]["errors"].items() if value is True] == [flag]


def test_a_model_is_asked_where_the_server_has_its_judge(engine):
    multi = {
        "type": "multi",
        "name": "both",
        "graders": {"check": CHECK, "score": SCORE},
        "calculate_output": "(check + score) / 2",
    }
    with ScriptedJudge('{"reasoning": "", "result": 0.5}') as judge:
        settings = Settings(workers=1, judge_url=(judge.url,), judge_model="judge")
        client = create_app(settings, engine).test_client()
        asked = {"grader": multi, "model_sample": "a", "item": {"answer": "a"}}
        reply = client.post(f"{PATH}/run", json=asked).json
    assert reply["reward"] == 0.75
    assert reply["sub_rewards"] == {"check": 1.0, "score": 0.5}
    assert reply["metadata"]["sampled_model_name"] == "judge"
    assert reply["model_grader_token_usage_per_model"]["judge"] > 0


def test_validate_returns_the_grader_or_says_what_is_wrong(client):
    assert client.post(f"{PATH}/validate", json={"grader": CHECK}).json == {"grader": CHECK}
    refused = client.post(f"{PATH}/validate", json={"grader": {**CHECK, "operation": "is"}})
    assert refused.status_code == 422
    assert "operation must be one of" in refused.json["error"]["message"]


def test_a_key_of_the_request_that_nothing_reads_is_refused_with_the_nearest(client):
    for path, asked in (
        ("run", {"grader": CHECK, "model_sample": "x", "itm": {}}),
        ("validate", {"gradr": CHECK}),
    ):
        refused = client.post(f"{PATH}/{path}", json=asked)
        assert refused.status_code == 422
        assert "did you mean" in refused.json["error"]["message"]


def test_the_output_is_graded_without_its_thinking(client):
    asked = {"grader": CHECK, "model_sample": "<think>3?</think>4", "item": {"answer": "4"}}
    assert client.post(f"{PATH}/run", json=asked).json["reward"] == 1.0


def test_a_program_of_a_request_runs_only_where_the_sandbox_is_served(client):
    python = {"type": "python", "name": "p", "source": "def grade(sample, item): return 1"}
    refused = client.post(f"{PATH}/run", json={"grader": python, "model_sample": ""})
    assert refused.status_code == 422
    assert "--serve-sandbox" in refused.json["error"]["message"]


def test_a_grader_that_nobody_waits_for_any_more_is_refused(client):
    asked = {"grader": CHECK, "model_sample": "x", "item": {"answer": "x"}}
    long_ago = {ARRIVED: time.monotonic() - 1000}
    reply = client.post(f"{PATH}/run", json=asked, environ_overrides=long_ago)
    assert reply.status_code == 503
    assert "graders are waiting" in reply.json["error"]["message"]
