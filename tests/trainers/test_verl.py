"""verl loads the function by its path, with its options, and its own reward managers call it."""

from __future__ import annotations

import asyncio
import functools
import re
import shlex
from pathlib import Path

import pytest

pytest.importorskip("verl", reason="verl is not installed; make test-trainers")

import numpy
import torch
import verl
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf
from verl import DataProto
from verl.experimental.reward_loop import migrate_legacy_reward_impl
from verl.experimental.reward_loop.reward_manager.naive import NaiveRewardManager
from verl.trainer.ppo.reward import get_custom_reward_fn
from verl.workers.reward_manager import BatchRewardManager, prime

RIGHT = "<think>2 and 2</think><answer>4</answer>"
KEYS = {"score", "acc", "accuracy", "format", "unscored", "timeout"}


class Characters:
    """A tokenizer whose tokens are characters."""

    def decode(self, ids, skip_special_tokens):
        return "".join(chr(number) for number in ids.tolist())

    def batch_decode(self, rows, skip_special_tokens):
        return [self.decode(row, skip_special_tokens) for row in rows]


def batch(*ground_truths):
    """As many right responses as ground truths, with the values as numpy and Parquet make them."""
    count = len(ground_truths)
    responses = torch.tensor([[ord(character) for character in RIGHT]] * count)
    return DataProto.from_dict(
        tensors={
            "prompts": torch.tensor([[ord("?")]] * count),
            "responses": responses,
            "attention_mask": torch.ones(count, 1 + responses.shape[1], dtype=torch.long),
        },
        non_tensors={
            "data_source": numpy.array(["sums"] * count, dtype=object),
            "reward_model": numpy.array([{"ground_truth": given} for given in ground_truths], dtype=object),
            "extra_info": numpy.array([{"index": numpy.int64(n)} for n in range(count)], dtype=object),
        },
    )


def function(name, url):
    """Return the reward function that verl makes of the examples' options."""
    options = {"path": "pkg://rule_rm.integrations.verl", "name": name, "reward_kwargs": {"url": url}}
    return get_custom_reward_fn(
        OmegaConf.create({"reward": {"custom_reward_function": options}, "custom_reward_function": options})
    )


@pytest.mark.parametrize("name", ["compute_score", "compute_score_async"])
def test_the_naive_manager_gets_a_score_and_the_same_keys_for_every_sample(math_server, name):
    async def score(data):
        manager = NaiveRewardManager(
            OmegaConf.create({}), Characters(), compute_score=function(name, math_server.url)
        )
        return [await manager.run_single(data[n : n + 1]) for n in range(len(data))]

    right, wrong, unscored = asyncio.run(score(batch("4", "5", None)))
    assert [result["reward_score"] for result in (right, wrong, unscored)] == [1.5, 0.5, 0.0]
    assert {frozenset(result["reward_extra_info"]) for result in (right, wrong, unscored)} == {
        frozenset(KEYS)
    }


def test_the_batch_manager_gets_a_tensor_and_a_list_for_every_key(math_server):
    manager = BatchRewardManager(
        Characters(), num_examine=0, compute_score=function("compute_score_batch", math_server.url)
    )
    result = manager(batch("4", numpy.array(["5"], dtype=object), None), return_dict=True)
    assert result["reward_tensor"].sum(dim=-1).tolist() == [1.5, 0.5, 0.0]
    assert {name: len(column) for name, column in result["reward_extra_info"].items()} == dict.fromkeys(
        KEYS, 3
    )


@pytest.mark.parametrize(("path", "rewards"), [("", [1.5, 0.5, 0.0]), ("/wrong", [0.0, 0.0, 0.0])])
def test_the_prime_manager_takes_a_number_and_makes_every_failure_a_zero(
    math_server, monkeypatch, capfd, path, rewards
):
    # It forks 64 processes for a batch of any size.
    few = functools.partial(prime.run_reward_scoring, num_processes=2)
    monkeypatch.setattr(
        prime, "run_reward_scoring", lambda *them, num_processes, **named: few(*them, **named)
    )
    manager = prime.PrimeRewardManager(
        Characters(), num_examine=0, compute_score=function("compute_float", math_server.url + path)
    )
    result = manager(batch("4", "5", None), return_dict=True)
    assert result["reward_tensor"].sum(dim=-1).tolist() == rewards
    assert capfd.readouterr().out.count("there is nothing at '/wrong'") == (3 if path else 0)


EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "verl.sh"
OLDER = [
    "custom_reward_function.path=pkg://rule_rm.integrations.verl",
    "custom_reward_function.name=compute_score",
    "+custom_reward_function.reward_kwargs.url=$REWARD_URL",
]


def options_of_the_example():
    """Return the options of the example's command, with the defaults of its shell variables."""
    options = EXAMPLE.read_text().partition("main_ppo")[2].replace("\\\n", " ").replace('"$@"', "")
    options = options.replace("$(rule-rm path verl)", "pkg://rule_rm.integrations.verl")
    return shlex.split(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", options))


@pytest.mark.parametrize("options", [options_of_the_example(), OLDER], ids=["the example", "older"])
def test_verl_reads_the_options_and_finds_the_function(math_server, options):
    options = [option.replace("$REWARD_URL", math_server.url) for option in options]
    with initialize_config_dir(str(Path(verl.__file__).parent / "trainer" / "config"), version_base=None):
        config = migrate_legacy_reward_impl(compose("ppo_trainer", overrides=options))
    score = get_custom_reward_fn(config)(
        data_source="sums", solution_str=RIGHT, ground_truth="4", extra_info={}
    )
    assert score["score"] == 1.5
