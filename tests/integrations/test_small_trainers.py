"""EasyR1, SkyRL, rllm and torchforge: their contracts, called as they call them."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType, SimpleNamespace

import pytest

from rule_rm.errors import ConfigurationError
from rule_rm.integrations import easyr1, rllm

RIGHT = "<think>2 and 2</think><answer>4</answer>"
WRONG = "<think>2 and 2</think><answer>5</answer>"


@pytest.fixture(autouse=True)
def url(server, monkeypatch):
    for name in ("RULE_RM_TIMEOUT", "RULE_RM_RETRY_SECONDS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RULE_RM_URL", server.url)
    return server.url


@pytest.fixture
def environment(monkeypatch):
    """Return the environment's class, with substitutes for the names that it takes from skyrl_gym."""
    base = ModuleType("skyrl_gym.envs.base_text_env")
    vars(base)["BaseTextEnv"] = type("BaseTextEnv", (), {"close": lambda self: None})
    for name in ("skyrl_gym", "skyrl_gym.envs"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, base.__name__, base)
    monkeypatch.delitem(sys.modules, "rule_rm.integrations.skyrl", raising=False)
    yield importlib.import_module("rule_rm.integrations.skyrl").RuleRmEnv
    sys.modules.pop("rule_rm.integrations.skyrl", None)


def given(*responses, golden="4"):
    return [{"response": said, "response_length": 9, "ground_truth": golden} for said in responses]


def test_easyr1_gets_overall_and_the_metrics_of_each_response():
    scores = easyr1.compute_score(given(RIGHT, WRONG))
    assert [score["overall"] for score in scores] == [1.5, 0.5]
    assert scores[0].keys() == scores[1].keys() >= {"accuracy", "format", "unscored"}
    assert easyr1.compute_score([]) == []
    assert easyr1.REWARD_TYPE == "batch"


def test_easyr1_gets_a_number_for_what_is_unscored_and_is_told():
    (score,) = easyr1.compute_score(given(RIGHT, golden=None))
    assert (score["overall"], score["unscored"]) == (0.0, 1.0)


def test_easyr1_takes_options_and_refuses_others():
    (score,) = easyr1.compute_score(given(r"\boxed{4}"), reward_type="math_equal")
    assert score["overall"] == 1.0
    with pytest.raises(TypeError, match="did you mean 'url'"):
        easyr1.compute_score(given(RIGHT), ulr="http://127.0.0.1:6000")


def test_skyrl_s_environment_ends_with_the_first_turn_and_its_reward(environment):
    row = {"reward_spec": {"method": "rule", "ground_truth": "4"}, "data_source": "sums"}
    opened = environment(env_config={}, extras=row)
    prompt = [{"role": "user", "content": "2+2?"}]
    assert opened.init(prompt) == (prompt, {})
    step = opened.step(RIGHT)
    assert (step["reward"], step["done"], step["observations"]) == (1.5, True, [])
    assert opened.get_metrics() == {
        "accuracy": 1.0,
        "format": 1.0,
        "acc": 1.0,
        "unscored": 0.0,
        "timeout": 0.0,
    }
    opened.close()


def test_skyrl_s_rows_choose_the_reward_and_unscored_is_said(environment):
    asked = environment(extras={"reward_type": "math_equal", "reward_spec": {"ground_truth": "4"}})
    asked.init("2+2?")
    assert asked.step("It is 4.")["reward"] == 1.0
    without = environment(extras={}).step(RIGHT)
    assert (without["reward"], without["metadata"]["unscored"]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("reward_typ", "reward_type"), ("rewardtype", "reward_type"), ("time_out", "timeout")],
)
def test_a_misspelt_option_of_skyrl_s_row_is_an_error_and_other_columns_are_not(environment, name, nearest):
    with pytest.raises(TypeError, match=f"no option '{name}'; did you mean '{nearest}'"):
        environment(extras={name: "1"})
    columns = {"max_turns": 1, "data_source": "sums", "image_url": "a", "reward_model": "rule", "time": 3}
    environment(extras={**columns, "reward_spec": {"ground_truth": "4"}})


@pytest.mark.parametrize("golden", ["ground_truth", "answer", "solution"])
def test_rllm_gets_an_output_with_reward_and_correctness(golden):
    right = rllm.reward({"question": "2+2?", golden: "4"}, RIGHT)
    wrong = rllm.reward({"question": "2+2?", golden: "4"}, SimpleNamespace(action=WRONG))
    assert (right.reward, right.is_correct, right.metadata["format"]) == (1.5, True, 1.0)
    assert (wrong.reward, wrong.is_correct) == (0.5, False)


def test_torchforge_gets_a_float():
    assert rllm.torchforge_reward("2+2?", RIGHT, "4") == 1.5


def test_none_of_them_scores_without_a_url(environment, monkeypatch):
    monkeypatch.delenv("RULE_RM_URL")
    calls = [
        lambda: easyr1.compute_score(given(RIGHT)),
        lambda: rllm.reward({}, RIGHT),
        lambda: rllm.torchforge_reward("", RIGHT, "4"),
        lambda: environment().step(RIGHT),
    ]
    for call in calls:
        with pytest.raises(ConfigurationError, match="RULE_RM_URL"):
            call()
