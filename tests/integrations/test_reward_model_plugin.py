"""ms-swift's plugin of a reward model, with model-based rewards: dialogues and columns reach the model.

The models are fakes; the service between is real, by URL and in a separate process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from rule_rm import start_server

from ..fakes.fake_engine import FakeEngine, worth_of
from ..fakes.scripted_judge import ScriptedJudge

ROWS = [
    {
        "messages": [
            {"role": "system", "content": "You are a guide."},
            {"role": "user", "content": "Hello there."},
            {"role": "assistant", "content": "What would you like to see?"},
            {"role": "user", "content": "A city on the Rhine."},
            {"role": "assistant", "content": response},
        ],
        "solution": "Basel",
        "prompt_id": "1",
        "images": None,
        "is_truncated": False,
    }
    for response in ("Basel is one of them.", "Madrid lies on the Rhine.")
]
PROGRAM = """
import json, sys, types
torch = types.ModuleType("torch")
torch.float32 = None
torch.tensor = lambda values, dtype: values
sys.modules["torch"] = torch
from rule_rm.integrations.ms_swift import rule_rm_plugin as swift
rows = json.loads(sys.argv[2])
columns = {name: [row[name] for row in rows] for name in rows[0]}
plugin = swift.rm_plugins[sys.argv[1]](model=None, template=None)
by_plugin = plugin(inputs=rows, trainer_state=None, **columns)
completions = [row["messages"][-1]["content"] for row in rows]
by_function = swift.orms[sys.argv[1]](args=None)(completions, trainer_state=None, **columns)
print(json.dumps([by_plugin, by_function]))
"""


def rewards_of(name, environment):
    """Return the rewards of the rows by the plugin and the function `name`, called as ms-swift calls them."""
    command = [sys.executable, "-c", PROGRAM, name, json.dumps(ROWS)]
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def says(verdicts):
    """Return a judge whose verdict depends on a part of the question; other questions get OK."""

    def answer(body):
        question = str(body["messages"])
        return next((verdict for part, verdict in verdicts.items() if part in question), "OK")

    return answer


CASES = [
    (
        "generative_rm",
        {"Basel is one": "Good.\nReward: 0.75", "Madrid lies": "Wrong.\nReward: 0.25"},
        [0.75, 0.25],
    ),
    pytest.param(
        "llm_judge",
        {"Basel is one": "VERDICT: CORRECT", "Madrid lies": "VERDICT: INCORRECT"},
        [1.0, 0.0],
        marks=pytest.mark.slow,
    ),
]


@pytest.fixture(params=["by URL", "in the process"])
def both(request, tmp_path):
    """Return a function for the rewards by plugin and by function, which takes settings by name."""

    def score(reward_type, **settings):
        if request.param == "by URL":
            given = {"reward_type": reward_type, "workers": 1, "output_dir": tmp_path, **settings}
            with start_server(port=0, **given) as server:
                return rewards_of(f"rule_rm_{reward_type}", {"RULE_RM_URL": server.url})
        environment = {f"RULE_RM_{name.upper()}": value for name, value in settings.items()}
        environment |= {"REWARD_TYPE": reward_type, "RULE_RM_WORKERS": "1", "RULE_RM_URL": "in-process"}
        return rewards_of(f"rule_rm_{reward_type}", environment)

    return score


@pytest.mark.parametrize(("reward_type", "verdicts", "rewards"), CASES, ids=["generative_rm", "llm_judge"])
def test_a_plugin_scores_dialogues_with_a_model_that_speaks(both, reward_type, verdicts, rewards):
    with ScriptedJudge(says(verdicts)) as judge:
        assert both(reward_type, judge_url=judge.url, judge_model="judge") == [rewards, rewards]
        asked = [str(body["messages"]) for body in judge.bodies if body["max_tokens"] > 1]
    # Equal questions of the plugin and the function are asked once.
    assert len(asked) == len(ROWS)
    if reward_type == "generative_rm":
        for question in asked:
            parts = ("You are a guide.", "Hello there.", "What would you like", "A city on the Rhine.")
            places = [question.index(part) for part in parts]
            assert places == sorted(places)


def test_a_plugin_scores_dialogues_with_a_model_that_gives_numbers(both):
    def worth(text):
        return 2.5 if "Basel is one" in text else -1.5 if "Madrid lies" in text else worth_of(text)

    with FakeEngine(worth) as engine:
        options = f"rm_url={engine.url},rm_model=any"
        assert both("reward_model", reward_option=options) == [[2.5, -1.5], [2.5, -1.5]]
