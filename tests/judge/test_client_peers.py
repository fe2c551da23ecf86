"""The fake judge and the fault proxy themselves: a test is worth what its peers are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import HTTPError

from ..fakes import fault_proxy as faults
from ..fakes.fault_proxy import FaultProxy
from ..fakes.scripted_judge import Completion, Refusal, ScriptedJudge


def ask(server: ScriptedJudge | FaultProxy, text: str, **fields: Any) -> tuple[int, Any]:
    body = {"model": "judge", "messages": [{"role": "user", "content": text}], **fields}
    with HTTPConnectionPool("127.0.0.1", server.server_port, retries=False, timeout=10) as pool:
        reply = pool.urlopen("POST", "/v1/chat/completions", json.dumps(body).encode())
        return reply.status, json.loads(reply.data)


def test_the_fake_says_what_it_is_told_and_counts_it() -> None:
    script: dict[str, Any] = {
        "a": "yes",
        "b": Completion(None, "hm", "length"),
        "c": Refusal(400, "too long"),
    }
    with ScriptedJudge(lambda body: script[body["messages"][-1]["content"]]) as judge:
        assert ask(judge, "a")[1]["choices"][0]["message"]["content"] == "yes"
        choice = ask(judge, "b")[1]["choices"][0]
        assert choice["message"] == {"role": "assistant", "content": None, "reasoning_content": "hm"}
        assert choice["finish_reason"] == "length"
        assert ask(judge, "c") == (
            400,
            {"error": {"message": "too long", "type": "invalid_request_error", "code": 400}},
        )
        assert judge.judged == {"a": 1, "b": 1}
        assert len(judge.bodies) == 3


def test_the_fake_refuses_formats_models_and_keys() -> None:
    with ScriptedJudge(refuses={"json_schema": 500}, key="right") as judge:
        assert ask(judge, "a")[0] == 401
        judge.key = None
        assert ask(judge, "a", model="other")[0] == 404
        assert ask(judge, "a", response_format={"type": "json_schema"})[0] == 500
        assert ask(judge, "a", response_format={"type": "json_object"})[0] == 200


def test_the_fake_gives_logprobs_if_asked() -> None:
    answer = Completion("7", logprobs=[("7", {"7": -0.1, "8": -2.5})])
    with ScriptedJudge(lambda body: answer) as judge:
        assert "logprobs" not in ask(judge, "a")[1]["choices"][0]
        (token,) = ask(judge, "a", logprobs=True, top_logprobs=2)[1]["choices"][0]["logprobs"]["content"]
        assert [(top["token"], top["logprob"]) for top in token["top_logprobs"]] == [("7", -0.1), ("8", -2.5)]


def test_the_proxy_passes_on_what_meets_no_fault() -> None:
    with ScriptedJudge("fine") as judge, FaultProxy(judge.url) as proxy:
        assert ask(proxy, "a")[1]["choices"][0]["message"]["content"] == "fine"
        assert proxy.delivered == {"a": 1}
        with HTTPConnectionPool("127.0.0.1", proxy.server_port, retries=False) as pool:
            assert pool.urlopen("GET", "/v1/models").json()["data"] == [{"id": "judge"}]


@pytest.mark.parametrize("fault", faults.PASSING, ids=lambda fault: fault.name)
def test_every_fault_happens_once_and_then_no_more(fault: faults.Fault) -> None:
    with ScriptedJudge() as judge, FaultProxy(judge.url, faults.by_question(fault)) as proxy:
        try:
            status, content = ask(proxy, "a")
            is_whole = status == 200 and content["choices"][0]["message"]["content"] == "CORRECT"
        except (HTTPError, ValueError, LookupError):
            is_whole = False
        assert is_whole == (fault.name == "slow")
        assert ask(proxy, "a")[0] == 200
        assert proxy.faults == {fault.name: 1}
        assert proxy.attempts == {"a": 2}
