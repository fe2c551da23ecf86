"""A crowd of clients that stall, idle or wait for a dead judge holds up nobody else."""

from __future__ import annotations

import json
import socket
import statistics
import time
from contextlib import ExitStack

import pytest

from benchmarks.chaos.asked import Judge
from rule_rm.web import start_server

from .http_client import get, post

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
RIGHT = {"query": [r"37+48= \boxed{85}"], "prompts": ["37+48= "], "labels": ["85"]}
JUDGED = json.dumps({"query": ["what?4"], "prompts": ["what?"], "labels": ["4"]}).encode()
TIMES = 200


@pytest.fixture
def judged(tmp_path):
    judge = Judge()
    with start_server(
        port=0,
        workers=2,
        reward_type="math_equal",
        judge_url=judge.url,
        judge_model="judge",
        request_timeout=30.0,
        output_dir=tmp_path,
    ) as server:
        judge.feel("hang")
        yield server
    judge.close()


def seconds(action) -> float:
    begun = time.monotonic()
    action()
    return time.monotonic() - begun


def test_mathematics_and_readiness_are_answered_at_once_amid_2500_clients_that_are_not(judged):
    address = ("127.0.0.1", int(judged.url.rpartition(":")[2]))
    head = b"POST /get_reward/%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
    said = {
        1000: head % (b"math_equal", 1000) + b"{",
        999: b"",
        500: head % (b"llm_judge", len(JUDGED)) + JUDGED,
    }
    with ExitStack() as crowd:
        for number, data in said.items():
            for _ in range(number):
                connection = crowd.enter_context(socket.create_connection(address, timeout=30))
                connection.sendall(data)
        end = time.monotonic() + 30
        while get(judged.url, "/health")[1]["http"]["busy"] < 500:
            assert time.monotonic() < end
        alone = [seconds(lambda: post(judged.url, "/get_reward", RIGHT)) for _ in range(TIMES)]
        ready = [seconds(lambda: get(judged.url, "/ready")) for _ in range(TIMES)]
        http = get(judged.url, "/health")[1]["http"]
        assert http["reading"] + http["idle"] >= 1_900, http
    # Measured on two busy cores: a median of 2 ms, a p99 of 20 ms. Were threads taken, it would be 20 s.
    assert statistics.median(alone) < 1.0
    assert statistics.median(ready) < 1.0
