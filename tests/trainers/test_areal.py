"""AReaL's own workflow finds the reward by its import path and calls it in processes of its own."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

pytest.importorskip("areal", reason="areal is not installed; make test-trainers")

from areal.api.cli_args import GenerationHyperparameters
from areal.workflow.rlvr import RLVRWorkflow

RIGHT = "<think>2 and 2</think><answer>4</answer>"
PROMPT = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n"
ROW = {"messages": [{"role": "user", "content": "2+2?"}], "answer": "4"}


class Characters:
    """A tokenizer whose tokens are characters, with a chat template."""

    pad_token_id = 0
    eos_token_id = 1

    def apply_chat_template(self, messages, **_):
        return [ord(character) for character in PROMPT]

    def decode(self, ids):
        return "".join(map(chr, ids))


class Policy:
    """A fake of the inference engine with a fixed response."""

    def __init__(self, response):
        self.response = response

    async def agenerate(self, request):
        tokens = [ord(character) for character in f"{self.response}<|im_end|>"]
        return SimpleNamespace(
            input_tokens=request.input_ids,
            output_tokens=tokens,
            input_len=len(request.input_ids),
            output_len=len(tokens),
            output_logprobs=[0.0] * len(tokens),
            output_versions=[0] * len(tokens),
        )


@pytest.mark.parametrize(("response", "reward"), [(RIGHT, 1.5), (RIGHT.replace("4", "5"), 0.5), ("no", 0.0)])
def test_a_workflow_scores_an_episode(math_server, monkeypatch, response, reward):
    monkeypatch.setenv("RULE_RM_URL", math_server.url)
    workflow = RLVRWorkflow(
        reward_fn="rule_rm.integrations.areal.reward",
        gconfig=GenerationHyperparameters(),
        tokenizer=Characters(),
        get_input_ids_fn=lambda data, tokenizer, thinking: tokenizer.apply_chat_template(data),
    )
    episode = asyncio.run(workflow.arun_episode(Policy(response), ROW))
    assert episode["rewards"].tolist() == [reward]
    assert episode["rewards"].dtype.is_floating_point
