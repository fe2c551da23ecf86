"""ms-swift's own machinery finds the plugin's rewards and calls them."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys

import pytest

pytest.importorskip("swift.rewards", reason="ms-swift is not installed; make test-trainers")

from swift.rewards import ORM, AsyncORM, orms, rm_plugins
from swift.utils import import_external_file

RIGHT = "<think>2 and 2</think><answer>4</answer>"


@pytest.fixture(scope="module", autouse=True)
def _plugin():
    command = [sys.executable, "-m", "rule_rm.cli", "path", "swift"]
    path = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    import_external_file(path)


def test_the_plugin_registers_its_rewards_and_shadows_no_package(math_server, monkeypatch):
    monkeypatch.setenv("RULE_RM_URL", math_server.url)
    import trl

    assert "rule_rm" not in trl.__file__
    columns = {"completions": [RIGHT, "4"], "solution": ["4", "4"], "trainer_state": None}
    columns["messages"] = [[{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": RIGHT}]] * 2
    assert issubclass(orms["rule_rm"], ORM)
    assert issubclass(orms["rule_rm_async"], AsyncORM)
    assert orms["rule_rm"](args=None)(**columns) == [1.5, 0.0]
    assert orms["rule_rm_math_equal"](args=None)(**columns) == [1.0, 1.0]
    asynchronous = orms["rule_rm_async"](args=None)
    assert inspect.iscoroutinefunction(asynchronous.__call__)
    assert asyncio.run(asynchronous(**columns)) == [1.5, 0.0]


def test_ms_swift_resolves_and_scores_several_rewards_itself(math_server, monkeypatch):
    monkeypatch.setenv("RULE_RM_URL", math_server.url)
    from swift.rlhf_trainers.utils import make_reward_weights, resolve_reward_funcs

    functions, names = resolve_reward_funcs(["rule_rm_math_equal", "rule_rm_repetition_penalty"])
    assert names == ["math_equal", "repetition_penalty"]
    weights = make_reward_weights([1.0, 0.1], len(functions), "cpu")
    rewards = [function(completions=[RIGHT], solution=["4"])[0] for function in functions]
    assert sum(weight * reward for weight, reward in zip(weights.tolist(), rewards, strict=True)) == 1.0


def test_the_reward_model_plugin_gives_a_tensor(math_server, monkeypatch):
    monkeypatch.setenv("RULE_RM_URL", math_server.url)
    messages = [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": RIGHT}]
    plugin = rm_plugins["rule_rm"](model=None, template=None)
    other = [{"role": "user", "content": "3+3?"}, messages[1]]
    rewards = plugin([{"messages": messages, "solution": "4"}, {"messages": messages}, {"messages": other}])
    assert rewards.dtype.is_floating_point
    # The mean of the prompt's scored ones, and NaN where there is none.
    assert rewards[:2].tolist() == [1.5, 1.5]
    assert rewards[2].isnan()


def test_ms_swift_puts_the_plugin_in_the_place_of_a_reward_model(math_server, monkeypatch):
    monkeypatch.setenv("RULE_RM_URL", math_server.url)
    import torch

    algorithm = pytest.importorskip("swift.rl_core.grpo_algorithm", reason="ms-swift before 4.4")
    from swift.rl_core.data import GRPOSample

    samples = [
        GRPOSample(
            messages=[{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": response}],
            extra=golden,
        )
        for response, golden in (
            (RIGHT, {"solution": "4"}),
            ("5", {"solution": "4"}),
            (RIGHT, {"solution": None}),
        )
    ]
    model = torch.nn.Linear(1, 1)
    plugin = rm_plugins["rule_rm_math_equal"](model=model, template=None)
    rewards = algorithm.compute_rewards_per_func(samples, [model], [plugin], torch.device("cpu"))
    # An unscored rollout gets the mean of its prompt's scored ones, since ms-swift would take NaN for 0.
    assert rewards.tolist() == [[1.0], [0.0], [0.5]]
