# ruff: noqa: E501 - files as users have them
"""Files as their trainers' users have them: plugins, neighbours, instances, groups and event loops."""

from __future__ import annotations

import sys

import pytest

from rule_rm import Settings
from rule_rm.engine import Engine
from rule_rm.errors import RegistrationError
from rule_rm.registry import loading, registry
from rule_rm.types import Rollout, Status
from rule_rm.web import create_app

PLUGIN = """
from swift.infer_engine import RequestConfig, TransformersEngine
from swift.rewards import ORM, AsyncORM, orms, rm_plugins
from swift.rewards.rm_plugin import DefaultRMPlugin
from swift.rollout.gym_env import Env, envs
from swift.rollout.multi_turn import MultiTurnScheduler, multi_turns
from swift.utils import get_logger, to_device

logger = get_logger()


class Right(ORM):
    def __init__(self, args=None, **kwargs):
        super().__init__(args)
        from swift.rewards.orm import MathAccuracy
        self.accuracy = MathAccuracy()

    def __call__(self, completions, solution, **kwargs):
        from swift.utils import get_logger
        get_logger().info("scoring")
        return [float(answer in text) for text, answer in zip(completions, solution)]


class NeedsSwift(Right):
    def __call__(self, completions, **kwargs):
        return self.accuracy(completions)


class NeedsAServer(ORM):
    def __init__(self, args, **kwargs):
        raise RuntimeError("no server at 127.0.0.1:1")


class Plugin(DefaultRMPlugin):
    def __init__(self, model, template):
        super().__init__(model, template)


class Scheduler(MultiTurnScheduler):
    pass


class Frozen(Env):
    pass


orms["right"] = Right
orms["needs_swift"] = NeedsSwift
orms["needs_a_server"] = NeedsAServer
rm_plugins["plugin"] = Plugin
multi_turns["scheduler"] = Scheduler
envs["frozen"] = Frozen
"""
FOUND = {
    "a callable instance": (
        "class Rule:\n    def __call__(self, completions, **kwargs):\n        return [1.0] * len(completions)\nrule = Rule()",
        "rule",
    ),
    "a partial": (
        "from functools import partial\ndef _score(completions, worth, **kwargs):\n    return [worth] * len(completions)\n"
        "rule = partial(_score, worth=1.0)",
        "rule",
    ),
    "a closure": (
        "def make(worth):\n    def made(completions, **kwargs):\n        return [worth] * len(completions)\n    return made\n"
        "rule = make(1.0)",
        "rule",
    ),
    "an imported function": ("from the_neighbour import rule", "rule"),
    "a neighbour that is used": (
        "import the_neighbour\ndef rule2(completions, **kwargs):\n    return the_neighbour.rule(completions)",
        "rule2",
    ),
    "token ids alone": (
        "def rule(completion_ids, **kwargs):\n    return [float(len(ids) == 3) for ids in completion_ids]",
        "rule",
    ),
    "verl with a router": (
        "def rule(data_source, solution_str, ground_truth, extra_info, reward_router_address, reward_model_tokenizer):\n"
        "    return float(solution_str == '4')",
        "rule",
    ),
    "EasyR1": (
        "REWARD_NAME = 'math'\nREWARD_TYPE = 'batch'\ndef compute_score(reward_inputs):\n"
        "    return [{'overall': float(one['response'] == one['ground_truth']), 'format': 1.0} for one in reward_inputs]",
        "mine",
    ),
    "EasyR1, one at a time": (
        "REWARD_TYPE = 'sequential'\ndef compute_score(reward_input):\n"
        "    return {'overall': float(reward_input['response'] == reward_input['ground_truth'])}",
        "mine",
    ),
    "rllm": (
        "class Output:\n    def __init__(self, reward):\n        self.reward, self.metadata, self.is_correct = reward, {}, True\n"
        "def rule(task_info, action):\n    return Output(float(task_info['ground_truth'] == action))",
        "rule",
    ),
    "torchforge": ("def rule(prompt, response, target):\n    return float(response == target)", "rule"),
    "SkyRL": (
        "class BaseTextEnv:\n    def init(self, prompt):\n        return prompt, {}\n    def close(self):\n        pass\n"
        "class Sums(BaseTextEnv):\n    def __init__(self, env_config, extras):\n"
        "        self.truth = extras['reward_spec']['ground_truth']\n"
        "    def step(self, action):\n"
        "        return {'observations': [], 'reward': float(action == self.truth), 'done': True, 'metadata': {}}",
        "sums",
    ),
    "a variant": (
        "def compute_score(solution_str, ground_truth):\n    return 0.0\n"
        "def compute_score_v2(solution_str, ground_truth):\n    return 1.0",
        "compute_score_v2",
    ),
}
NEIGHBOUR = "def rule(completions, **kwargs):\n    return [1.0] * len(completions)\n"


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_rewards", {})
    monkeypatch.setattr(sys, "path", list(sys.path))

    def write(text, name="mine"):
        (tmp_path / "the_neighbour.py").write_text(NEIGHBOUR)
        path = tmp_path / f"{name}.py"
        path.write_text(text)
        return str(path)

    yield write
    sys.modules.pop("the_neighbour", None)


@pytest.mark.parametrize(("text", "name"), FOUND.values(), ids=FOUND)
def test_whatever_a_trainer_would_call_is_found_and_called(write, text, name):
    loading.load(write(text))
    rollout = Rollout("2+2?", "4", "4", extra_info={"completion_ids": [1, 2, 3], "index": 7})
    assert registry.get(name)(rollout).reward == 1.0


def test_a_plugin_like_ms_swift_s_own_loads_without_it(write, caplog):
    loading.load(write(PLUGIN))
    assert list(registry.registered()) == ["needs_swift", "right"]
    assert registry.get("right")(Rollout("2+2?", "It is 4.", "4")).reward == 1.0
    assert "needs_a_server can't be built and is left out: RuntimeError: no server" in caplog.text
    with pytest.raises(TypeError, match="MathAccuracy"):
        registry.get("needs_swift")(Rollout("2+2?", "4", "4"))


def test_a_folder_called_swift_is_not_ms_swift(write, tmp_path, monkeypatch):
    (tmp_path / "swift").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    loading.load(
        write(
            "from swift.rewards import ORM, orms\n"
            + PLUGIN.partition("logger =")[0]
            + "class R(ORM):\n    def __call__(self, completions, **k):\n        return [1.0]\norms['r'] = R\n"
        )
    )
    assert registry.get("r")(Rollout("", "")).reward == 1.0


@pytest.mark.parametrize(
    ("stem", "name"), [("3digits", "reward_3digits"), ("奖励", "奖励"), ("Ответ", "ответ"), ("☃", "reward")]
)
def test_a_file_may_have_any_name(write, stem, name):
    loading.load(write("def compute_score(solution_str, ground_truth):\n    return 1.0", stem))
    assert list(registry.registered()) == [name]


def test_a_file_with_the_name_of_a_reward_of_the_package_is_told_the_way_out(tmp_path):
    from rule_rm import rewards

    rewards.load()
    path = tmp_path / "gsm8k.py"
    path.write_text("def compute_score(solution_str, ground_truth):\n    return 1.0")
    with pytest.raises(RegistrationError, match=r"registered twice, as the package has it; rename the file"):
        loading.load(str(path))


def test_a_file_without_a_reward_is_told_why_its_functions_are_none(write):
    with pytest.raises(RegistrationError, match=r"use @register .*nearly.*'strange' is not part of the verl"):
        loading.load(write("def nearly(solution_str, ground_truth, strange):\n    return 1.0"))


def test_a_file_declares_by_constants_what_register_takes(write):
    loading.load(
        write(
            "TIMEOUT = 30\nTIMEOUT_REWARD = -1.0\nWAITS = True\ndef rule(prompt, response, target):\n    return 1.0"
        )
    )
    function = registry.get("rule")
    assert (function.timeout, function.least, function.waits, function.groups) == (30, -1.0, True, False)


def test_async_functions_share_one_event_loop(write):
    loading.load(
        write("""
import asyncio

loops = set()
lock = asyncio.Semaphore(1)


async def rule(completions, **kwargs):
    async with lock:
        await asyncio.sleep(0)
        loops.add(id(asyncio.get_running_loop()))
    return [float(len(loops))] * len(completions)
""")
    )
    function = registry.get("rule")
    assert [function(Rollout("", "")).reward for _ in range(4)] == [1.0] * 4


def test_slowness_is_the_policy_s_fault_unless_the_function_waits_for_others(write):
    text = "import time\n{}\ndef rule(completions, **kwargs):\n    time.sleep(30)\n    return [1.0]"
    for constants, reward, status in (
        ("", 0.0, Status.TIMEOUT),
        ("TIMEOUT_REWARD = -1.0", -1.0, Status.TIMEOUT),
        ("WAITS = True", None, Status.UNAVAILABLE),
    ):
        path = write(text.format(constants), f"mine{len(constants)}")
        registry._rewards.clear()
        with Engine(
            Settings(reward_type="rule", reward_file=(path,), workers=1, rollout_timeout=0.2)
        ) as engine:
            (score,) = engine.score([Rollout("q", "a")])
        assert (score.reward, score.status) == (reward, status)
        registry._rewards.clear()
        for name in [name for name in sys.modules if name.startswith("rule_rm_reward_file_")]:
            del sys.modules[name]


GROUPED = """
def shortest_wins(completions, **kwargs):
    shortest = min(map(len, completions))
    return [float(len(text) == shortest) for text in completions]


def centred(solution_strs, ground_truths):
    right = [float(a == b) for a, b in zip(solution_strs, ground_truths)]
    return [{"score": one - sum(right) / len(right), "acc": one} for one in right]


def logged(queries, prompts, labels):
    rewards = [float(len(queries))] * len(queries)
    return {"rewards": rewards, "scores": rewards, "extra_logs": {"place": list(range(len(queries)))}}


def apart(prompt, response, target):
    return float(response == target)


def own(rollouts):
    return [float(len(rollouts)) for _ in rollouts]


def each(completions, solution, **kwargs):
    return [float(text == answer) for text, answer in zip(completions, solution)]


def too_few(completions, **kwargs):
    return [1.0]
"""


@pytest.fixture(scope="module")
def grouped(tmp_path_factory):
    path = tmp_path_factory.mktemp("grouped") / "grouped.py"
    path.write_text(GROUPED)
    config = path.with_suffix(".yaml")
    config.write_text(
        "rewards:\n- {reward_type: apart, weight: 2}\n- {reward_type: shortest_wins}\n- {reward_type: math_equal}\n"
    )
    settings = Settings(reward_config=str(config), reward_type="mixture", reward_file=(str(path),), workers=1)
    kept = dict(registry._rewards)
    with Engine(settings) as engine:
        yield create_app(settings, engine).test_client()
    registry._rewards.clear()
    registry._rewards.update(kept)


BATCH = {
    "prompts": ["a", "a", "a", "b", "b"],
    "responses": ["x ok", "yy", "4", "4", "z"],
    "golden_responses": ["4"] * 5,
}


@pytest.mark.parametrize(
    ("reward_type", "rewards"),
    [
        ("shortest_wins", [0.0, 0.0, 1.0, 1.0, 1.0]),
        ("centred", [-1 / 3, -1 / 3, 2 / 3, 0.5, -0.5]),
        ("logged", [3.0, 3.0, 3.0, 2.0, 2.0]),
        ("apart", [0.0, 0.0, 1.0, 1.0, 0.0]),
        ("own", [3.0, 3.0, 3.0, 2.0, 2.0]),
        ("mixture", [0.0, 0.0, 4.0, 4.0, 1.0]),
    ],
)
def test_a_function_of_lists_gets_the_group_and_nothing_else_of_the_batch(grouped, reward_type, rewards):
    reply = grouped.post(f"/get_reward/{reward_type}?details=1", json=BATCH).json
    assert reply["rewards"] == pytest.approx(rewards)
    assert [detail["reward"] for detail in reply["details"]] == pytest.approx(rewards)


def test_the_metrics_of_a_group_are_those_of_each_member(grouped):
    details = grouped.post("/get_reward/logged?details=1", json=BATCH).json["details"]
    assert [detail["metrics"]["place"] for detail in details] == [0.0, 1.0, 2.0, 0.0, 1.0]


def test_a_key_of_the_dataset_makes_groups_that_are_not_together(grouped):
    infos = [{"uid": name} for name in ("p", "q", "p", "q", "p")]
    reply = grouped.post("/get_reward/own", json={**BATCH, "prompts": ["a"] * 5, "extra_infos": infos}).json
    assert reply["rewards"] == [3.0, 2.0, 3.0, 2.0, 3.0]


def test_a_function_that_returns_too_few_for_its_group_leaves_it_unscored(grouped):
    details = grouped.post("/get_reward/too_few?details=1", json=BATCH).json["details"]
    assert {detail["status"] for detail in details} == {"error"}
    assert "1 rewards for a group of 3" in details[0]["explanation"]


def test_kimi_s_length_is_that_within_the_group(client):
    payload = {
        "prompts": ["2+2?"] * 3,
        "responses": ["\\boxed{4}", "It is clearly \\boxed{4}", "No: \\boxed{5}"],
        "golden_responses": ["4"] * 3,
        "extra_infos": [{"response_length": length} for length in (10, 20, 15)],
    }
    assert client.post("/get_reward/kimi_length", json=payload).json["rewards"] == [0.5, -0.5, 0.0]


def test_a_function_that_compares_is_refused_a_response_without_its_group(grouped, caplog):
    alone = {"prompts": ["a"], "responses": ["4"], "golden_responses": ["4"]}
    for reward_type in ("shortest_wins", "shortest_wins", "centred", "mixture"):
        (detail,) = grouped.post(f"/get_reward/{reward_type}?details=1", json=alone).json["details"]
        assert (detail["reward"], detail["status"]) == (None, "error")
        assert "--group-size" in detail["explanation"]
    told = [record.message for record in caplog.records if "one at a time" in record.message]
    assert len(told) == 1
    assert "GROUPS = False" in told[0]


def test_lone_responses_of_a_batch_are_refused_too_and_what_compares_nothing_is_scored(grouped):
    apart = {"prompts": ["a", "b"], "responses": ["4", "5"], "golden_responses": ["4", "4"]}
    assert grouped.post("/get_reward/each", json=apart).json["rewards"] == [1.0, 0.0]
    details = grouped.post("/get_reward/shortest_wins?details=1", json=apart).json["details"]
    assert [detail["reward"] for detail in details] == [None, None]


def test_what_a_function_prints_has_the_rollout_s_id_in_the_log(write, caplog):
    path = write(
        "def rule(completions, **kwargs):\n    print('I saw', *completions)\n    return [1.0]", "talks"
    )
    settings = Settings(reward_type="rule", reward_file=(path,), workers=1)
    body = {"prompts": ["q", "r"], "responses": ["first", "second"]}
    with caplog.at_level("INFO"), Engine(settings) as engine:
        client = create_app(settings, engine).test_client()
        client.post("/get_reward", json=body, headers={"X-Request-ID": "step-7"})
    told = sorted(record.getMessage().strip() for record in caplog.records if "printed" in record.msg)
    assert told == [
        "rule printed while it scored rollout step-7:0: I saw first",
        "rule printed while it scored rollout step-7:1: I saw second",
    ]
    for name in [name for name in sys.modules if name.startswith("rule_rm_reward_file_")]:
        del sys.modules[name]


def test_prints_and_tracebacks_of_a_function_are_in_the_log(write, caplog):
    path = write(
        "def rule(completions, **kwargs):\n    print('so far so good')\n    return [1 / 0]", "failing"
    )
    with (
        caplog.at_level("INFO"),
        Engine(Settings(reward_type="rule", reward_file=(path,), workers=1)) as engine,
    ):
        (score,) = engine.score([Rollout("q", "a")])
    assert score.status is Status.ERROR
    assert "rule printed" in caplog.text
    assert "so far so good" in caplog.text
    assert "ZeroDivisionError: division by zero" in caplog.text
    for name in [name for name in sys.modules if name.startswith("rule_rm_reward_file_")]:
        del sys.modules[name]
