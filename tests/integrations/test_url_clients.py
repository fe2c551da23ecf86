"""Clients that know only a URL, as the trainers write them: what they send, how, and what they make of it."""

from __future__ import annotations

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

RIGHT = "<think>2 and 2</think><answer>4</answer>"
QUESTION = "A baker fills 7 trays with 24 rolls each and has 15 rolls left over. How many rolls did he bake?"
"""The first of the example dataset: align-anything sends no golden answers."""
WRONG = "<think>2 and 2</think><answer>5</answer>"


def post_on_a_new_connection(url, payload):
    """One request and its decoded reply, or an error, on a connection that is closed after it."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=180)
    try:
        connection.request("POST", parts.path, json.dumps(payload), {"Content-Type": "application/json"})
        response = connection.getresponse()
        assert response.status == 200
        return json.loads(response.read())
    finally:
        connection.close()


def test_openrlhf_sends_a_hundred_samples_at_once_each_on_a_connection_of_its_own(server):
    def one(number):
        right = number % 2 == 0
        prompt = f"What is {number} + {number}?\n"
        answer = RIGHT.replace("4", str(2 * number)) if right else "no"
        payload = {"query": [prompt + answer], "prompts": [prompt], "labels": [str(2 * number)]}
        return right, post_on_a_new_connection(f"{server.url}/get_reward", payload)

    with ThreadPoolExecutor(32) as threads:
        replies = list(threads.map(one, range(100)))
    assert [reply["rewards"] for _, reply in replies] == [[1.5] if right else [0.0] for right, _ in replies]
    # The driver takes the keys of the first and makes a tensor of each value.
    keys = set(replies[0][1]["extra_logs"])
    for _, reply in replies:
        assert set(reply["extra_logs"]) == keys
        assert all(type(value) is float for column in reply["extra_logs"].values() for value in column)


def test_older_openrlhf_joins_the_replies_of_several_servers(server):
    payloads = [
        {"query": [f"2+2? {RIGHT}", f"2+2? {WRONG}"], "prompts": ["2+2? "] * 2, "labels": ["4"] * 2},
        {"query": [], "prompts": [], "labels": []},
    ]
    url = f"{server.url}/get_reward,{server.url}/get_reward"
    replies = [
        requests.post(one, json=p, timeout=180).json()
        for one, p in zip(url.split(","), payloads, strict=True)
    ]
    assert [reward for reply in replies for reward in reply["rewards"]] == [1.5, 0.5]


def test_align_anything_makes_a_tensor_of_a_micro_batch(server):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    payload = {"prompts": [QUESTION] * 2, "responses": [RIGHT.replace("4", "183"), WRONG]}
    response = requests.post(f"{server.url}/get_reward", json=payload, timeout=100)
    response.raise_for_status()
    rewards = torch.tensor(response.json()["rewards"])
    assert rewards.dtype is torch.float32
    assert rewards.tolist() == [1.5, 0.5]


def test_align_anything_gets_floats_for_a_micro_batch(server):
    payload = {"prompts": [QUESTION] * 2, "responses": [RIGHT.replace("4", "183"), WRONG]}
    rewards = requests.post(f"{server.url}/get_reward", json=payload, timeout=100).json()["rewards"]
    assert [(type(reward), reward) for reward in rewards] == [(float, 1.5), (float, 0.5)]


def test_verl_s_extension_asks_thirty_at_a_time(server):
    payload = {
        "data_source": "sums",
        "solution_str": f"2+2? {RIGHT}",
        "ground_truth": "4",
        "extra_info": {"index": 1},
        "prompt_str": "2+2? ",
        "response_str": [RIGHT],
    }
    with ThreadPoolExecutor(30) as threads:
        replies = list(
            threads.map(lambda _: post_on_a_new_connection(f"{server.url}/get_reward2", payload), range(60))
        )
    assert {json.dumps(reply) for reply in replies} == {json.dumps(replies[0])}
    assert replies[0]["score"] == 1.5
