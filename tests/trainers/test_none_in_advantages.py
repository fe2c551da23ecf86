"""The pages' words on an unscored rollout hold in the code that makes the trainers' advantages."""

from __future__ import annotations

import ast
import importlib.util
import itertools
import math
import random
import sys
from pathlib import Path
from types import SimpleNamespace

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


def own_code(module, *names, of_class=""):
    """Return functions of a trainer's source, or methods of a class of it.

    Its modules can't be imported without its own packages.
    """
    # A repository has the name of its package, with hyphens: align-anything/align_anything.
    package = module.partition(".")[0]
    repository = {"nemo_rl": "RL"}.get(package, package.replace("_", "-"))
    path = Path(sys.prefix, "src", repository, *module.split(".")).with_suffix(".py")
    if not path.is_file():
        # Without importing the packages that it is in.
        found = importlib.util.find_spec(module.partition(".")[0])
        places = found.submodule_search_locations if found else None
        path = Path(*(places or ["nowhere"])[:1], *module.split(".")[1:]).with_suffix(".py")
    if not path.is_file():
        pytest.skip(f"{module} is not installed")
    tree = ast.parse(path.read_text())
    classes = [one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == of_class]
    place = classes[0] if of_class else tree
    kept = [node for node in ast.walk(place) if isinstance(node, ast.FunctionDef) and node.name in names]
    for node in kept:
        node.decorator_list = []
        node.returns = None
        for argument in node.args.args:
            argument.annotation = None
    space = {
        "torch": torch,
        "itertools": itertools,
        "random": random,
        "apply_length_penalties": lambda *_: None,
    }
    exec(compile(ast.Module(kept, []), str(path), "exec"), space)
    return [space[name] for name in names]


def slime_rewards(numbers):
    (process,) = own_code("slime.ray.rollout", "_post_process_rewards")
    samples = [SimpleNamespace(get_reward_value=lambda _, number=number: number) for number in numbers]
    args = SimpleNamespace(
        advantage_estimator="grpo",
        rewards_normalization=True,
        grpo_std_normalization=True,
        n_samples_per_prompt=len(numbers),
        rollout_batch_size=1,
    )
    return process(SimpleNamespace(custom_reward_post_process_func=None, args=args), samples)[1]


def test_slime_counts_the_number_of_a_removed_sample_in_its_group_so_it_is_the_mean():
    from rule_rm.integrations.unscored import with_group_means

    as_zero = slime_rewards([0.0 if one is None else one for one in REWARDS])
    assert as_zero[2] == as_zero[1] == min(as_zero)
    filled = slime_rewards(with_group_means(REWARDS, ["group"] * 4))
    assert filled[2] == pytest.approx(0.0, abs=1e-6)


def openrlhf_advantages(numbers):
    """Return OpenRLHF's advantages of a group, by its own code; a KL of nothing is taken off."""
    (compute,) = own_code("openrlhf.trainer.ppo_utils.experience_maker", "compute_advantages_and_returns")
    compute.__globals__["compute_reward"] = lambda reward, *_, **__: reward.unsqueeze(-1)
    experience = SimpleNamespace(
        rewards=torch.tensor(numbers),
        index=list(range(len(numbers))),
        info={},
        kl=torch.zeros(len(numbers), 1),
        action_mask=torch.ones(len(numbers), 1),
        values=None,
    )
    advantage = SimpleNamespace(estimator="group_norm", gamma=1.0, lambd=1.0, no_std_norm=False)
    args = SimpleNamespace(
        rollout=SimpleNamespace(n_samples_per_prompt=len(numbers)),
        algo=SimpleNamespace(advantage=advantage),
        reward=SimpleNamespace(clip_range=None),
    )
    maker = SimpleNamespace(
        strategy=SimpleNamespace(args=args),
        advantage_estimator="group_norm",
        kl_ctl=SimpleNamespace(value=0.0),
        get_cumulative_returns=lambda reward, mask, gamma: reward,
    )
    return compute(maker, [experience])[0].advantages.flatten().tolist()


def test_openrlhf_counts_the_number_of_an_unscored_sample_as_a_wrong_answer():
    found = openrlhf_advantages([0.0 if one is None else one for one in REWARDS])
    assert found[2] == found[1] == min(found)


def areal_advantages(numbers):
    data = pytest.importorskip("areal.utils.data", reason="AReaL is not installed")
    config = SimpleNamespace(
        mean_level="group",
        mean_leave1out=False,
        std_level="group",
        std_unbiased=True,
        eps=1e-5,
        group_size=len(numbers),
    )
    return data.Normalization(config)(torch.tensor(numbers)).tolist()


def test_areal_trains_on_the_number_so_rejecting_wraps_its_workflow():
    found = areal_advantages([0.0 if one is None else one for one in REWARDS])
    assert found[2] == found[1] == min(found)


def nemo_rl_advantages(numbers, masked):
    """Return NeMo-RL's advantages of a group and the weights of its samples in the loss, by its own code."""
    (calculate,) = own_code("nemo_rl.algorithms.utils", "calculate_baseline_and_std_per_prompt")
    (flags,) = own_code("nemo_rl.experience.rollouts", "_extract_mask_sample_flags")
    (apply,) = own_code("nemo_rl.algorithms.grpo", "_apply_mask_sample_filter")
    (advantages,) = own_code(
        "nemo_rl.algorithms.advantage_estimator", "compute_advantage", of_class="GRPOAdvantageEstimator"
    )
    advantages.__globals__["calculate_baseline_and_std_per_prompt"] = calculate
    batch = {"loss_multiplier": torch.ones(len(numbers)), "mask_sample": flags(masked)}
    apply(batch)
    weights = batch["loss_multiplier"]
    mask = torch.ones(len(numbers), 1) * weights.unsqueeze(-1)
    prompts = torch.zeros(len(numbers), 1)
    estimator = SimpleNamespace(use_leave_one_out_baseline=False, normalize_rewards=False)
    found = advantages(estimator, prompt_ids=prompts, rewards=torch.tensor(numbers), mask=mask)
    return found[:, 0].tolist(), weights.tolist()


def test_nemo_rl_takes_a_masked_sample_out_of_the_loss_but_counts_its_number_in_the_group():
    from rule_rm.protocols import nemo_gym
    from rule_rm.types import Score, Status

    scores = [Score.unscored(Status.ERROR, "no answer") if one is None else Score(one) for one in REWARDS]
    replies = [nemo_gym.build_response({}, [score], metrics=(), unscored_reward=0.0) for score in scores]
    results = [{"full_result": reply} for reply in replies]
    found, weights = nemo_rl_advantages([reply["reward"] for reply in replies], results)
    assert weights == [1.0, 1.0, 0.0, 1.0], "NeMo-RL reads the mask elsewhere now"
    assert found[0] == pytest.approx(1.5 - 3.0 / 4), "NeMo-RL leaves a masked sample out now: see the page"


def test_online_dpo_sums_none_as_zero():
    source = Path(pytest.importorskip("trl", reason="trl is not installed").__file__).parent
    text = (source / "experimental" / "online_dpo" / "online_dpo_trainer.py").read_text()
    assert "rewards_per_func.nansum(dim=1)" in text, "OnlineDPO may leave None out now: see the page of TRL"
    assert torch.tensor([[math.nan]]).nansum(dim=1).item() == 0.0
