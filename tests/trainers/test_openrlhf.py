"""OpenRLHF's own executor asks the server: one sample a request, a connection for each, five tries."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from types import SimpleNamespace

import pytest

pytest.importorskip("openrlhf", reason="openrlhf is not installed; make test-trainers")

import torch
from openrlhf.utils.agent import SingleTurnAgentExecutor

from ..fakes.breaking_line import BreakingLine

RIGHT = "<think>2 and 2</think><answer>4</answer>"
PROMPT = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n"
FIGURES = {"accuracy": 1.0, "format": 1.0, "unscored": 0.0, "timeout": 0.0}


class Characters:
    """A tokenizer whose tokens are characters."""

    def __call__(self, text, add_special_tokens, return_tensors):
        return {"input_ids": torch.tensor([[ord(character) for character in text]])}

    def decode(self, ids, skip_special_tokens):
        return "".join(map(chr, ids))


class Policy:
    """A fake of vLLM's engine with a fixed response."""

    def __init__(self, response):
        self.response = response

    async def generate(self, prompt_ids, parameters, multi_modal_data=None):
        said = SimpleNamespace(
            token_ids=[ord(character) for character in self.response], finish_reason="stop", logprobs=None
        )
        return SimpleNamespace(outputs=[said])


def samples(endpoints, responses, label="4"):
    """Return the executor's sample for each response; all run at once."""
    parameters = SimpleNamespace(max_tokens=1000, logprobs=None)

    async def run():
        executor = SingleTurnAgentExecutor(endpoints)
        return await asyncio.gather(
            *(
                executor.execute(PROMPT, label, parameters, 4000, Characters(), Policy(f"{said}<|im_end|>"))
                for said in responses
            )
        )

    return asyncio.run(run())


def driver_s_tensors(samples):
    """Return the tensors of a batch of samples, made as in SamplesGenerator of OpenRLHF's driver."""
    for sample in samples:
        assert sample["reward"] is not None, "a failed call ends the run"
    columns = {name: [sample[name] for sample in samples] for name in ("reward", "scores")}
    for name in samples[0]["extra_logs"]:
        columns[name] = [sample["extra_logs"][name] for sample in samples]
    return {name: torch.cat([torch.tensor([value]) for value in column]) for name, column in columns.items()}


@pytest.mark.parametrize("servers", [1, 2])
def test_hundreds_of_samples_at_once_become_tensors_with_a_spread(math_server, servers):
    responses = [RIGHT if n % 2 else "no" for n in range(300)]
    urls = ",".join([f"{math_server.url}/get_reward"] * servers).split(",")
    tensors = driver_s_tensors(samples(urls, responses))
    expected = [1.5 if n % 2 else 0.0 for n in range(300)]
    assert tensors["reward"].flatten().tolist() == expected
    # The dynamic filter takes scores from 0 to 1.
    assert tensors["scores"].flatten().tolist() == [min(reward, 1.0) for reward in expected]
    groups = tensors["reward"].reshape(-1, 4)
    assert groups.dtype is torch.float32
    assert groups.std(-1).min() > 0
    assert set(tensors) == {"reward", "scores", *FIGURES}
    assert {len(column) for column in tensors.values()} == {300}


def test_another_reward_is_in_the_path_and_so_is_a_token(math_server):
    (sample,) = samples([f"{math_server.url}/t/any/get_reward/math_equal"], [RIGHT])
    assert sample["reward"] == [1.0]


def test_a_line_that_breaks_is_tried_again(math_server):
    with BreakingLine(math_server.url, broken=2) as line:
        (sample,) = samples([f"{line.url}/get_reward"], [RIGHT])
        assert sample["reward"] == [1.5]
        assert line.connections == 3


def test_the_file_for_its_own_process_is_loaded_and_called_in_threads(math_server, monkeypatch):
    monkeypatch.setenv("RULE_RM_URL", math_server.url)
    command = [sys.executable, "-m", "rule_rm.cli", "path", "openrlhf"]
    path = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    for sample, reward in zip(samples([path], [RIGHT, "no"]), (1.5, 0.0), strict=True):
        assert sample["reward"].tolist() == [reward]
        assert sample["scores"].tolist() == [min(reward, 1.0)]
        assert set(sample["extra_logs"]) == set(FIGURES)
