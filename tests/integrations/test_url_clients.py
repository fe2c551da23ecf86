"""Clients that know only a URL, as the trainers write them: what they send, how, and what they make of it."""

from __future__ import annotations

import asyncio
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

from ..fakes.breaking_line import BreakingLine

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


def openrlhf_sample(number):
    """Return a request with one sample, right for an even number, and the rewards that it must get."""
    prompt = f"What is {number} + {number}?\n"
    answer = RIGHT.replace("4", str(2 * number)) if number % 2 == 0 else "no"
    payload = {"query": [prompt + answer], "prompts": [prompt], "labels": [str(2 * number)]}
    return payload, [1.5] if number % 2 == 0 else [0.0]


SAMPLES = [openrlhf_sample(number) for number in range(300)]


def check_what_the_driver_needs(replies):
    assert [reply["rewards"] for reply in replies] == [rewards for _, rewards in SAMPLES]
    # The driver takes the keys of the first and makes a tensor of each value.
    keys = set(replies[0]["extra_logs"])
    for reply in replies:
        assert set(reply["extra_logs"]) == keys
        assert all(type(value) is float for column in reply["extra_logs"].values() for value in column)


def test_openrlhf_sends_hundreds_of_samples_at_once_each_on_a_connection_of_its_own(server):
    with ThreadPoolExecutor(len(SAMPLES)) as threads:
        url = f"{server.url}/get_reward"
        replies = list(threads.map(lambda sample: post_on_a_new_connection(url, sample[0]), SAMPLES))
    check_what_the_driver_needs(replies)


async def openrlhf_s_post(aiohttp, url, payload):
    """Return a session for each request, and five tries a second apart."""
    for _ in range(5):
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=180)) as session,
                session.post(url, json=payload) as response,
            ):
                response.raise_for_status()
                return await response.json()
        except aiohttp.ClientError:
            await asyncio.sleep(1)
    raise RuntimeError("five tries have failed")


def test_openrlhf_s_aiohttp_gets_them_too_and_a_broken_line_is_tried_again(server):
    aiohttp = pytest.importorskip("aiohttp", reason="aiohttp is not installed")

    async def ask_for_all():
        with BreakingLine(server.url, broken=1) as line:
            urls = [f"{line.url}/get_reward"] + [f"{server.url}/get_reward"] * (len(SAMPLES) - 1)
            asked = zip(urls, SAMPLES, strict=True)
            return await asyncio.gather(
                *(openrlhf_s_post(aiohttp, url, sample) for url, (sample, _) in asked)
            )

    check_what_the_driver_needs(asyncio.run(ask_for_all()))


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


def align_anything_s_score(url, prompts, responses):
    """Return the rewards, after three tries for any failure, as its trainer takes them for its tensor."""
    for _ in range(3):
        try:
            payload = {"prompts": prompts, "responses": responses}
            headers = {"Content-Type": "application/json"}
            response = requests.post(url, json=payload, headers=headers, verify=False, timeout=100)
            if response.status_code == 200:
                return response.json()["rewards"]
        except requests.RequestException:
            continue
    raise RuntimeError("three tries have failed")


def test_align_anything_tries_three_times_and_then_ends_the_run(server):
    batch = [QUESTION] * 2, [RIGHT.replace("4", "183"), WRONG]
    with BreakingLine(server.url, broken=2) as line:
        assert align_anything_s_score(f"{line.url}/get_reward", *batch) == [1.5, 0.5]
    with BreakingLine(server.url, broken=3) as line, pytest.raises(RuntimeError):
        align_anything_s_score(f"{line.url}/get_reward", *batch)


def test_align_anything_s_empty_micro_batch_has_no_rewards(server):
    assert align_anything_s_score(f"{server.url}/get_reward", [], []) == []


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
