"""The pages' words on an unscored rollout hold in the code that makes the trainers' advantages."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed; make test-trainers")

REWARDS = [1.5, 0.0, None, 1.5]
"""A group of four, of which one is unscored."""


def swift_advantages(rewards):
    advantage = pytest.importorskip("swift.rl_core.advantage", reason="ms-swift is not installed")
    column = torch.tensor([[math.nan if one is None else one] for one in rewards])
    found, _ = advantage.compute_advantages(column, torch.ones(1), len(rewards))
    return found.tolist()


def verl_advantages(rewards):
    algorithms = pytest.importorskip("verl.trainer.ppo.core_algos", reason="verl is not installed")
    mask = torch.ones(len(rewards), 1)
    column = torch.tensor([[one] for one in rewards])
    found, _ = algorithms.compute_grpo_outcome_advantage(column, mask, ["one prompt"] * len(rewards))
    return found[:, 0].tolist()


def test_ms_swift_takes_none_for_zero_and_the_mean_of_the_group_is_worth_nothing():
    from rule_rm.integrations.unscored import with_group_means

    raw = swift_advantages(REWARDS)
    assert raw[2] == raw[1] == min(raw), "ms-swift leaves None out now: the page and the plugin can too"
    filled = swift_advantages(with_group_means(REWARDS, ["one prompt"] * 4))
    assert filled[2] == pytest.approx(0.0, abs=1e-6)
    assert filled[0] > 0 > filled[1]


def test_verl_takes_the_number_for_an_unscored_sample_as_any_other():
    found = verl_advantages([0.0 if one is None else one for one in REWARDS])
    assert found[2] == found[1] == min(found)
    assert verl_advantages([1.5, 0.0, 1.0, 1.5])[2] == pytest.approx(0.0, abs=1e-6)


def test_trl_leaves_out_what_every_function_calls_unscored(tiny_model, tmp_path):
    trl = pytest.importorskip("trl", reason="trl is not installed")
    from rule_rm.integrations.trl import MASKS_NONE

    version = tuple(int(part) for part in trl.__version__.split(".")[:2])
    advantages, rewards = trl_advantages(tiny_model, tmp_path)
    at_unscored = [one for one, reward in zip(advantages, rewards, strict=True) if math.isnan(reward)]
    assert at_unscored
    if version >= MASKS_NONE:
        assert at_unscored == [0.0] * len(at_unscored)
    else:
        assert min(at_unscored) == min(advantages)


def trl_advantages(model, directory):
    """Return the advantages and rewards of one step in which every fourth completion is unscored."""
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import GRPOConfig, GRPOTrainer

    from datasets import Dataset

    seen = []

    def some(completions, **columns):
        return [None if place % 4 == 3 else float(place % 4) for place in range(len(completions))]

    configuration = GRPOConfig(
        output_dir=str(directory),
        per_device_train_batch_size=8,
        num_generations=4,
        max_completion_length=4,
        max_steps=1,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        bf16=False,
        seed=0,
        disable_tqdm=True,
    )
    rows = [{"prompt": f"{number}+1?"} for number in range(8)]
    trainer = GRPOTrainer(
        model=AutoModelForCausalLM.from_pretrained(model),
        processing_class=AutoTokenizer.from_pretrained(model),
        reward_funcs=some,
        args=configuration,
        train_dataset=Dataset.from_list(rows),
    )
    score = trainer._generate_and_score_completions

    def watched(inputs):
        output = score(inputs)
        seen.append(output["advantages"].tolist())
        return output

    trainer._generate_and_score_completions = watched
    trainer.train()
    return seen[0], [math.nan if one is None else one for one in some([None] * len(seen[0]))]
