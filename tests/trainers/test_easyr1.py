"""EasyR1's own reward manager calls the page's function, in another process: its package is `verl`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path(sys.prefix, "src", "EasyR1")
if not SOURCE.is_dir():
    pytest.skip("EasyR1's source is not there; make test-trainers fetches it", allow_module_level=True)

RIGHT = "<think>2 and 2</think><answer>4</answer>"
SCRIPT = """
import json, sys
import numpy, torch
from verl.protocol import DataProto
from verl.workers.reward.config import RewardConfig
from verl.workers.reward.function import AutoRewardManager

class Characters:
    def decode(self, ids, skip_special_tokens):
        return "".join(map(chr, ids.tolist()))

texts = json.loads(sys.argv[2])
width = max(map(len, texts))
ids = torch.tensor([[ord(one) for one in text.ljust(width)] for text in texts])
mask = torch.tensor([[int(place < len(text)) for place in range(width)] for text in texts])
config = RewardConfig(reward_function=sys.argv[1])
config.post_init()
golden = numpy.array(["4"] * len(texts), dtype=object)
batch = DataProto.from_dict({"responses": ids, "response_mask": mask}, {"ground_truth": golden})
rewards, metrics = AutoRewardManager(config, Characters()).compute_reward(batch)
print(json.dumps([rewards.sum(-1).tolist(), metrics]))
"""
OPTIONS = """
import json, sys
from dataclasses import field, make_dataclass
from omegaconf import OmegaConf
from verl.workers.reward.config import RewardConfig

# EasyR1's whole configuration imports vLLM; this is its part with the reward, under the same names.
Worker = make_dataclass("Worker", [("reward", RewardConfig, field(default_factory=RewardConfig))])
Whole = make_dataclass("Whole", [("worker", Worker, field(default_factory=Worker))])
read = OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(Whole()), OmegaConf.from_cli(sys.argv[1:])))
print(json.dumps([read.worker.reward.reward_function, read.worker.reward.reward_function_kwargs]))
"""
PAGE = (ROOT / "docs" / "trainers" / "easyr1.md").read_text(encoding="utf-8")


def own_code(script, *arguments, **variables):
    """Return what a script prints last, as JSON, run with EasyR1's own package `verl`."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(SOURCE), str(ROOT)]), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    missing = re.findall(r"ModuleNotFoundError: No module named '(\w+)", done.stderr)
    if set(missing) - {"verl", "rule_rm"}:
        pytest.skip(f"a package that EasyR1 requires is not installed: {missing[-1]}")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_function_of_the_page_serves_easyr1_s_manager(math_server):
    from rule_rm.cli.path import trainer_path

    function = f"{trainer_path('easyr1')}:compute_score"
    texts = json.dumps([RIGHT, RIGHT.replace("4", "5")])
    rewards, metrics = own_code(SCRIPT, function, texts, RULE_RM_URL=math_server.url)
    assert rewards == [1.5, 0.5]
    assert metrics["overall"] == [1.5, 0.5]
    assert metrics["accuracy"] == [1.0, 0.0]


def test_easyr1_reads_the_options_as_the_page_writes_them():
    # Options with a value: `worker.reward.…=math_equal`.
    given = re.findall(r"[+\w.]*worker\.reward\.[\w.]+=[^`\n]+", PAGE)
    assert len(given) == 2
    function, keywords = own_code(OPTIONS, *given)
    assert function.endswith(":compute_score")
    assert keywords == {"reward_type": "math_equal"}
