"""A server that wants a token, asked without it or with a wrong one: each integration says what to set."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests

from rule_rm import start_server
from rule_rm.errors import RemoteRewardError
from rule_rm.integrations import (
    answering,
    areal,
    easyr1,
    openrlhf,
    rllm,
    skyrl,
    slime,
    trl,
    verifiers,
    verifiers_v1,
    verl,
)
from rule_rm.integrations.ms_swift import rule_rm_plugin as swift

TOKEN = "the-right-token"
RIGHT = "<think>2 and 2</think><answer>4</answer>"
SAMPLE = SimpleNamespace(prompt="2+2?", response=RIGHT, label="4", metadata={})
TASK = SimpleNamespace(prompt_text="2+2?", answer="4")
TRACE = SimpleNamespace(last_reply=RIGHT)
ROW = {"reward_spec": {"ground_truth": "4"}}
DIALOGUE = [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": RIGHT}]


def group_of_verifiers():
    state = {"error": None}
    return asyncio.run(verifiers.group_reward(["2+2?"], [RIGHT], ["4"], [{}], [state]))


CALLS = {
    "trl": (lambda: trl.reward(["2+2?"], [RIGHT], answer=["4"]), [1.5]),
    "trl, awaited": (lambda: asyncio.run(trl.async_reward(["2+2?"], [RIGHT], answer=["4"])), [1.5]),
    "trl, of a type": (lambda: trl.math_equal(["2+2?"], [RIGHT], answer=["4"]), [1.0]),
    "ms_swift": (lambda: swift.Reward()([RIGHT], solution=["4"]), [1.5]),
    "ms_swift, awaited": (lambda: asyncio.run(swift.AsyncReward()([RIGHT], solution=["4"])), [1.5]),
    "ms_swift, its reward model": (
        lambda: swift.RewardModelPlugin()([{"messages": DIALOGUE, "solution": "4"}]),
        [1.5],
    ),
    "verl": (lambda: verl.compute_score("sums", RIGHT, "4")["score"], 1.5),
    "verl, awaited": (lambda: asyncio.run(verl.compute_score_async("sums", RIGHT, "4"))["score"], 1.5),
    "verl, in batches": (
        lambda: [row["score"] for row in verl.compute_score_batch(["sums"], [RIGHT], ["4"], [None])],
        [1.5],
    ),
    "verl, a float": (lambda: verl.compute_float("sums", RIGHT, "4"), 1.5),
    "verifiers": (lambda: asyncio.run(verifiers.reward("2+2?", RIGHT, "4")), 1.5),
    "verifiers, a group": (group_of_verifiers, [1.5]),
    "verifiers_v1": (lambda: asyncio.run(verifiers_v1.reward(TASK, TRACE)), 1.5),
    "verifiers_v1, metrics": (lambda: asyncio.run(verifiers_v1.metrics(TASK, TRACE))["accuracy"], 1.0),
    "slime": (lambda: asyncio.run(slime.reward(SimpleNamespace(rm_url=None), SAMPLE)), 1.5),
    "slime, a group": (lambda: asyncio.run(slime.reward(SimpleNamespace(rm_url=None), [SAMPLE])), [1.5]),
    "areal": (lambda: areal.reward("2+2?", RIGHT, answer="4"), 1.5),
    "areal, scored only": (lambda: areal.scored_reward("2+2?", RIGHT, answer="4"), 1.5),
    "easyr1": (lambda: easyr1.compute_score([{"response": RIGHT, "ground_truth": "4"}])[0]["overall"], 1.5),
    "skyrl": (lambda: skyrl.RuleRmEnv({}, ROW).step(RIGHT)["reward"], 1.5),
    "rllm": (lambda: rllm.reward({"question": "2+2?", "answer": "4"}, RIGHT).reward, 1.5),
    "rllm, torchforge": (lambda: rllm.torchforge_reward("2+2?", RIGHT, "4"), 1.5),
    "openrlhf": (lambda: openrlhf.reward_func(["2+2?" + RIGHT], ["2+2?"], ["4"])["rewards"], [1.5]),
}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """Yield a server of `math_verifier` with a token."""
    with start_server(
        port=0, workers=1, token=TOKEN, output_dir=tmp_path_factory.mktemp("guarded")
    ) as server:
        yield server


@pytest.fixture(autouse=True)
def _asked(guarded, monkeypatch):
    monkeypatch.setattr(answering, "_remotes", {})
    monkeypatch.setenv("RULE_RM_URL", guarded.url)
    for name in ("RULE_RM_TOKEN", "RULE_RM_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    torch = SimpleNamespace(tensor=lambda values, dtype: values, float32=None)
    monkeypatch.setitem(sys.modules, "torch", torch)


@pytest.mark.parametrize(("given", "said"), [(None, "no token"), ("another-token", "wrong token")])
@pytest.mark.parametrize(("call", "right"), CALLS.values(), ids=CALLS)
def test_without_the_token_it_raises_and_with_it_the_next_call_scores(monkeypatch, call, right, given, said):
    if given:
        monkeypatch.setenv("RULE_RM_TOKEN", given)
    with pytest.raises(RemoteRewardError, match=f"set RULE_RM_TOKEN=TOKEN .* answered 401: {said}"):
        call()
    monkeypatch.setenv("RULE_RM_TOKEN", TOKEN)
    assert call() == right


def test_a_wrong_token_in_the_url_is_named_without_the_token(monkeypatch, guarded):
    monkeypatch.setenv("RULE_RM_URL", f"{guarded.url}/t/another-token")
    with pytest.raises(RemoteRewardError, match="wrong token") as raised:
        trl.reward(["2+2?"], [RIGHT], answer=["4"])
    assert "another-token" not in str(raised.value)


def test_every_integration_is_here():
    places = {place.stem for place in Path(answering.__file__).parent.glob("[!_]*")}
    shared = {"answering", "rows", "images", "unscored"}
    assert {name.split(",")[0] for name in CALLS} == places - shared


@pytest.mark.parametrize("token", ["", "/t/another-token"])
@pytest.mark.parametrize(
    "path",
    [
        "get_reward",
        "get_reward2",
        "verify",
        "seed_session",
        "evaluate",
        "submit_task",
        "task_result",
        "bedrock",
        "v1/fine_tuning/alpha/graders/run",
    ],
)
def test_clients_that_know_a_url_alone_get_no_number(guarded, path, token):
    # Some of them look at no status: they look for one of these keys, or for a list.
    reply = requests.post(f"{guarded.url}{token}/{path}", json={}, timeout=30)
    assert reply.status_code == 401
    assert set(reply.json()) == {"type", "title", "status", "detail", "error"}
    assert "as `/t/TOKEN/get_reward`" in reply.json()["detail"]
