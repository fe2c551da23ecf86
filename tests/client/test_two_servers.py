"""A trainer whose rewards come from two real servers, one of which is killed while it works."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rule_rm.client import RemoteRewardModel
from rule_rm.web import start_server

from ..waiting import PATIENCE, until

SIZE, BATCHES, TRAINERS = 32, 60, 3


def batch(number: int) -> tuple[list[str], list[str], list[str]]:
    """Return prompts, responses and golden answers; of the rollouts in a row every third is right."""
    lefts = range(number * SIZE, (number + 1) * SIZE)
    prompts = [f"What is {left} + 1?" for left in lefts]
    responses = [f"\\boxed{{{left + 1 + (left % 3 > 0)}}}" for left in lefts]
    return prompts, responses, [str(left + 1) for left in lefts]


def answered(url: str) -> int:
    """Return the number of requests that a server has scored."""
    with urllib.request.urlopen(f"{url}/health", timeout=PATIENCE) as reply:
        return int(json.load(reply)["requests"])


@pytest.mark.slow
def test_a_server_that_is_killed_under_load_costs_no_reward(tmp_path: Path) -> None:
    options = {"reward_type": "math_equal", "workers": 1, "port": 0}
    with (
        start_server(output_dir=tmp_path / "lost", **options) as lost,
        start_server(output_dir=tmp_path / "kept", **options) as kept,
        RemoteRewardModel([lost.url, kept.url], batch_size=4, backoff=0.05, timeout=PATIENCE) as client,
        ThreadPoolExecutor(TRAINERS) as trainers,
    ):
        scored = [trainers.submit(client.score, *batch(number)) for number in range(BATCHES)]
        until(lambda: answered(lost.url) >= 5 and answered(kept.url) >= 5)
        os.kill(lost.pid, signal.SIGKILL)
        assert not scored[-1].done()
        rewards = [[float(reward) for reward in one.result(PATIENCE)] for one in scored]
    assert rewards == [
        [0.0 if left % 3 else 1.0 for left in range(number * SIZE, (number + 1) * SIZE)]
        for number in range(BATCHES)
    ]
