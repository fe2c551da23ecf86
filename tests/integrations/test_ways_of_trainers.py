"""The server is used or a warning says so; unscored rollouts do no harm; each reward is logged by name."""

from __future__ import annotations

import asyncio
import inspect
import pickle
import subprocess
import sys
import time
from functools import partial
from types import SimpleNamespace

import pytest

from rule_rm import RemoteRewardModel, Settings
from rule_rm.errors import ConfigurationError, RemoteRewardError, UnscoredError
from rule_rm.integrations import areal, openrlhf, slime, trl, verifiers, verifiers_v1, verl
from rule_rm.integrations.answering import answering
from rule_rm.integrations.ms_swift import rule_rm_plugin as swift
from rule_rm.integrations.unscored import with_group_means
from rule_rm.web import create_app

RIGHT = "<think>2 and 2</think><answer>4</answer>"
WRONG = "<think>2 and 2</think><answer>5</answer>"
CALLS = {
    "TRL": lambda: trl.reward(["2+2?"], [RIGHT], answer=["4"]),
    "TRL, of a type": lambda: trl.math_equal(["2+2?"], [RIGHT], answer=["4"]),
    "verl": lambda: verl.compute_score("sums", RIGHT, "4"),
    "AReaL": lambda: areal.reward("2+2?", RIGHT, answer="4"),
    "ms-swift": lambda: swift.Reward()([RIGHT], solution=["4"]),
    "verifiers": lambda: asyncio.run(verifiers.reward("2+2?", RIGHT, "4")),
    "slime": lambda: asyncio.run(
        slime.reward(
            SimpleNamespace(rm_url=None),
            SimpleNamespace(prompt="2+2?", response=RIGHT, label="4", metadata={}),
        )
    ),
}


@pytest.fixture(autouse=True)
def _no_url(monkeypatch):
    for name in ("RULE_RM_URL", "RULE_RM_TIMEOUT", "RULE_RM_RETRY_SECONDS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def by_url(server, monkeypatch):
    monkeypatch.setenv("RULE_RM_URL", server.url)
    return server.url


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_without_a_url_nothing_is_scored_and_it_is_said(call):
    with pytest.raises(ConfigurationError, match="RULE_RM_URL=http://HOST:6000"):
        call()


def test_openrlhf_s_file_is_led_to_its_server_too(monkeypatch):
    monkeypatch.setitem(
        sys.modules, "torch", SimpleNamespace(tensor=lambda values, dtype: values, float32=None)
    )
    with pytest.raises(ConfigurationError, match="in-process"):
        openrlhf.reward_func(["2+2?"], ["2+2?"], ["4"])


@pytest.mark.parametrize(
    ("call", "nearest"),
    [
        (lambda: verl.compute_score("sums", RIGHT, "4", ulr="http://x"), "url"),
        (lambda: verl.compute_score("sums", RIGHT, "4", rewardtype="math_equal"), "reward_type"),
        (lambda: trl.reward(["2+2?"], [RIGHT], rule_rm_ulr="http://x"), "rule_rm_url"),
        (lambda: trl.reward(["2+2?"], [RIGHT], rule_rm_reward="math_equal"), "rule_rm_reward_type"),
        (lambda: asyncio.run(slime.reward(SimpleNamespace(), None, smaple="x")), "sample"),
    ],
)
def test_a_misspelt_keyword_is_an_error_that_names_the_nearest(call, nearest):
    with pytest.raises(TypeError, match=f"did you mean '{nearest}'"):
        call()


def test_what_trainers_hand_over_by_themselves_is_no_misspelt_keyword(by_url):
    given = {"reward_router_address": "127.0.0.1:1", "reward_model_tokenizer": object()}
    assert verl.compute_score("sums", RIGHT, "4", **given)["score"] == 1.5
    columns = {"answer": ["4"], "trainer_state": object(), "log_extra": print, "level": [3]}
    assert trl.reward(["2+2?"], [RIGHT], **columns) == [1.5]


@pytest.mark.parametrize(
    ("rewards", "prompts", "filled"),
    [
        ([1.5, None, 0.5, None], ["a"] * 4, [1.5, 1.0, 0.5, 1.0]),
        ([1.5, None, 0.5, None], ["a", "b", "a", "b"], [1.5, None, 0.5, None]),
        ([None, None], ["a", "a"], [None, None]),
        ([1.0, None], [None, None], [1.0, None]),
        ([1.0, None], [[{"role": "user", "content": "a"}]] * 2, [1.0, 1.0]),
        ([], [], []),
    ],
)
def test_where_none_would_be_a_zero_it_is_the_mean_of_its_group(rewards, prompts, filled):
    assert with_group_means(rewards, prompts) == filled


@pytest.mark.parametrize(
    ("version", "given", "is_filled"),
    [
        ("1.16.0", {"log_metric": lambda *_: None, "trainer_state": object()}, False),
        ("1.10.0.dev0", {"log_metric": lambda *_: None, "trainer_state": object()}, False),
        ("1.16.0", {"trainer_state": object()}, True),
        ("1.5.1", {"log_metric": lambda *_: None, "trainer_state": object()}, True),
        ("0.24.0", {}, True),
    ],
    ids=["GRPO", "a development version", "OnlineDPO", "before 1.6", "long before"],
)
def test_trl_gets_none_only_where_it_leaves_none_out(by_url, monkeypatch, version, given, is_filled):
    monkeypatch.setattr("importlib.metadata.version", lambda _: version)
    rewards = trl.reward(["2+2?"] * 2, [RIGHT] * 2, answer=["4", None], **given)
    assert rewards == [1.5, 1.5 if is_filled else None]


def test_ms_swift_gets_the_mean_of_the_group_for_what_is_unscored(by_url):
    messages = [[{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": RIGHT}]] * 3
    columns = {"messages": messages, "solution": ["4", None, "5"]}
    assert swift.Reward()([RIGHT] * 3, **columns) == [1.5, 1.0, 0.5]


def test_every_reward_type_of_the_package_is_a_function_of_its_own_name(by_url):
    equal, slow = trl.math_equal, trl.async_math_equal
    assert (equal.__name__, slow.__name__) == ("math_equal", "async_math_equal")
    assert pickle.loads(pickle.dumps(equal)) is equal is trl.math_equal
    assert inspect.iscoroutinefunction(slow)
    assert not inspect.iscoroutinefunction(equal)
    assert equal(["2+2?"], [RIGHT], answer=["4"]) == [1.0]
    assert asyncio.run(slow(["2+2?"], [WRONG], answer=["4"])) == [0.0]
    with pytest.raises(AttributeError, match="math_eqal"):
        _ = trl.math_eqal


def test_a_component_is_a_column_of_its_own(by_url):
    accuracy, layout = (trl.of("math_verifier", component=name) for name in ("accuracy", "format"))
    assert accuracy.__name__ == "math_verifier_accuracy"
    assert pickle.loads(pickle.dumps(accuracy))(["2+2?"], [WRONG], answer=["4"]) == [0.0]
    assert layout(["2+2?"], [WRONG], answer=["4"]) == [1.0]
    assert trl.of("math_verifier", component="rare")(["2+2?"], [RIGHT], answer=["4"]) == [None]


def test_trl_s_log_has_the_components_and_the_unscored(by_url):
    logged = {}
    trl.math_verifier(["2+2?"] * 2, [RIGHT, WRONG], answer=["4", "4"], log_metric=logged.__setitem__)
    assert logged == {
        "math_verifier/unscored": 0.0,
        "math_verifier/accuracy": 0.5,
        "math_verifier/format": 1.0,
    }


def test_an_episode_of_areal_that_is_not_scored_is_rejected(by_url):
    class Workflow:
        async def arun_episode(self, response, answer):
            return {"rewards": areal.scored_reward("2+2?", response, answer=answer)}

    rejecting = areal.rejecting(Workflow)()
    assert asyncio.run(rejecting.arun_episode(RIGHT, "4")) == {"rewards": 1.5}
    assert asyncio.run(rejecting.arun_episode(RIGHT, None)) is None
    assert areal.reward("2+2?", RIGHT) == 0.0


def test_a_call_of_areal_fails_before_areal_takes_0_for_it(dead, monkeypatch):
    assert areal.PATIENCE < 15
    monkeypatch.setenv("RULE_RM_URL", dead)
    monkeypatch.setattr(areal, "PATIENCE", 0.3)
    with pytest.raises(RemoteRewardError, match=r"within 0\.3 s"):
        areal.reward("2+2?", RIGHT, answer="4")
    monkeypatch.setenv("RULE_RM_TIMEOUT", "0.2")
    with pytest.raises(RemoteRewardError, match=r"within 0\.2 s"):
        areal.reward("2+2?", RIGHT, answer="4")


def test_slime_and_areal_say_how_long_the_response_is(by_url):
    soft = f"{by_url}/get_reward/soft_overlong"
    sample = SimpleNamespace(prompt="?", response=RIGHT, label="4", metadata={}, response_length=20_480)
    assert asyncio.run(slime.reward(SimpleNamespace(rm_url=soft), sample)) == -1.0


def test_the_patience_is_in_seconds_and_said_by_keyword_or_variable(dead, monkeypatch):
    began = time.monotonic()
    with pytest.raises(RemoteRewardError, match="attempts? in "):
        answering(dead, timeout=0.4)({"query": []})
    monkeypatch.setenv("RULE_RM_TIMEOUT", "0.3")
    with pytest.raises(RemoteRewardError):
        answering(dead)({"query": []})
    assert time.monotonic() - began < 60
    monkeypatch.setenv("RULE_RM_TIMEOUT", "soon")
    with pytest.raises(ConfigurationError, match="RULE_RM_TIMEOUT must be a number of seconds"):
        answering(dead)


def test_a_server_that_is_killed_and_started_again_costs_no_sample(dead):
    port = dead.rpartition(":")[2]
    command = [sys.executable, "-m", "rule_rm.cli", "serve", "--port", port, "--workers", "1"]
    model = RemoteRewardModel(dead, timeout=120, backoff=0.1)

    async def calls():
        asked = [asyncio.create_task(model.score_details_async(["2+2?"], [RIGHT], ["4"])) for _ in range(8)]
        return await asyncio.gather(*asked)

    for _ in range(2):
        # It is asked before it listens, and killed with requests of the next round still to come.
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            replies = asyncio.run(calls())
        finally:
            process.kill()
            process.wait()
        assert [details[0]["reward"] for details in replies] == [1.5] * 8


def test_calls_that_are_awaited_overlap_and_raise(dead, by_url):
    with RemoteRewardModel(by_url) as model:
        assert list(asyncio.run(model.score_async(["2+2?"], [RIGHT], ["4"]))) == [1.5]
        assert asyncio.run(model.ask_async({"query": []}))["rewards"] == []
    with pytest.raises(RemoteRewardError):
        asyncio.run(RemoteRewardModel(dead, retry_seconds=0, backoff=0).ask_async({"query": []}))


NEAR_MISSES = [
    ({"prompts": ["?"], "responses": ["4"], "golden_response": ["4"]}, "golden_responses"),
    ({"prompts": ["?"], "responses": ["4"], "detail": True}, "details"),
    ({"prompts": ["?"], "responses": ["4"], "data_source": ["a"]}, "data_sources"),
    ({"prompts": ["?"], "responses": ["4"], "reward_type": "math_equal"}, "/get_reward/NAME"),
    ({"prompts": ["?"], "responses": ["4"], "rewardtype": "math_equal"}, "/get_reward/NAME"),
    ({"query": ["4"], "label": ["4"]}, "labels"),
    ({"prompts": ["?"], "responses": ["4"], "golden_answers": ["4"]}, "golden_responses"),
    ({"prompts": ["?"], "responses": ["4"], "ground_truths": ["4"]}, "golden_responses"),
    ({"prompts": ["?"], "responses": ["4"], "solution": ["4"]}, "golden_responses"),
    ({"query": ["4"], "reference_answers": ["4"]}, "labels"),
    ({"promts": ["?"], "responses": ["4"]}, "Did you mean prompts (not promts) of align-anything"),
    ({"prompt": "?", "response": "4", "lable": "4"}, "Did you mean label (not lable) of slime"),
    ({"prompt": "?", "response": "4", "labels": "4"}, "Did you mean label (not labels) of slime"),
    ({"solution_str": "4", "ground_thruth": "4"}, "Did you mean ground_truth (not ground_thruth) of verl"),
    ({"solution_str": "4", "ground_truth": "4", "extra_infos": {}}, "extra_info"),
    ({"prompt": "?", "response": "4", "label": "4", "metdata": {}}, "metadata"),
]


@pytest.mark.parametrize(("payload", "nearest"), NEAR_MISSES)
def test_a_key_that_nearly_is_one_is_refused_with_the_nearest(client, payload, nearest):
    reply = client.post("/get_reward", json=payload)
    assert reply.status_code == 422
    assert nearest in reply.json["error"]["message"]


@pytest.mark.parametrize(
    ("query", "nearest"),
    [
        ("detail=1", "did you mean details"),
        ("rewardkey=score", "did you mean reward_key"),
        ("reward_typ=f1", "/get_reward/NAME"),
        ("details=yes", "must be 1 or 0"),
    ],
)
def test_a_name_in_the_url_that_nearly_is_one_is_refused_with_the_nearest(client, query, nearest):
    payload = {"prompts": ["?"], "responses": ["4"], "golden_responses": ["4"]}
    reply = client.post(f"/get_reward?{query}", json=payload)
    assert reply.status_code == 422
    assert nearest in reply.json["error"]["message"]
    assert client.post("/get_reward?details=1&api-version=2", json=payload).json["details"]


@pytest.mark.parametrize(
    "payload",
    [
        {"prompts": ["?"], "responses": ["4"], "my_own_note": 1},
        {"query": ["4"], "labels": ["4"], "id": 7},
        {"query": ["4"], "labels": ["4"], "answer": "kept for the log"},
        {"model": "m", "messages": ["4"], "answer": "it has no golden answers"},
        {"prompt": "?", "response": "4", "label": "4", "metadata": {"a": 1}},
    ],
)
def test_a_key_that_is_like_none_is_left_alone(client, payload):
    assert client.post("/get_reward", json=payload).status_code == 200


def test_the_data_source_may_be_beside_the_label(engine):
    client = create_app(Settings(workers=1), engine).test_client()
    label = {"answer": "4", "data_source": "sums"}
    for payload, key in (
        ({"query": [RIGHT], "labels": [label]}, "rewards"),
        ({"prompt": "?", "response": RIGHT, "label": label, "reward_key": "score"}, "score"),
    ):
        assert client.post("/get_reward", json=payload).json[key] in (1.5, [1.5])


def test_variables_that_nothing_reads_are_errors():
    with pytest.raises(ConfigurationError, match="RULE_RM_WORKER; did you mean RULE_RM_WORKERS"):
        Settings.load({}, {"RULE_RM_WORKER": "2"})
    assert Settings.load({}, {"RULE_RM_URL": "http://x", "OTHER": "1"}).workers >= 1


def test_an_option_that_is_given_twice_is_an_error():
    command = [sys.executable, "-m", "rule_rm.cli", "serve", "--port", "1", "--port", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--port is given twice" in done.stderr


def test_a_partial_and_a_named_function_take_the_same_options(by_url):
    both = (partial(trl.reward, rule_rm_reward_type="math_equal"), trl.of("math_equal", url=by_url))
    assert [function(["2+2?"], [RIGHT], answer=["4"]) for function in both] == [[1.0], [1.0]]


@pytest.mark.parametrize("earlier", [None, ValueError("the model failed")])
def test_a_failure_is_an_error_of_the_state_of_verifiers(monkeypatch, earlier):
    single, group = {"error": earlier}, [{"error": earlier}, {"error": None}]
    with pytest.raises(ConfigurationError):
        asyncio.run(verifiers.reward("2+2?", RIGHT, "4", {}, single))
    with pytest.raises(ConfigurationError):
        asyncio.run(verifiers.group_reward(["2+2?"] * 2, [RIGHT] * 2, ["4"] * 2, [{}] * 2, group))
    assert "RULE_RM_URL=" in str(group[1]["error"])
    for state in (single, group[0]):
        assert state["error"] is earlier if earlier else "RULE_RM_URL=" in str(state["error"])


@pytest.mark.parametrize(
    ("status", "is_error"),
    [("unavailable", True), ("no_verdict", True), ("no_ground_truth", False), ("skipped", False)],
)
def test_what_verifiers_can_try_again_is_an_error_of_the_state(monkeypatch, status, is_error):
    detail = {"reward": None, "status": status, "explanation": "why", "metrics": {}}
    scored = {"reward": 1.5, "status": "ok", "explanation": "", "metrics": {}}
    reply = {"score": 0.0, "details": [detail]}
    monkeypatch.setattr(verifiers, "answering", lambda: lambda payload: reply)
    state: dict[str, object] = {}
    assert asyncio.run(verifiers.reward("2+2?", RIGHT, "4", {}, state)) == 0.0
    assert bool(state) == is_error
    monkeypatch.setattr(verifiers, "answering", lambda: lambda payload: {"details": [scored, detail]})
    states: list[dict[str, object]] = [{}, {}]
    given = (["2+2?"] * 2, [RIGHT] * 2, ["4"] * 2, [{}] * 2, states)
    assert asyncio.run(verifiers.group_reward(*given)) == [1.5, 1.5]
    assert [bool(one) for one in states] == [False, is_error]


def test_a_group_of_verifiers_finds_its_golden_answers_in_both_places(by_url):
    given = (["2+2?", "2+3?"], [RIGHT, WRONG], ["4", ""], [{}, {"answer": "5"}], [{}, {}])
    assert asyncio.run(verifiers.group_reward(*given)) == [1.5, 1.5]


def test_verifiers_v1_gets_an_error_for_what_is_unscored(by_url):
    trace = SimpleNamespace(last_reply=RIGHT)
    for task in (
        SimpleNamespace(prompt_text="2+2?", answer="4"),
        SimpleNamespace(data=SimpleNamespace(prompt="2+2?", answer="4")),
    ):
        assert asyncio.run(verifiers_v1.reward(task=task, trace=trace)) == 1.5
        assert asyncio.run(verifiers_v1.metrics(task=task, trace=trace)) == {"accuracy": 1.0, "format": 1.0}
    with pytest.raises(UnscoredError, match="not scored: there is no golden answer"):
        asyncio.run(verifiers_v1.reward(SimpleNamespace(prompt_text="2+2?"), trace))


def test_verifiers_v1_sends_the_reasoning_of_the_model(by_url):
    turn = {"role": "assistant", "reasoning_content": "2 and 2", "content": "<answer>4</answer>"}
    trace = SimpleNamespace(last_reply="<answer>4</answer>", assistant_messages=[turn])
    task = SimpleNamespace(prompt=[{"role": "user", "content": "2+2?"}], answer="4")
    assert asyncio.run(verifiers_v1.reward(task, trace)) == 1.5
    trace.root_reply = "<answer>4</answer>"
    assert asyncio.run(verifiers_v1.reward(task, trace)) == 0.0
