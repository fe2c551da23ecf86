"""A trainer whose rewards come from two real servers, one of which is killed while it works."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from rule_rm.client import RemoteRewardModel
from rule_rm.web import RunningServer, start_server

from ..waiting import PATIENCE, until

SIZE, BATCHES, TRAINERS = 32, 20, 3


def batch(number: int) -> tuple[list[str], list[str], list[str]]:
    """Return prompts, responses and golden answers; of the rollouts in a row every third is right."""
    first = number * SIZE
    sums = [(one, one + 1) for one in range(first, first + SIZE)]
    prompts = [f"What is {left} + {right}?" for left, right in sums]
    responses = [f"\\boxed{{{left + right + (left % 3 > 0)}}}" for left, right in sums]
    return prompts, responses, [str(left + right) for left, right in sums]


def requests_to(server: RunningServer) -> int:
    with RemoteRewardModel(server.url + "/health", timeout=PATIENCE) as client:
        state: dict[str, Any] = client.ask({})
    return int(state["requests"])


@pytest.mark.slow
def test_a_server_that_is_killed_under_load_costs_no_reward(tmp_path: Path) -> None:
    options = {"reward_type": "math_equal", "workers": 1, "port": 0}
    rewards: dict[int, list[float]] = {}
    errors: list[BaseException] = []
    with (
        start_server(output_dir=tmp_path / "lost", **options) as lost,
        start_server(output_dir=tmp_path / "kept", **options) as kept,
        RemoteRewardModel([lost.url, kept.url], batch_size=4, backoff=0.05, timeout=PATIENCE) as client,
    ):

        def train(trainer: int) -> None:
            try:
                for number in range(trainer, TRAINERS * BATCHES, TRAINERS):
                    rewards[number] = [float(reward) for reward in client.score(*batch(number))]
            except BaseException as error:  # noqa: BLE001 - the test shows it
                errors.append(error)

        trainers = [threading.Thread(target=train, args=[number]) for number in range(TRAINERS)]
        for one in trainers:
            one.start()
        until(lambda: len(rewards) >= TRAINERS * BATCHES // 3 or errors)
        os.kill(lost.pid, signal.SIGKILL)
        for one in trainers:
            one.join(PATIENCE)
        assert not errors
    expected = {
        number: [0.0 if left % 3 else 1.0 for left in range(number * SIZE, (number + 1) * SIZE)]
        for number in range(TRAINERS * BATCHES)
    }
    assert rewards == expected
