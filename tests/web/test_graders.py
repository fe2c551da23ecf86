"""Trainers and graders with paths of their own: their rows are scored, and it is said when they are not."""

from __future__ import annotations

import pytest

RIGHT, WRONG = "<think>2 and 2</think><answer>4</answer>", "<think>2 and 2</think><answer>5</answer>"
USER = {"role": "user", "content": "2+2?"}


def said(text):
    return {"role": "assistant", "content": text}


def test_llama_factory_gets_a_score_for_each_text(client):
    template = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n{}<|im_end|>"
    texts = [template.format("a <|im_end|>"), template.format("<think>a</think><answer>b</answer>")]
    reply = client.post("/get_reward/think_answer_format", json={"model": "model", "messages": texts})
    assert (reply.status_code, reply.json["scores"]) == (200, [0.0, 1.0])


@pytest.mark.parametrize("name", ["reference_answer", "answer", "solution", "correct_answer"])
def test_azure_gets_a_number_or_an_error(client, name):
    def post(text, **item):
        return client.post(
            "/get_reward", json={"sample": {"output_text": text}, "item": {"messages": [USER], **item}}
        )

    assert [post(text, **{name: "4"}).json["score"] for text in (RIGHT, WRONG)] == [1.5, 0.5]
    unscored = post(RIGHT)
    assert unscored.status_code == 503
    assert "was not scored" in unscored.json["error"]["message"]


def test_eval_protocol_gets_a_score_that_is_valid_or_not(client):
    right = client.post("/evaluate", json={"messages": [USER, said(RIGHT)], "ground_truth": "4"}).json
    assert (right["score"], right["is_score_valid"], right["error"]) == (1.5, True, None)
    assert right["metrics"]["accuracy"]["score"] == 1.0
    unscored = client.post("/evaluate", json={"messages": [USER, said(RIGHT)]}).json
    assert unscored["is_score_valid"] is False
    assert unscored["reason"]
    equal = client.post(
        "/evaluate/math_equal", json={"messages": [USER, said("It is 4.")], "ground_truth": "4"}
    )
    assert equal.json["score"] == 1.0
    near = client.post("/evaluate", json={"messages": [USER, said(RIGHT)], "ground_truths": "4"})
    assert near.status_code == 422


def test_bedrock_gets_a_list_for_a_list(client):
    rows = [
        {"id": "a", "messages": [USER, said(RIGHT)], "reference_answer": "4"},
        {"id": 2, "messages": [USER, said(WRONG)], "metadata": {"reference_answer": "4"}},
        {"id": "c", "messages": [USER, said(RIGHT)]},
    ]
    reply = client.post("/bedrock", json=rows).json
    assert [(row["id"], row["aggregate_reward_score"]) for row in reply] == [("a", 1.5), (2, 0.5), ("c", 0.0)]
    assert {"name": "unscored", "value": 1.0, "type": "Metric"} in reply[2]["metrics_list"]
    assert client.post("/bedrock", json=[]).json == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/bedrock", {"rows": []}),
        ("/bedrock", [1]),
        ("/bedrock", [{"id": "a"}]),
        ("/bedrock", [{"id": "a", "messages": None}]),
        ("/bedrock", [{"id": "a", "messages": {}, "modelResponse": "4"}]),
        ("/bedrock", [{"id": "a", "messages": [], "modelResponse": ["4"]}]),
        ("/evaluate", []),
        ("/evaluate", {"messages": "text"}),
        ("/evaluate", {"messages": [{"content": "no role"}, said("4")]}),
        ("/get_reward", {"sample": "text", "item": {}}),
        ("/get_reward", {"sample": {"output_text": 4}, "item": []}),
        ("/get_reward", {"model": "m", "messages": [1]}),
    ],
)
def test_what_is_malformed_is_a_clear_refusal(client, path, body):
    reply = client.post(path, json=body)
    assert 400 <= reply.status_code < 500
    assert reply.json["error"]["message"]


@pytest.mark.parametrize("path", ["/evaluate", "/bedrock"])
def test_what_a_policy_wrote_costs_no_batch(client, path):
    message = {"role": "assistant", "content": "\ud800\0", "tool_calls": [[[[1]]]]}
    body = {"messages": [USER, message]} if path == "/evaluate" else [{"id": 1, "messages": [USER, message]}]
    assert client.post(path, json=body).status_code == 200


def test_a_session_of_nemo_gym_is_named_as_it_was_given(client):
    assert client.post("/seed_session", json={}).json == {}
    given = {"resources_session_id": "s1", "episode_id": "e1", "task_id": "t", "task_data": {}}
    assert client.post("/seed_session", json=given).json == {"resources_session_id": "s1"}
    closed = client.post("/close_session", json={"resources_session_id": "s1", "episode_id": "e1"}).json
    assert closed == {"resources_session_id": "s1", "episode_id": "e1"}


def test_nemo_gym_masks_what_is_unscored_and_says_how_a_reward_adds_up(client):
    row = {
        "responses_create_params": {"input": "2+2?"},
        "response": {"output": [{"role": "assistant", "content": RIGHT}]},
    }
    right = client.post("/verify", json={**row, "expected_answer": "4"}).json
    assert (right["reward"], "mask_sample" in right) == (1.5, False)
    unscored = client.post("/verify", json=row).json
    assert (unscored["mask_sample"], unscored["failure_kind"]) == (True, "verifier_error")
    assert unscored["failure_reason"]
    # NeMo-RL reads the mask there.
    assert unscored["instance_config"] == {"mask_sample": True}
    configured = client.post("/verify", json={**row, "instance_config": {"repo": "r"}}).json
    assert configured["instance_config"] == {"repo": "r", "mask_sample": True}
    assert "instance_config" not in right


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "responses_create_params.input is missing"),
        ({"input": 4}, "responses_create_params.input must be a string"),
        ({"input": [4]}, "responses_create_params.input[0]"),
    ],
)
def test_a_fault_of_nemo_gym_s_request_is_named_with_its_place(client, parameters, message):
    body = {"responses_create_params": parameters, "response": {"output": []}}
    reply = client.post("/verify", json=body)
    assert (reply.status_code, reply.json["error"]["field"]) == (422, "input")
    assert reply.json["detail"].startswith(message)


def test_nemo_gym_s_aggregate_has_the_figures_of_each_task(client):
    replies = [
        {"_ng_task_index": task, "_ng_rollout_index": rollout, "reward": reward}
        for task, rollout, reward in ((0, 0, 1.5), (0, 1, 0.5), (1, 0, 0.0), (1, 1, 0.0))
    ]
    reply = client.post("/aggregate_metrics", json={"verify_responses": replies}).json
    first, second = reply["group_level_metrics"]
    assert (first["mean/reward"], first["max/reward"], first["min/reward"]) == (1.0, 1.5, 0.5)
    assert [info["_ng_rollout_index"] for info in first["rollout_infos"]] == [0, 1]
    assert second["std/reward"] == 0.0
    assert reply["key_metrics"] == {"mean/reward": 0.5}
    assert not any("mask_sample" in name or "coverage" in name for name in reply["agent_metrics"])


def test_a_masked_sample_of_nemo_gym_counts_in_no_mean_and_is_counted(client):
    row = {"responses_create_params": {"input": "2+2?"}, "response": {"output": [said(RIGHT)]}}
    masked = client.post("/verify", json={**row, "_ng_task_index": 1}).json
    scored = client.post("/verify", json={**row, "expected_answer": "4", "_ng_task_index": 0}).json
    assert masked["mask_sample"]
    reply = client.post("/aggregate_metrics", json={"verify_responses": [masked, scored]}).json
    assert reply["key_metrics"] == {"mean/reward": scored["reward"]}
    assert [task["_ng_task_index"] for task in reply["group_level_metrics"]] == [0]
    coverage = {name: value for name, value in reply["agent_metrics"].items() if name.startswith("coverage/")}
    assert coverage == {
        "coverage/measured_rollouts": 1,
        "coverage/masked_rollouts": 1,
        "coverage/measured_tasks": 1,
        "coverage/fully_masked_tasks": 1,
    }
