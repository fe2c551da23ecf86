"""The scoring view through Flask's test client, with the real engine."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rule_rm import Rollout, Settings
from rule_rm.client.replies import Detail
from rule_rm.web import create_app

RIGHT = r"<think>2 and 2</think><answer>\boxed{4}</answer>"
WRONG = r"<think>2 and 2</think><answer>\boxed{5}</answer>"
ALIGN = {"prompts": ["2+2?"] * 3, "responses": [RIGHT, WRONG, "4"], "golden_responses": ["4"] * 3}
QUERY = {"query": [f"2+2? {RIGHT}"], "prompts": ["2+2? "], "labels": ["4"]}


@pytest.fixture
def golden_client(engine, tmp_path):
    path = tmp_path / "golden.json"
    path.write_text(json.dumps([{"question": "What is 2 + 2?", "answer": "4"}]))
    return create_app(Settings(workers=1, dataset=str(path)), engine).test_client()


def test_a_batch_of_align_anything_gets_its_rewards_in_order(client):
    reply = client.post("/get_reward", json=ALIGN)
    assert (reply.status_code, reply.json) == (200, {"rewards": [1.5, 0.5, 0.0]})


def test_a_sample_of_openrlhf_gets_rewards_scores_and_logs(client):
    assert client.post("/get_reward", json=QUERY).json == {
        "rewards": [1.5],
        "scores": [1.0],
        "extra_logs": {"accuracy": [1.0], "format": [1.0], "unscored": [0.0], "timeout": [0.0]},
    }


def test_rewards_are_floats_in_the_text_of_the_reply(client):
    reply = client.post("/get_reward/example_safety", json={"query": ["Good morning."]})
    assert '"rewards":[1.0]' in reply.text


def test_another_reward_type_is_asked_for_in_the_path(client):
    payload = {"prompts": [""], "responses": ["1 + 1 = 2"]}
    assert client.post("/get_reward/example_math", json=payload).json == {"rewards": [0.8]}


def test_an_unknown_reward_type_is_answered_with_the_nearest(client):
    reply = client.post("/get_reward/example_maths", json=ALIGN)
    assert reply.status_code == 404
    assert reply.json["error"]["type"] == "UnknownRewardError"
    assert "did you mean 'example_math'" in reply.json["error"]["message"]


@pytest.mark.parametrize("address", ["/get_reward/", "/get_reward/math_verifier/", "/get_reward?x=1"])
def test_a_slash_or_a_query_at_the_end_changes_nothing(client, address):
    assert client.post(address, json=ALIGN).json == {"rewards": [1.5, 0.5, 0.0]}


@pytest.mark.parametrize("empty", [{"prompts": [], "responses": []}, {"query": []}])
def test_an_empty_batch_is_answered_with_empty_lists(client, empty):
    reply = client.post("/get_reward", json=empty)
    assert reply.status_code == 200
    assert reply.json["rewards"] == []
    assert all(column == [] for column in reply.json.get("extra_logs", {}).values())


def test_details_say_how_each_reward_came_about(client):
    payload = {**ALIGN, "golden_responses": ["4", "4", None], "details": True}
    details = client.post("/get_reward", json=payload).json["details"]
    assert [set(detail) for detail in details] == [set(Detail.__annotations__)] * 3
    assert [detail["reward"] for detail in details] == [1.5, 0.5, None]
    assert [detail["status"] for detail in details] == ["ok", "ok", "no_ground_truth"]
    assert details[0]["answer"] == "4"
    assert details[0]["metrics"] == {"accuracy": 1.0, "format": 1.0}
    assert [detail["golden"]["tier"] for detail in details] == ["request", "request", "none"]


@pytest.mark.parametrize(
    ("address", "body", "expected"),
    [
        ("/get_reward?details=1", {}, True),
        ("/get_reward?details=true", {}, True),
        ("/get_reward?details=0", {}, False),
        ("/get_reward", {}, False),
        ("/get_reward", {"details": False}, False),
        ("/get_reward?details=1", {"details": False}, True),
    ],
)
def test_details_come_only_where_they_are_asked_for(client, address, body, expected):
    assert ("details" in client.post(address, json={**ALIGN, **body}).json) is expected


@pytest.mark.parametrize("value", [1, "yes", None, []])
def test_details_that_are_neither_true_nor_false_are_refused(client, value):
    error = client.post("/get_reward", json={**ALIGN, "details": value}).json["error"]
    assert (error["type"], error["field"]) == ("PayloadError", "details")


def test_a_golden_answer_that_was_not_sent_is_found_in_the_dataset(golden_client):
    payload = {"prompts": ["What is 2 + 2?"] * 2, "responses": [RIGHT] * 2, "golden_responses": [None, "5"]}
    reply = golden_client.post("/get_reward?details=1", json=payload).json
    assert reply["rewards"] == [1.5, 0.5]
    assert [detail["golden"]["tier"] for detail in reply["details"]] == ["exact", "request"]


def test_a_templated_prompt_of_openrlhf_finds_its_golden_answer(golden_client):
    prompt = "<|im_start|>user\nWhat is 2 + 2?<|im_end|>\n<|im_start|>assistant\n"
    for payload in (
        {"query": [prompt + RIGHT + "<|im_end|>"], "prompts": [prompt], "labels": [""]},
        {"query": [prompt + RIGHT + "<|im_end|>"]},
    ):
        assert golden_client.post("/get_reward", json=payload).json["rewards"] == [1.5]


def test_a_prompt_that_is_not_in_the_dataset_is_unscored(golden_client):
    payload = {"prompts": ["Who wrote Faust?"], "responses": [RIGHT], "details": True}
    reply = golden_client.post("/get_reward", json=payload).json
    assert reply["rewards"] == [0.0]
    assert reply["details"][0]["reward"] is None
    assert reply["details"][0]["golden"]["tier"] == "none"


def test_an_unscored_rollout_gets_the_configured_number(engine):
    client = create_app(Settings(workers=1, unscored_reward=-0.25), engine).test_client()
    assert client.post("/get_reward", json={"prompts": ["?"], "responses": [RIGHT]}).json["rewards"] == [
        -0.25
    ]


def test_one_character_that_a_policy_wrote_costs_no_batch(client):
    payload = {"prompts": ["2+2?"] * 3, "golden_responses": ["4"] * 3}
    odd = [RIGHT, RIGHT.replace("2 and", "2\0\ud83d and"), "\0"]
    assert client.post("/get_reward", json={**payload, "responses": odd}).json["rewards"] == [1.5, 1.5, 0.0]


def test_no_text_of_a_request_is_logged(client, caplog):
    caplog.set_level(logging.DEBUG)
    payload = {"prompts": ["secret question"], "responses": ["secret answer"], "golden_responses": ["secret"]}
    client.post("/get_reward", json=payload)
    client.post("/get_reward", json={**payload, "prompts": ["secret\0"]})
    client.post("/get_reward", data='{"secret": secret}', content_type="application/json")
    assert len(caplog.records) >= 3
    assert "secret" not in caplog.text


def test_an_error_that_nobody_foresaw_is_logged_under_an_id_and_kept_from_the_client(
    app, monkeypatch, caplog
):
    def fail(*_):
        raise RuntimeError("the inside of the service")

    monkeypatch.setattr(app.extensions["rule_rm"].engine, "begin", fail)
    reply = app.test_client().post("/get_reward", json=ALIGN)
    assert reply.status_code == 500
    error = reply.json["error"]
    assert (error["type"], error["field"], error["index"]) == ("InternalServerError", None, None)
    assert "inside" not in reply.text
    (record,) = [record for record in caplog.records if record.exc_info]
    assert error["message"].split()[-1] in record.getMessage()
    assert "the inside of the service" in caplog.text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3)
    ),
    max_leaves=8,
)
fields = st.sampled_from(["prompts", "responses", "golden_responses", "query", "labels", "details"])
columns = json_values | st.lists(
    st.sampled_from(["", "4", RIGHT, "\0", "\ud800", "<|im_start|>"]), max_size=3
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.dictionaries(fields, columns) | json_values)
def test_no_json_body_is_answered_with_a_server_error(client, payload):
    reply = client.post("/get_reward", data=json.dumps(payload), content_type="application/json")
    assert reply.status_code in (200, 400, 422)
    if reply.status_code == 200:
        assert len(reply.json["rewards"]) == len(payload.get("query", payload.get("responses")))
    else:
        assert set(reply.json["error"]) == {"type", "message", "field", "index"}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=60) | st.text('{}[]":,0eE+-.\\ulrsnaf" \n', max_size=40).map(str.encode))
def test_no_bytes_are_answered_with_a_server_error(client, body):
    assert client.post("/get_reward", data=body, content_type="application/json").status_code in (400, 422)


def test_the_scores_are_those_of_the_reward_function_itself(client, engine):
    rollouts = [Rollout("2+2?", response, "4") for response in ALIGN["responses"]]
    scores = [engine.rewards["math_verifier"](rollout).reward for rollout in rollouts]
    assert client.post("/get_reward", json=ALIGN).json["rewards"] == scores
