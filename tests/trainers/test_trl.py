"""TRL's GRPOTrainer on a tiny random model: its rewards come from the server, and they rise."""

from __future__ import annotations

import statistics

import pytest

pytest.importorskip("trl", reason="trl is not installed; make test-trainers")

from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import GRPOConfig, GRPOTrainer

from datasets import Dataset
from rule_rm.integrations.trl import async_reward, reward


def train(model, directory, function, steps):
    """Return the mean reward of each step."""
    configuration = GRPOConfig(
        output_dir=str(directory),
        per_device_train_batch_size=16,
        num_generations=8,
        max_completion_length=8,
        max_steps=steps,
        learning_rate=1e-2,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        bf16=False,
        beta=0.0,
        seed=0,
        disable_tqdm=True,
    )
    rows = [{"prompt": f"{number}+1?", "answer": str(number + 1)} for number in range(16)]
    trainer = GRPOTrainer(
        model=AutoModelForCausalLM.from_pretrained(model),
        processing_class=AutoTokenizer.from_pretrained(model),
        reward_funcs=function,
        args=configuration,
        train_dataset=Dataset.from_list(rows),
    )
    trainer.train()
    return [entry["reward"] for entry in trainer.state.log_history if "reward" in entry]


def test_the_reward_of_the_server_rises(tiny_model, toy_server, tmp_path, monkeypatch):
    monkeypatch.setenv("RULE_RM_URL", toy_server.url)
    rewards = train(tiny_model, tmp_path, reward, steps=30)
    assert len(rewards) == 30
    assert statistics.mean(rewards[-5:]) > statistics.mean(rewards[:5]) + 0.2


def test_the_asynchronous_reward_and_the_unscored_are_taken(tiny_model, math_server, tmp_path, monkeypatch):
    monkeypatch.setenv("RULE_RM_URL", math_server.url)
    assert train(tiny_model, tmp_path, async_reward, steps=2) == [0.0, 0.0]
