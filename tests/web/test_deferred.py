"""ROLL submits a task and polls for its result."""

from __future__ import annotations

import json

from rule_rm import Settings
from rule_rm.web import create_app

from ..waiting import until
from .http_client import ask, post

RIGHT = "<think>2 and 2</think><answer>4</answer>"
TASK = {
    "priority": 0,
    "project_id": "p",
    "experiment_id": "e",
    "global_step": 3,
    "data_id": "d",
    "rollout_id": "r",
    "prompt": "2+2?",
    "response": RIGHT,
    "reward_info": {"ground_truth": "4"},
    "reward_manager": "math",
    "timeout": 100,
}


def fetched(client, **changed):
    submitted = client.post("/submit_task/math_verifier", json={**TASK, **changed}).json
    assert submitted["errcode"] == 0
    asked = {"reward_request_id": submitted["reward_request_id"]}

    def result():
        # ROLL sends the id in the body of a GET.
        reply = client.get("/task_result", json=asked).json
        return reply if reply["errcode"] != 1 else None

    return submitted["reward_request_id"], until(result, "the result")


def test_a_task_has_its_reward_and_its_parts_however_often_it_is_asked_for(client):
    name, result = fetched(client)
    assert (result["errcode"], result["reward_score"]) == (0, 1.5)
    assert result["dimention_reward_score"]["accuracy"] == {"score": 1.0}
    assert client.post("/task_result", json={"reward_request_id": name}).json == result


def test_the_golden_answer_may_be_all_of_the_information(client):
    assert fetched(client, reward_info="5")[1]["reward_score"] == 0.5


def test_an_unscored_task_is_an_error_and_no_reward(client):
    _, result = fetched(client, reward_info=None, prompt="of no dataset")
    assert (result["errcode"], "reward_score" in result) == (3, False)
    assert "no_ground_truth" in result["errmsg"]


def test_a_task_that_is_not_there_is_an_error(client):
    assert client.get("/task_result", json={"reward_request_id": "x"}).json["errcode"] == 2
    assert client.get("/task_result", json={}).status_code == 422
    assert client.post("/submit_task", json={"prompt": "q"}).status_code == 422


def test_the_token_is_taken_from_the_header_of_roll(engine):
    client = create_app(Settings(workers=1, token="a-secret-token"), engine).test_client()
    headers = {"XRL-Authorization": "Bearer a-secret-token"}
    assert client.get("/task_result", json={"reward_request_id": "x"}, headers=headers).status_code == 200
    assert client.get("/task_result", json={"reward_request_id": "x"}).status_code == 401


def test_the_id_is_read_from_the_body_of_a_get_over_http(server):
    _, submitted = post(server.url, "/submit_task", TASK)
    body = json.dumps({"reward_request_id": submitted["reward_request_id"]}).encode()

    def result():
        status, reply = ask(server.url, "GET", "/task_result", body)
        return (status, reply) if reply["errcode"] != 1 else None

    status, reply = until(result, "the result")
    assert (status, reply["reward_score"]) == (200, 1.5)
