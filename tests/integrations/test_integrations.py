"""Each integration, called as its trainer calls it, by URL and in the process: the same rewards."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import math
import multiprocessing
import pickle
import sys
from functools import partial
from types import SimpleNamespace

import pytest

from rule_rm import RemoteRewardModel, start_server
from rule_rm.errors import RemoteRewardError
from rule_rm.integrations import answering, areal, openrlhf, slime, trl, verifiers, verl
from rule_rm.integrations.ms_swift import rule_rm_plugin as swift
from rule_rm.integrations.rows import plain, response_of

RIGHT = "<think>2 and 2</think><answer>4</answer>"
WRONG = "<think>2 and 2</think><answer>5</answer>"
TOKEN = "a-token"
SEEN = """
from rule_rm import register

@register("seen", summary="1.0 if the reward sees a picture in the conversation")
def seen(rollout):
    contents = [message["content"] for message in rollout.messages or ()]
    return float(any(part["type"] == "image_url" for content in contents for part in content))
"""
FIGURES = {"accuracy": 1.0, "format": 1.0, "unscored": 0.0, "timeout": 0.0}


@pytest.fixture(autouse=True, params=["by URL", "in the process"])
def way(request, monkeypatch):
    """How rewards come: every test runs both ways."""
    for name in ("REWARD_TYPE", "DATASET_PATH"):
        monkeypatch.delenv(name, raising=False)
    if request.param == "by URL":
        monkeypatch.setenv("RULE_RM_URL", request.getfixturevalue("server").url)
    else:
        monkeypatch.setenv("RULE_RM_URL", "in-process")
        monkeypatch.setenv("RULE_RM_WORKERS", "1")
    return request.param


@pytest.fixture(scope="session", autouse=True)
def _engines_end():
    yield
    for service in answering._services.values():
        service.engine.close()


class Array:
    """A fake numpy array, with the methods that the integrations use."""

    def __init__(self, *values):
        self.values = list(values)

    def tolist(self):
        return self.values


def message(content):
    return [{"role": "assistant", "content": content}]


def test_trl_gets_a_number_for_each_completion_and_none_for_the_unscored():
    columns = {"solution": ["4", "4", None], "trainer_state": object(), "log_metric": print}
    given = {"prompts": ["2+2?"] * 3, "completions": [RIGHT, WRONG, RIGHT], "completion_ids": [[1]] * 3}
    assert trl.reward(**given, **columns) == [1.5, 0.5, None]


def test_trl_tells_rewards_of_the_length_how_many_tokens_it_counted():
    ids = [[0] * 10, [0] * 18_432, [0] * 20_480]
    rewards = trl.reward(["2+2?"] * 3, [RIGHT] * 3, completion_ids=ids, rule_rm_reward_type="soft_overlong")
    assert rewards == [0.0, -0.5, -1.0]


def test_trl_conversations_are_scored_by_the_last_answer():
    prompts = [[{"role": "system", "content": "Think."}, {"role": "user", "content": "2+2?"}]] * 2
    tool = [{"role": "assistant", "content": WRONG}, {"role": "tool", "content": "4"}, *message(RIGHT)]
    assert trl.reward(prompts, [message(WRONG), tool], answer=["4", "4"]) == [0.5, 1.5]


def test_trl_sees_a_coroutine_function_and_can_pickle_both():
    asynchronous = partial(trl.async_reward, rule_rm_reward_type="math_equal")
    assert inspect.iscoroutinefunction(trl.async_reward)
    assert inspect.iscoroutinefunction(asynchronous)
    unpickled = pickle.loads(pickle.dumps(asynchronous))
    assert asyncio.run(unpickled(["2+2?"], [RIGHT], answer=["4"])) == [1.0]
    assert pickle.loads(pickle.dumps(trl.reward)) is trl.reward


def test_trl_has_rewards_for_more_completions_than_fit_into_one_request(monkeypatch):
    monkeypatch.setattr(answering, "BATCH", 2)
    assert trl.reward(["2+2?"] * 5, [RIGHT, WRONG, RIGHT, "", WRONG], answer=["4"] * 5) == [
        1.5,
        0.5,
        1.5,
        0.0,
        0.5,
    ]
    assert trl.reward([], []) == []


@pytest.mark.parametrize("hostile", ["\0", "\ud800", "<think>\0</think><answer>\udfff</answer>"])
def test_what_a_policy_writes_can_t_end_a_run(hostile):
    assert trl.reward(["2+2?"], [hostile], answer=["4"])[0] in (0.0, 0.5)


def test_verl_gets_the_same_keys_for_every_sample():
    score = partial(verl.compute_score, data_source="sums", extra_info={"index": Array(3), "num_turns": None})
    assert score(solution_str=RIGHT, ground_truth="4") == {"score": 1.5, **FIGURES, "acc": 1.0}
    unscored = score(solution_str=RIGHT, ground_truth=None)
    assert unscored == {"score": 0.0, **dict.fromkeys(FIGURES, 0.0), "unscored": 1.0, "acc": 0.0}
    assert [type(value) for value in unscored.values()] == [float] * 6


def test_verl_takes_numpy_values_other_reward_types_and_unknown_keywords():
    given = {"extra_info": None, "reward_router_address": None, "reward_type": "math_equal"}
    assert verl.compute_score("sums", "It is 4.", "4", **given)["score"] == 1.0
    score = verl.compute_score("sums", RIGHT, Array("4", "5"))
    assert score == verl.compute_score("sums", RIGHT, ["4", "5"])


def test_verl_awaits_and_batches_the_same_scores():
    assert inspect.iscoroutinefunction(verl.compute_score_async)
    one = asyncio.run(verl.compute_score_async("sums", RIGHT, "4", {}))
    batch = verl.compute_score_batch(
        data_sources=["sums"] * 3,
        solution_strs=[RIGHT, WRONG, ""],
        ground_truths=["4"] * 3,
        extra_infos=[{}, None, {}],
    )
    assert [row["score"] for row in batch] == [1.5, 0.5, 0.0]
    assert batch[0] == one


def test_verl_finds_its_options_as_keywords(server):
    assert verl.compute_score("sums", "4", "4", url=server.url, reward_type="math_equal")["score"] == 1.0


def test_a_server_that_does_not_answer_is_an_error_and_not_a_zero():
    with pytest.raises(RemoteRewardError):
        answering.answering("http://127.0.0.1:9/", timeout=0.3)({"query": []})


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """Yield a server with a token, whose reward shows what reached it."""
    directory = tmp_path_factory.mktemp("guarded")
    rule = directory / "seen.py"
    rule.write_text(SEEN)
    with start_server(
        port=0, workers=1, reward_type="seen", reward_file=[rule], token=TOKEN, output_dir=directory
    ) as server:
        yield server


def test_the_token_is_in_the_environment_a_file_or_the_url(guarded, monkeypatch, tmp_path):
    def reward(url, **given):
        monkeypatch.setattr(answering, "_remotes", {})
        return trl.reward(["2+2?"], [RIGHT], rule_rm_url=url, **given)

    with pytest.raises(RemoteRewardError, match="answered 401: no token"):
        reward(guarded.url)
    for url in (f"{guarded.url}/t/{TOKEN}", f"{guarded.url}/get_reward?token={TOKEN}"):
        assert reward(url) == [0.0]
        assert reward(url, rule_rm_reward_type="example_safety") == [1.0]
    monkeypatch.setenv("RULE_RM_TOKEN", TOKEN)
    assert reward(guarded.url) == [0.0]
    monkeypatch.delenv("RULE_RM_TOKEN")
    file = tmp_path / "token"
    file.write_text(TOKEN)
    monkeypatch.setenv("RULE_RM_TOKEN_FILE", str(file))
    assert reward(guarded.url) == [0.0]


def test_conversations_reach_the_reward(guarded, monkeypatch):
    monkeypatch.setattr(answering, "_remotes", {})
    monkeypatch.setenv("RULE_RM_URL", guarded.url)
    monkeypatch.setenv("RULE_RM_TOKEN", TOKEN)
    picture = {"type": "image_url", "image_url": {"url": "data:,"}}
    chat = [{"role": "user", "content": [picture, {"type": "text", "text": "2+2?"}]}]
    assert trl.reward([chat, "2+2?"], [message(RIGHT), RIGHT]) == [1.0, 0.0]
    assert swift.Reward()([RIGHT], messages=[[*chat, *message(RIGHT)]]) == [1.0]
    given = SimpleNamespace(prompt=chat, response=RIGHT, label="4", metadata={})
    assert asyncio.run(slime.reward(SimpleNamespace(rm_url=None), given)) == 1.0
    assert asyncio.run(verifiers.reward(chat, message(RIGHT), "4", {})) == 1.0
    assert areal.reward("2+2?", RIGHT, messages=chat, answer="4") == 1.0
    with RemoteRewardModel(guarded.url, token=TOKEN) as model:
        assert list(model.score(["2+2?"] * 2, [RIGHT] * 2, messages=[chat, None])) == [1.0, 0.0]
        assert model.score_details(["2+2?"], [RIGHT], messages=[chat])[0]["reward"] == 1.0


def test_ms_swift_scores_columns_messages_and_reward_models():
    messages = [[{"role": "user", "content": "2+2?"}, *message(text)] for text in (RIGHT, WRONG)]
    given = {
        "completions": [RIGHT, WRONG],
        "messages": messages,
        "solution": ["4", "4"],
        "trainer_state": None,
    }
    assert swift.orms["rule_rm"](args=None)(**given) == [1.5, 0.5]
    assert asyncio.run(swift.orms["rule_rm_async"](args=None)(**given)) == [1.5, 0.5]
    assert swift.orms["rule_rm_math_equal"](args=None)(**given) == [1.0, 0.0]
    assert swift.orms["rule_rm_math_equal"].__name__ == "math_equal"
    assert swift.Reward()([RIGHT]) == [None]


def test_ms_swift_gets_a_tensor_from_the_reward_model_plugin(monkeypatch):
    tensor = SimpleNamespace(tensor=lambda values, dtype: values, float32=None)
    monkeypatch.setitem(sys.modules, "torch", tensor)
    row = {"messages": [{"role": "user", "content": "2+2?"}, *message(RIGHT)]}
    rewards = swift.rm_plugins["rule_rm"](model=None, template=None)([{**row, "solution": "4"}, row])
    assert rewards == [1.5, 1.5]
    (alone,) = swift.rm_plugins["rule_rm"](model=None, template=None)([row])
    assert math.isnan(alone)


def test_slime_gets_a_number_a_group_or_what_its_reward_key_names():
    def sample(**given):
        return SimpleNamespace(**{"prompt": "2+2?", "response": RIGHT, "label": "4", "metadata": {}, **given})

    def reward(given, **args):
        return asyncio.run(slime.reward(SimpleNamespace(rm_url=None, **args), given))

    assert reward(sample()) == 1.5
    assert reward([sample(), sample(response=WRONG)], reward_key=None) == [1.5, 0.5]
    assert reward(sample(prompt=[{"role": "user", "content": "2+2?"}]), reward_key="points") == {
        "points": 1.5,
        **FIGURES,
        "acc": 1.0,
    }
    without = sample(label=None)
    assert reward(without) == 0.0
    assert without.remove_sample
    assert not hasattr(sample(), "remove_sample")


def test_areal_gets_a_float_from_a_process_of_its_own():
    call = partial(areal.reward, "2+2?", RIGHT, [1], [2], answer="4")
    assert call() == 1.5
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(call) == 1.5


def test_verifiers_names_its_parameters():
    allowed = set(inspect.signature(verifiers.reward).parameters)
    assert allowed <= {"prompt", "completion", "answer", "state", "info", "task"}
    prompt = [{"role": "user", "content": "2+2?"}]
    assert asyncio.run(verifiers.reward(prompt=prompt, completion=message(RIGHT), answer="4", info={})) == 1.5
    assert asyncio.run(verifiers.reward("2+2?", WRONG, "", {"answer": "4"})) == 0.5


def test_openrlhf_loads_the_file_and_gets_tensors(monkeypatch):
    monkeypatch.setitem(
        sys.modules, "torch", SimpleNamespace(tensor=lambda values, dtype: Tensor(values), float32=None)
    )
    spec = importlib.util.spec_from_file_location("reward_func", openrlhf.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    reply = module.reward_func([f"2+2?{RIGHT}"], ["2+2?"], ["4"])
    assert (reply["rewards"].values, reply["scores"].values) == ([1.5], [1.0])
    assert {name: tensor.values for name, tensor in reply["extra_logs"].items()} == {
        name: [value] for name, value in FIGURES.items()
    }
    assert module.reward_func([f"2+2?{RIGHT}"], ["2+2?"]).values == [0.0]


class Tensor:
    def __init__(self, values):
        self.values = values

    def clone(self):
        return Tensor(self.values)


def test_values_without_a_json_form_become_null():
    assert plain({"image": object(), "array": Array(1, 2.5), "nan": [math.inf]}) == {
        "image": None,
        "array": [1, 2.5],
        "nan": [None],
    }
    assert response_of([{"role": "assistant", "content": "4", "image": object()}]) == [
        {"role": "assistant", "content": "4", "image": None}
    ]
