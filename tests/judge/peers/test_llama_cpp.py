"""The judge's client in front of llama.cpp's real server, whose small judge really judges."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest

from rule_rm.errors import JudgeError
from rule_rm.judge.client.question import Question
from rule_rm.judge.reading.menu import Label, Menu
from rule_rm.judge.reading.verdicts import read_verdict

from ...fakes import fault_proxy as faults
from ...fakes.fault_proxy import FaultProxy
from .make_tiny_judge import pair, question

MENU = Menu({"CORRECT": Label(1.0), "INCORRECT": Label(0.0), "INVALID": Label(0.0, is_answer=False)})
PATIENCE = 120.0


def asked(reference: str, answer: str, kind: str = "Verdict?", **given) -> Question:
    message = {"role": "user", "content": question(reference, answer, kind)}
    return Question(**{"messages": (message,), "max_tokens": 24, **given})


def ask(client, *arguments, **given):
    return client.ask(asked(*arguments, **given), monotonic() + PATIENCE)


def test_the_tiny_judge_judges_pairs_that_it_never_saw(llama_url, client_of):
    client, chance = client_of(llama_url), random.Random("never seen")
    pairs = [pair(chance) for _ in range(300)]
    with ThreadPoolExecutor(16) as threads:
        replies = list(threads.map(lambda one: ask(client, one[0], one[1]), pairs))
    values = [read_verdict(reply, MENU).value for reply in replies]
    agreed = sum(value == is_right for value, (*_, is_right) in zip(values, pairs, strict=True))
    assert agreed >= 0.97 * len(pairs)


def test_logprobs_come_with_every_token(llama_url, client_of):
    reply = ask(client_of(llama_url), "42", "42", "Right?", top_logprobs=3)
    (token, alternatives), *rest = reply.logprobs
    assert (token, rest) == ("Yes", [])
    assert len(alternatives) == 3
    assert max(alternatives, key=lambda one: one[1])[0] == "Yes"
    assert {other for other, _ in alternatives} >= {"Yes", "No"}
    assert all(logprob <= 0 for _, logprob in alternatives)
    assert ask(client_of(llama_url), "42", "42", "Right?").logprobs is None


@pytest.mark.parametrize(("answer", "value"), [("731", 1.0), ("713", 0.0)])
def test_a_schema_is_answered_by_500_then_given_as_an_object_and_remembered(
    llama_url, client_of, answer, value
):
    client = client_of(llama_url)
    schema = MENU.schema(reasoning=False)
    for _ in range(4):
        reply = ask(client, "731", answer, json_schema=schema)
        assert reply.text.startswith("{")
        assert read_verdict(reply, MENU, as_json=True).value == value
    before = client.state()["requests"]
    ask(client, "731", answer, json_schema=schema)
    assert client.state()["requests"] == before + 1


def test_a_model_that_is_not_there_is_served_all_the_same(llama_url, client_of):
    client = client_of(llama_url, model="no-such-model")
    client.check(monotonic() + PATIENCE)
    assert ask(client, "42", "42").text == "VERDICT: CORRECT"


def test_a_prompt_beyond_the_context_fails_at_once_and_says_so(llama_url, client_of):
    client = client_of(llama_url)
    with pytest.raises(JudgeError, match=r"400.*context length"):
        ask(client, "42", "1 " * 600)
    state = client.state()
    assert (state["requests"], state["retries"]) == (1, 0)
    assert ask(client, "42", "42").text == "VERDICT: CORRECT"


def test_a_reply_that_is_cut_short_says_so(llama_url, client_of):
    assert ask(client_of(llama_url), "42", "42", max_tokens=2).finish_reason == "length"


def test_usage_is_counted(llama_url, client_of):
    client = client_of(llama_url, price_in=1e6, price_out=1e6)
    reply = ask(client, "42", "42")
    assert reply.prompt_tokens > 10
    assert reply.completion_tokens > 2
    assert client.state()["cost"] == reply.prompt_tokens + reply.completion_tokens


@pytest.mark.parametrize(
    "fault", [fault for fault in faults.PASSING if fault.name != "slow"], ids=lambda one: one.name
)
def test_every_fault_before_the_real_server_is_got_over(llama_url, client_of, fault):
    with FaultProxy(llama_url, faults.at_first(fault, fault)) as proxy:
        client = client_of(proxy.url)
        assert ask(client, "42", "42").text == "VERDICT: CORRECT"
        assert proxy.faults == {fault.name: 2}
        assert proxy.attempts.total() == 3
