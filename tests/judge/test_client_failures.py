"""The judge's client with servers and networks that fail: retries, final errors and their messages."""

from __future__ import annotations

import email.utils
import logging
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from rule_rm.errors import ConfigurationError, JudgeError
from rule_rm.judge import Question
from rule_rm.judge.client import breaker, budget, judge_client
from rule_rm.judge.client.failure import AttemptError

from ..fakes import fault_proxy as faults
from ..fakes import faulty_server
from ..fakes.fault_proxy import Fault, FaultProxy
from ..fakes.scripted_judge import Refusal, ScriptedJudge
from ..waiting import PATIENCE, until
from .conftest import Connect, Serve, ask

KINDS = {
    "429": "http_429",
    "500": "http_500",
    "502": "http_502",
    "503": "http_503",
    "slow": None,
    "reset amid the reply": "reset",
    "half a reply": "reset",
    "truncated": "unreadable",
    "html": "unreadable",
    "no choices": "no_choices",
    "null content": "no_content",
}


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(breaker, "FIRST_REST", 0.05)


# Temporary failures


@pytest.mark.parametrize("fault", faults.PASSING, ids=lambda fault: fault.name)
def test_what_can_pass_is_tried_again(fault: Fault, serve: Serve, harm: Any, connect: Connect) -> None:
    proxy = harm(serve(), faults.at_first(None, fault, fault))
    client = connect(proxy)
    for text in "ab":
        assert ask(client, text).text == "CORRECT"
    assert proxy.delivered == {"a": 1, "b": 1}
    state = client.state()
    assert state["lost"] == {}
    if fault is not faults.RESET:  # a connection that was kept and is torn says nothing
        assert state["failures"] == ({KINDS[fault.name]: 2} if KINDS[fault.name] else {})


@pytest.mark.parametrize(
    "fault", [fault for fault in faults.PASSING if fault.name != "slow"], ids=lambda f: f.name
)
def test_what_does_not_pass_is_told_with_its_kind(
    fault: Fault, serve: Serve, harm: Any, connect: Connect
) -> None:
    proxy = harm(serve(), faults.in_turn(fault))
    client = connect(proxy, max_tries=3)
    seconds = 1.0 if fault.name in ("429", "503") else 20.0  # a Retry-After costs no tries
    with pytest.raises(JudgeError, match="try") as caught:
        ask(client, seconds=seconds)
    assert isinstance(caught.value, AttemptError)
    assert caught.value.kind == KINDS.get(fault.name, "reset")
    assert client.state()["lost"] == {caught.value.kind: 1}
    assert not proxy.delivered


def test_a_kept_connection_that_the_server_closed_costs_nothing(serve: Serve, connect: Connect) -> None:
    judge = serve()
    client = connect(judge)
    ask(client, "a")
    for connection in judge.open_connections:
        connection.shutdown(socket.SHUT_RDWR)
    ask(client, "b")
    assert judge.connections == 2
    state = client.state()
    assert (state["failures"], state["retries"]) == ({}, 0)


def test_connections_are_kept(serve: Serve, connect: Connect) -> None:
    judge = serve()
    client = connect(judge)
    for number in range(5):
        ask(client, str(number))
    assert judge.connections == 1


def test_connections_are_kept_after_replies_in_chunks(serve: Serve, harm: Any, connect: Connect) -> None:
    def in_chunks(exchange: Any) -> None:
        content = exchange.fetch().data
        exchange.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for start in range(0, len(content), 50):
            piece = content[start : start + 50]
            exchange.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        exchange.wfile.write(b"0\r\n\r\n")

    proxy = harm(serve(), faults.in_turn(Fault("chunks", in_chunks)))
    client = connect(proxy)
    for number in range(5):
        assert ask(client, str(number)).text == "CORRECT"
    assert proxy.connections == 1


def test_a_judge_that_is_started_late_is_waited_for(dead: str, connect: Connect, stack: ExitStack) -> None:
    client = connect(dead, breaker_failures=2)
    with ThreadPoolExecutor() as pool:
        reply = pool.submit(ask, client)
        until(lambda: client.state()["failures"] or reply.done())
        stack.enter_context(ScriptedJudge(port=int(dead.rpartition(":")[2])))
        assert reply.result().text == "CORRECT"
    assert client.state()["failures"]["unreachable"] >= 1


def test_another_endpoint_is_tried_after_a_failure(serve: Serve, dead: str, connect: Connect) -> None:
    judge = serve()
    client = connect(dead, judge)
    for number in range(4):
        assert ask(client, str(number)).endpoint == judge.url
    assert client.state()["failures"]["unreachable"] <= 4


def test_an_endpoint_that_hangs_is_left_for_another(serve: Serve, harm: Any, connect: Connect) -> None:
    good = serve()
    hanging = harm(serve(), faults.in_turn(Fault("silence", faulty_server.silence)))
    client = connect(hanging, good, attempt_timeout=2.0)
    assert ask(client).endpoint == good.url
    assert client.state()["failures"] == {"timeout": 1}


# Permanent failures


@pytest.mark.parametrize("status", [400, 402, 404, 413, 422])
def test_what_the_server_refuses_is_told_at_once_in_its_words(
    status: int, serve: Serve, connect: Connect
) -> None:
    judge = serve(lambda body: Refusal(status, "the prompt is longer than the context"))
    client = connect(judge)
    with pytest.raises(JudgeError, match=f"{status}: the prompt is longer than the context"):
        ask(client)
    assert len(judge.bodies) == 1
    assert client.state()["lost"] == {f"http_{status}": 1}


def test_a_redirect_is_not_followed_with_the_key(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_KEY", "s3cret")
    other = serve()
    judge = serve(lambda body: Refusal(307, "", {"Location": f"{other.url}/chat/completions"}), key="s3cret")
    with pytest.raises(JudgeError, match="307, a redirect"):
        ask(connect(judge, api_key_env="SOME_KEY"))
    assert not other.connections


def test_proxies_of_the_environment_are_not_used(
    serve: Serve, dead: str, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, dead)
    assert ask(connect(serve())).text == "CORRECT"


def test_a_reply_without_an_end_is_cut(
    serve: Serve, harm: Any, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge_client, "MAX_REPLY_BYTES", 1 << 20)
    proxy = harm(serve(), faults.in_turn(Fault("endless", faulty_server.endless)))
    with pytest.raises(JudgeError, match="more than 1048576 bytes"):
        ask(connect(proxy, max_tries=2))


def test_json_that_is_too_deep_is_no_reply(serve: Serve, harm: Any, connect: Connect) -> None:
    deep = Fault("deep", lambda exchange: exchange.answer(b"[" * 100_000))
    with pytest.raises(JudgeError, match="no JSON"):
        ask(connect(harm(serve(), faults.in_turn(deep)), max_tries=2))


@pytest.mark.parametrize(
    "content",
    [
        b"null",
        b"[]",
        b'{"choices": null}',
        b'{"choices": {}}',
        b'{"choices": [null]}',
        b'{"choices": [{}]}',
        b'{"choices": [{"message": "CORRECT"}]}',
        b'{"choices": [{"message": {"content": 7}}]}',
        b'{"error": {"message": "no capacity"}}',
        b"\xff\xfe",
        b"",
    ],
)
def test_a_200_without_a_message_is_no_reply(
    content: bytes, serve: Serve, harm: Any, connect: Connect
) -> None:
    fault = Fault("odd", lambda exchange: exchange.answer(content))
    proxy = harm(serve(), faults.at_first(fault))
    client = connect(proxy)
    assert ask(client).text == "CORRECT"
    assert sum(client.state()["failures"].values()) == 1


def test_odd_usage_and_logprobs_do_not_cost_a_reply(serve: Serve, harm: Any, connect: Connect) -> None:
    content = (
        b'{"choices": [{"message": {"content": [{"type": "text", "text": "4"}]}, "finish_reason": 3,'
        b' "logprobs": {"content": [{"token": 4}]}}], "usage": {"prompt_tokens": "7"}}'
    )
    fault = Fault("odd", lambda exchange: exchange.answer(content))
    reply = ask(connect(harm(serve(), faults.at_first(fault))))
    assert (reply.text, reply.finish_reason, reply.logprobs) == ("4", "", None)
    assert (reply.prompt_tokens, reply.completion_tokens) == (0, 0)


# Endpoints that fail fast


def _refusing(status: int) -> Fault:
    headers = {"Location": "http://127.0.0.1:1/"} if 300 <= status < 400 else {}
    return Fault(str(status), lambda exchange: exchange.answer(b'{"detail": "no"}', status, headers))


GARBAGE = (
    faults.HTML,
    faults.NULL_CONTENT,
    Fault("no choices", lambda exchange: exchange.answer(b'{"choices": []}')),
)


@pytest.mark.parametrize(
    "fault",
    [*map(_refusing, (301, 302, 400, 401, 403, 404, 405, 422)), *GARBAGE],
    ids=lambda fault: fault.name,
)
def test_a_server_that_fails_fast_costs_no_question_while_another_replies(
    fault: Fault, serve: Serve, harm: Any, connect: Connect
) -> None:
    good = serve(delay=0.01)
    bad = harm(serve(), faults.in_turn(fault))
    client = connect(bad, good, retry_share=0.0, concurrency=8)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda number: ask(client, str(number)).endpoint, range(60)))
    assert replies == [good.url] * 60
    # It is shunned: its breaker opened.
    assert client.state()["endpoints"][bad.url]["breaker"] != "closed"


def test_a_server_that_refuses_its_probe_too_rests_for_longer(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "FIRST_REST", 0.001)
    bad = serve(lambda body: Refusal(400, "no"))
    good = serve(delay=0.005)
    client = connect(bad, good, breaker_failures=1)
    for number in range(60):
        assert ask(client, str(number)).endpoint == good.url
    # A rest doubles up to 5 s, so that even a minute has room for 29 probes at most.
    assert len(bad.bodies) < 40


def test_a_question_that_all_servers_refuse_is_put_to_each_once(serve: Serve, connect: Connect) -> None:
    judges = [serve(lambda body: Refusal(400, "too long")) for _ in range(3)]
    client = connect(*judges, breaker_failures=2)
    for number in range(6):
        with pytest.raises(JudgeError, match="400: too long"):
            ask(client, str(number))
    assert [len(judge.bodies) for judge in judges] == [6, 6, 6]
    assert {one["breaker"] for one in client.state()["endpoints"].values()} == {"closed"}


def test_a_server_whose_replies_hold_no_verdict_is_asked_last(serve: Serve, connect: Connect) -> None:
    useless, good = serve("I can't say."), serve("CORRECT", delay=0.002)
    client = connect(useless, good)
    for number in range(60):
        question = Question(messages=({"role": "user", "content": str(number)},))
        client.ask(question, time.monotonic() + 10, lambda reply: reply.text == "CORRECT")
    assert len(useless.bodies) < 20
    state = client.state()["endpoints"]
    assert state[useless.url]["unusable"] == state[useless.url]["replies"] == len(useless.bodies)
    assert state[good.url]["unusable"] == 0


def test_fields_that_reasoning_models_refuse_are_sent_no_more(serve: Serve, connect: Connect) -> None:
    def strict(body: dict[str, Any]) -> str | Refusal:
        if "max_tokens" in body:
            return Refusal(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
        if body.get("temperature", 1) != 1:
            return Refusal(400, "Unsupported value: 'temperature' does not support 0 with this model.")
        return "CORRECT"

    judge = serve(strict)
    client = connect(judge)
    assert ask(client, "a", max_tokens=77).text == ask(client, "b", max_tokens=77).text == "CORRECT"
    assert [body.get("max_completion_tokens") for body in judge.bodies] == [None, 77, 77, 77]
    assert client.state()["failures"] == {}


# Proxies and keys


def test_a_proxy_of_the_environment_is_asked_for_servers_elsewhere(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve()
    monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/v1"))
    monkeypatch.delenv("no_proxy", raising=False)
    client = connect("http://judge.invalid:8000")
    with pytest.raises(JudgeError, match="404"):  # the fake knows its own paths alone
        ask(client)
    assert proxy.connections == 1
    monkeypatch.setenv("no_proxy", ".invalid")

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(JudgeError, match="not known"):
        ask(connect("http://judge.invalid:8000", max_tries=1))


@pytest.mark.parametrize(
    ("url_end", "options", "expected"),
    [
        ("", {}, ("Authorization", "Bearer s3cret")),
        ("?api-version=2024-10-21", {}, ("api-key", "s3cret")),
        ("", {"api_key_header": "X-Key"}, ("X-Key", "s3cret")),
    ],
)
def test_the_key_is_in_the_header_that_the_server_wants(
    url_end: str,
    options: dict[str, str],
    expected: tuple[str, str],
    serve: Serve,
    harm: Any,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOME_KEY", "s3cret")
    seen: list[dict[str, str]] = []

    def note(exchange: Any) -> None:
        seen.append(dict(exchange.headers))
        exchange.answer(b'{"choices": [{"message": {"content": "4"}, "finish_reason": "stop"}]}')

    proxy = harm(serve(), faults.in_turn(Fault("note", note)))
    ask(connect(f"{proxy.url}/chat/completions{url_end}", api_key_env="SOME_KEY", **options))
    name, value = expected
    assert seen[0][name] == value
    assert list(seen[0].values()).count("s3cret") == (value == "s3cret")


# Time


@pytest.mark.parametrize(
    "behaviour", [faulty_server.silence, faulty_server.trickled_body, faulty_server.trickled_headers]
)
def test_nothing_outlasts_the_deadline(
    behaviour: faulty_server.Behaviour, serve: Serve, harm: Any, connect: Connect
) -> None:
    client = connect(harm(serve(), faults.in_turn(Fault("late", behaviour))))
    with pytest.raises(JudgeError, match="did not reply in time"):
        ask(client, seconds=0.3)
    assert client.state()["lost"] == {"timeout": 1}


def test_the_line_counts_towards_the_deadline(serve: Serve, connect: Connect) -> None:
    may_go = threading.Event()

    def answer(body: dict[str, Any]) -> str:
        may_go.wait(PATIENCE)
        return "CORRECT"

    judge = serve(answer)
    client = connect(judge, concurrency=1)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, client, "a")
        until(lambda: judge.bodies)
        with pytest.raises(JudgeError, match="the line for the judge was too long"):
            ask(client, "b", seconds=0.1)
        may_go.set()
        assert first.result().text == "CORRECT"
    assert len(judge.bodies) == 1


def test_what_failed_before_is_told_with_what_ended_it(serve: Serve, harm: Any, connect: Connect) -> None:
    proxy = harm(serve(), faults.at_first(faults.status(429, Retry_After="20")))
    with pytest.raises(JudgeError, match=r"left alone.*before that, .* answered 429: injected"):
        ask(connect(proxy), seconds=5)


def test_a_retry_after_is_kept(serve: Serve, harm: Any, connect: Connect) -> None:
    proxy = harm(serve(), faults.at_first(faults.status(429, Retry_After="1")))
    client = connect(proxy)
    began = time.monotonic()
    assert ask(client, "a").text == "CORRECT"
    assert time.monotonic() - began >= 1.0


def test_a_retry_after_costs_no_try(serve: Serve, harm: Any, connect: Connect) -> None:
    proxy = harm(serve(), faults.at_first(*[faults.status(429, Retry_After="0")] * 5))
    assert ask(connect(proxy, max_tries=1)).text == "CORRECT"


def test_a_retry_after_holds_for_all_questions(serve: Serve, harm: Any, connect: Connect) -> None:
    proxy = harm(serve(), faults.at_first(faults.status(503, Retry_After="20")))
    client = connect(proxy)
    for text in "ab":
        with pytest.raises(JudgeError, match="left alone for another"):
            ask(client, text, seconds=5)
    assert proxy.attempts == {"a": 1}


def test_a_retry_after_that_is_too_long_for_the_question_fails_it_at_once(
    serve: Serve, harm: Any, connect: Connect
) -> None:
    date = email.utils.formatdate(time.time() + 3600, usegmt=True)
    client = connect(harm(serve(), faults.at_first(faults.status(429, Retry_After=date))))
    with pytest.raises(JudgeError, match="left alone for another"):
        ask(client, seconds=10)
    # A server can't ask for more than it is granted.
    (endpoint,) = client.state()["endpoints"].values()
    assert 20 < endpoint["rests"] <= 30


def test_a_retry_after_of_one_endpoint_sends_questions_to_the_other(
    serve: Serve, harm: Any, connect: Connect
) -> None:
    judge = serve()
    busy = harm(judge, faults.in_turn(faults.status(429, Retry_After="20")))
    client = connect(busy, judge)
    for number in range(4):
        assert ask(client, str(number)).endpoint == judge.url
    assert busy.attempts.total() == 1


@pytest.mark.parametrize("value", ["soon", "-5", "1e999", ""])
def test_an_unreadable_retry_after_is_as_good_as_none(
    value: str, serve: Serve, harm: Any, connect: Connect
) -> None:
    client = connect(harm(serve(), faults.at_first(faults.status(429, Retry_After=value))))
    assert ask(client, seconds=10).text == "CORRECT"


def test_retries_end_when_their_budget_is_spent(
    serve: Serve, harm: Any, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "FIRST_PAUSE", 0.0)
    proxy = harm(serve(), faults.in_turn(faults.status(500)))
    client = connect(proxy, retry_share=0.0, concurrency=2, max_tries=10_000, breaker_failures=100_000)
    with pytest.raises(JudgeError, match="500"):
        ask(client, seconds=1.5)
    # The reserve of 2, and 10 a second.
    assert proxy.attempts.total() <= 1 + 2 + 15


# Outages


def test_a_judge_that_stays_down_fails_questions_at_once(dead: str, connect: Connect) -> None:
    client = connect(dead, outage_patience=0.0, breaker_failures=2, max_tries=2)
    kinds = []
    for number in range(8):
        with pytest.raises(AttemptError) as caught:
            ask(client, str(number))
        kinds.append(caught.value.kind)
    assert kinds[0] == "unreachable"
    assert kinds[-1] == "down"
    (endpoint,) = client.state()["endpoints"].values()
    assert endpoint["breaker"] == "open"
    assert client.state()["requests"] < 8


def test_a_short_outage_loses_nothing(serve: Serve, harm: Any, connect: Connect) -> None:
    proxy = harm(serve(), faults.at_first(*[faults.status(502)] * 10))
    client = connect(proxy, breaker_failures=4, max_tries=20)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda number: ask(client, str(number)).text, range(8)))
    assert replies == ["CORRECT"] * 8
    (endpoint,) = client.state()["endpoints"].values()
    assert endpoint["breaker"] == "closed"


def test_what_one_question_is_refused_for_does_not_speak_against_the_endpoint(
    serve: Serve, connect: Connect
) -> None:
    judge = serve(lambda body: Refusal(400, "too long"))
    client = connect(judge, breaker_failures=2)
    for number in range(6):
        with pytest.raises(JudgeError, match="too long"):
            ask(client, str(number))
    assert len(judge.bodies) == 6


def test_callers_in_a_hurry_do_not_open_the_breaker(serve: Serve, connect: Connect) -> None:
    client = connect(serve(delay=PATIENCE), breaker_failures=2)
    for number in range(4):
        with pytest.raises(JudgeError):
            ask(client, str(number), seconds=0.02)
    (endpoint,) = client.state()["endpoints"].values()
    assert endpoint["breaker"] == "closed"


# Secrets and logs


def test_the_key_and_the_texts_stay_out_of_logs_errors_and_state(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SOME_KEY", "s3cret-key")
    caplog.set_level(logging.DEBUG)
    judge = serve(
        lambda body: Refusal(500, f"s3cret-key: {body['messages'][0]['content']}"), key="s3cret-key"
    )
    client = connect(judge, api_key_env="SOME_KEY", max_tries=2)
    with pytest.raises(JudgeError) as caught:
        ask(client, "the policy's text")
    judge.key = "another"
    with pytest.raises(JudgeError, match=r"401: Incorrect API key provided: Bearer \*\*\*") as refused:
        ask(client)
    shown = f"{caplog.text} {caught.value} {refused.value} {client.state()} {client._options}"
    assert "s3cret" not in shown
    assert "the policy's text" not in caplog.text
    assert "http_500" in caplog.text


@pytest.mark.parametrize(
    "echo",
    [b"<html>\x1b[31mhello Bearer s3cret-key</html>", b'{"choices": [{"s3cret-key": 1}]}'],
    ids=["no JSON", "no message"],
)
def test_a_gateway_that_echoes_the_key_shows_it_to_nobody(
    echo: bytes, serve: Serve, harm: Any, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_KEY", "s3cret-key")
    proxy = harm(serve(), faults.in_turn(Fault("echo", lambda exchange: exchange.answer(echo))))
    client = connect(proxy, api_key_env="SOME_KEY", max_tries=2)
    with pytest.raises(JudgeError) as caught:
        ask(client)
    with pytest.raises(ConfigurationError) as at_start:
        client.check(time.monotonic() + PATIENCE)
    shown = f"{caught.value} {at_start.value} {client.state()}"
    assert "s3cret" not in shown
    assert "\x1b" not in shown


def test_what_fails_again_and_again_is_logged_less_and_less(
    serve: Serve, harm: Any, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="rule_rm.judge.client.tally")
    proxy: FaultProxy = harm(serve(), faults.in_turn(faults.NULL_CONTENT))
    client = connect(proxy, max_tries=9)
    with pytest.raises(JudgeError):
        ask(client)
    told = [record.getMessage() for record in caplog.records if "(failure" in record.getMessage()]
    assert [message.rpartition("(")[2] for message in told] == [
        f"failure {count} of that kind)" for count in (1, 2, 4, 8)
    ]
