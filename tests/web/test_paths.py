"""Trainers that ask under a path of their own, or with a key in the URL."""

from __future__ import annotations

import pytest

RIGHT = "<think>2 and 2</think><answer>4</answer>"
VERL = {"prompt_str": "2+2?", "response_str": RIGHT, "ground_truth": "4"}
SLIME = {"prompt": "2+2?", "response": RIGHT, "label": "4"}
ROW = {"label": "4", "details": "of the dataset", "prompt": "2+2?"}
NEMO = {
    **ROW,
    "responses_create_params": {"input": "2+2?"},
    "response": {"output": [{"type": "message", "role": "assistant", "content": RIGHT}]},
}


@pytest.mark.parametrize("path", ["/get_reward", "/get_reward2", "/get_reward/math_verifier"])
def test_verl_finds_its_score_under_every_path(client, path):
    reply = client.post(path, json=VERL).json
    figures = {"accuracy": 1.0, "format": 1.0, "unscored": 0.0, "timeout": 0.0}
    assert reply == {"score": 1.5, **figures, "acc": 1.0}


def test_slime_gets_a_bare_number_or_the_key_that_its_url_names(client):
    assert client.post("/get_reward", json=SLIME).json == 1.5
    assert client.post("/get_reward/math_equal", json=SLIME).json == 1.0
    assert client.post("/get_reward?reward_key=points", json=SLIME).json["points"] == 1.5


def test_details_of_a_bare_number_are_refused_with_the_reason(client):
    reply = client.post("/get_reward?details=1", json=SLIME)
    assert reply.status_code == 422
    assert reply.json["error"]["field"] == "details"
    assert (
        client.post("/get_reward?details=1&reward_key=score", json=SLIME).json["details"][0]["status"] == "ok"
    )


def test_nemo_gym_gets_its_row_back_whatever_its_columns_are_called(client):
    assert client.post("/seed_session", json=ROW).json == {}
    reply = client.post("/verify", json=NEMO).json
    assert reply == {**NEMO, "reward": 1.5, "accuracy": 1.0, "format": 1.0, "unscored": 0.0, "timeout": 0.0}
    metrics = client.post("/aggregate_metrics", json={"verify_responses": [reply, reply]}).json
    assert metrics["agent_metrics"]["mean/accuracy"] == 1.0


@pytest.mark.parametrize("rollout", ["3-1", "3-1-a2", "_x", "a.b_c"])
def test_nemo_gym_may_put_the_rollout_before_every_path(client, rollout):
    answered = 404 if rollout == "_x" else 200
    assert client.post(f"/ng-rollout/{rollout}/seed_session", json=ROW).status_code == answered
    assert client.post(f"/ng-rollout/{rollout}/verify", json=NEMO).status_code == answered
    assert client.get(f"/ng-rollout/{rollout}/reverify_mode").status_code == answered
    metrics = {"verify_responses": []}
    assert client.post(f"/ng-rollout/{rollout}/aggregate_metrics", json=metrics).status_code == answered


def test_nemo_gym_may_verify_a_row_again_at_any_time(client):
    assert client.get("/reverify_mode").json == "stateless"


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"response": {"output": []}}, "input"),
        ({"responses_create_params": {"input": "2+2?"}}, "response"),
        ({"responses_create_params": {"input": [1]}, "response": {"output": []}}, "input"),
        ({"responses_create_params": [], "response": {"output": []}}, "responses_create_params"),
    ],
)
def test_a_bad_request_to_verify_names_its_field(client, payload, field):
    reply = client.post("/verify", json=payload)
    assert reply.status_code == 422
    assert reply.json["error"]["field"] == field


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"ground_truth": "4", "response_str": ["a", "b"]}, "response_str"),
        ({"ground_truth": "4", "solution_str": None}, "solution_str"),
        ({"ground_truth": "4", "response_str": "a", "extra_info": []}, "extra_info"),
        ({"ground_truth": "a\0b", "response_str": "a"}, "ground_truth"),
        ({"prompt": 1, "response": "a", "label": "4"}, "prompt"),
        ({"prompt": "a", "response": None, "label": "4"}, "response"),
        ({"prompts": ["a"], "responses": ["a"], "data_sources": [1]}, "data_sources"),
        ({"prompts": ["a"], "responses": ["a"], "extra_infos": ["a"]}, "extra_infos"),
    ],
)
def test_a_bad_field_of_one_sample_is_named(client, payload, field):
    reply = client.post("/get_reward", json=payload)
    assert reply.status_code == 422
    assert reply.json["error"]["field"] == field
