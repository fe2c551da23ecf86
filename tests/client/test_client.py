"""The client against a real server that misbehaves in every way that servers and networks know."""

from __future__ import annotations

import json
import logging
import math
import os
import pickle
import random
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from urllib3.exceptions import InsecureRequestWarning

from rule_rm.client import RemoteRewardModel, model, replies
from rule_rm.errors import RemoteRewardError
from rule_rm.http import connections, transport
from rule_rm.http.replies import decode

from ..fakes import faulty_server as faults
from ..fakes.faulty_server import Exchange, FaultyServer
from ..waiting import PATIENCE

Serve = Callable[..., FaultyServer]
Connect = Callable[..., RemoteRewardModel]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def serve(stack: ExitStack) -> Serve:
    return lambda *behaviours, **options: stack.enter_context(FaultyServer(*behaviours, **options))


@pytest.fixture
def connect(stack: ExitStack) -> Connect:
    def connect(*servers: FaultyServer | str, **options: Any) -> RemoteRewardModel:
        urls = [server if isinstance(server, str) else server.url for server in servers]
        return stack.enter_context(RemoteRewardModel(urls, **{"timeout": 10, "backoff": 0.01, **options}))

    return connect


@pytest.fixture
def torch() -> Any:
    return pytest.importorskip("torch")


@pytest.fixture(autouse=True)
def _lists_unless_torch_is_asked_for(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "torch" not in request.fixturenames:
        monkeypatch.setitem(sys.modules, "torch", None)


def batch(size: int) -> tuple[list[str], list[str]]:
    return [f"question {index}" for index in range(size)], [str(index) for index in range(size)]


def expected(size: int) -> list[float]:
    return [float(index) for index in range(size)]


# The wire


def test_a_request_holds_what_align_anything_sends(serve: Serve, connect: Connect) -> None:
    server = serve()
    assert connect(server).score(["p", "q"], ["1", "2"]) == [1.0, 2.0]
    (request,) = server.requests
    assert request.body == {"prompts": ["p", "q"], "responses": ["1", "2"]}
    assert request.headers["Content-Type"] == "application/json"
    assert request.path == "/get_reward"


def test_golden_responses_are_sent_if_given(serve: Serve, connect: Connect) -> None:
    server = serve()
    connect(server, batch_size=1).score(["p", "q"], ["1", "2"], ["4", None])
    assert {request.body["golden_responses"][0] for request in server.requests} == {"4", None}


def test_the_signature_is_align_anythings(serve: Serve) -> None:
    with RemoteRewardModel(serve().url, 5, 2) as client:
        assert (client.timeout, client.retry_times) == (5, 2)
        assert client.score(["p"], ["1"]) == [1.0]


@pytest.mark.parametrize("path", ["", "/"])
def test_an_endpoint_without_a_path_gets_the_usual_one(path: str, serve: Serve, connect: Connect) -> None:
    server = serve()
    connect(server.url.removesuffix("/get_reward") + path).score(["p"], ["1"])
    assert server.requests[0].path == "/get_reward"


def test_a_path_and_a_query_stay_as_they_are(serve: Serve, connect: Connect) -> None:
    server = serve()
    connect(server.url + "/gsm8k?token=abc").score(["p"], ["1"])
    assert server.requests[0].path == "/get_reward/gsm8k?token=abc"


def test_any_text_survives_the_way(serve: Serve, connect: Connect) -> None:
    server = serve(lambda exchange: exchange.answer(b'{"rewards": [0]}'))
    prompt = 'x\x00"\\ \ud800 \u2028 𝔸 é'
    connect(server).score([prompt], [prompt])
    assert server.requests[0].body["prompts"] == [prompt]


def test_details_are_asked_for_and_handed_on(serve: Serve, connect: Connect) -> None:
    client = connect(serve(faults.detailed), batch_size=2)
    details = client.score_details(["p", "q", "r"], ["1", "what?", "3"])
    assert [detail["reward"] for detail in details] == [1.0, None, 3.0]
    assert [detail["status"] for detail in details] == ["ok", "no_ground_truth", "ok"]
    assert details[2]["golden"] == {"tier": "exact", "similarity": 1.0}
    assert details[2]["metrics"] == {"accuracy": 3.0}


def test_each_request_says_how_long_the_client_still_waits(serve: Serve, connect: Connect) -> None:
    server = serve(faults.status(503), Exchange.answer_rewards)
    assert connect(server, timeout=60).score(["p"], ["1"]) == [1.0]
    first, second = (float(request.headers["X-Request-Deadline"]) for request in server.requests)
    assert 0 < second < first <= 60


def test_a_token_is_sent_and_shown_nowhere(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve(faults.status(503), Exchange.answer_rewards)
    client = connect(server.url + "?token=s3cret", token="s3cret")
    with caplog.at_level(logging.DEBUG, logger="rule_rm"):
        client.score(["p"], ["1"])
    assert server.requests[0].headers["Authorization"] == "Bearer s3cret"
    assert caplog.records
    assert "s3cret" not in caplog.text + repr(client)


def test_a_reply_in_chunks_is_read(serve: Serve, connect: Connect) -> None:
    assert connect(serve(faults.chunked)).score(*batch(9)) == expected(9)


# Replies


def test_rewards_are_a_float32_tensor_where_torch_is(torch: Any, serve: Serve, connect: Connect) -> None:
    server = serve(faults.text(b'{"rewards": [1, 0]}'))
    rewards = connect(server).score(["p", "q"], ["a", "b"])
    assert rewards.dtype == torch.float32
    assert rewards.shape == (2,)
    assert rewards.tolist() == [1.0, 0.0]
    assert connect(server).score([], []).shape == (0,)
    assert connect(server).score([], []).dtype == torch.float32


def test_the_largest_reward_is_finite_in_a_tensor(torch: Any, serve: Serve, connect: Connect) -> None:
    reply = json.dumps({"rewards": [replies.FLOAT32_MAX, -replies.FLOAT32_MAX]}).encode()
    assert torch.isfinite(connect(serve(faults.text(reply))).score(["p", "q"], ["a", "b"])).all()


def test_an_empty_batch_sends_nothing(serve: Serve, connect: Connect) -> None:
    server = serve()
    assert connect(server).score([], []) == []
    assert connect(server).score_details([], []) == []
    assert not server.connections


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ((["p"], ["1", "2"]), "1 prompts, 2 responses"),
        ((["p"], []), "1 prompts, 0 responses"),
        ((["p"], ["1"], ["4", "5"]), "2 golden_responses"),
        ((["p"], ["1"], []), "0 golden_responses"),
    ],
)
def test_unequal_lengths_are_refused_before_anything_is_sent(
    columns: tuple[list[str], ...], message: str, serve: Serve, connect: Connect
) -> None:
    server = serve()
    for method in (connect(server).score, connect(server).score_details):
        with pytest.raises(ValueError, match=message):
            method(*columns)
    assert not server.connections


@pytest.mark.parametrize("golden", [{1, 2}, math.nan, object()])
def test_what_json_cannot_hold_is_refused_before_anything_is_sent(
    golden: object, serve: Serve, connect: Connect
) -> None:
    server = serve()
    with pytest.raises((TypeError, ValueError)):
        connect(server, batch_size=1).score(["p", "q"], ["1", "2"], ["4", golden])
    assert not server.connections


def test_one_text_is_no_batch(serve: Serve, connect: Connect) -> None:
    with pytest.raises(TypeError, match="prompts must be a list"):
        connect(serve()).score("pq", ["1", "2"])


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (b"<html><title>Gateway</title></html>", "without a list of rewards: '<html><title>Gateway"),
        (b"", "without a list of rewards"),
        (b"\xff\xfe", "without a list of rewards"),
        (b"[" * 100_000, "without a list of rewards"),
        (b"null", "without a list of rewards"),
        (b"[1.0, 2.0]", "without a list of rewards"),
        (b'{"scores": [1.0, 2.0]}', "without a list of rewards"),
        (b'{"rewards": null}', "without a list of rewards"),
        (b'{"rewards": {"0": 1.0, "1": 2.0}}', "without a list of rewards"),
        (b'{"rewards": [1.0]}', "1 rewards for 2 rollouts"),
        (b'{"rewards": [1.0, 2.0, 3.0]}', "3 rewards for 2 rollouts"),
        (b'{"rewards": []}', "0 rewards for 2 rollouts"),
        (b'{"rewards": [1.0, null]}', r"None at rewards\[1\]"),
        (b'{"rewards": [1.0, NaN]}', r"nan at rewards\[1\]"),
        (b'{"rewards": [-Infinity, 1.0]}', r"-inf at rewards\[0\]"),
        (b'{"rewards": [1.0, 1e400]}', r"inf at rewards\[1\]"),
        (b'{"rewards": [1.0, 1e39]}', r"1e\+39 at rewards\[1\]"),
        (b'{"rewards": [1.0, 1' + b"0" * 400 + b"]}", r"at rewards\[1\]"),
        (b'{"rewards": [1.0, "1.0"]}', r"'1.0' at rewards\[1\]"),
        (b'{"rewards": [1.0, true]}', r"True at rewards\[1\]"),
        (b'{"rewards": [[1.0], [2.0]]}', r"list at rewards\[0\]"),
    ],
)
def test_a_reply_without_usable_rewards_is_an_error_that_quotes_it(
    reply: bytes, message: str, serve: Serve, connect: Connect
) -> None:
    server = serve(faults.text(reply))
    with pytest.raises(RemoteRewardError, match=message) as caught:
        connect(server).score(["p", "q"], ["1", "2"])
    assert caught.value.status_code == 200
    assert server.url in str(caught.value)
    assert len(str(caught.value)) < 1000
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("details", "message"),
    [
        (None, "without a list of details"),
        ([], "0 details for 1 rollouts"),
        (["ok"], r"details\[0\] without a status"),
        ([{"reward": 1.0}], r"details\[0\] without a status"),
        ([{"status": "ok"}], r"details\[0\] without a reward"),
        ([{"status": "ok", "reward": "1"}], r"'1' at details\[0\].reward"),
        ([{"status": "ok", "reward": math.nan}], r"nan at details\[0\].reward"),
    ],
)
def test_unusable_details_are_an_error(details: Any, message: str, serve: Serve, connect: Connect) -> None:
    reply = json.dumps({"rewards": [1.0], "details": details}).encode()
    with pytest.raises(RemoteRewardError, match=message):
        connect(serve(faults.text(reply))).score_details(["p"], ["1"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(JSON | st.fixed_dictionaries({"rewards": st.lists(JSON, max_size=3)}), st.integers(0, 3))
def test_whatever_the_reply_is_rewards_are_finite_and_as_many_as_asked_for(reply: Any, size: int) -> None:
    try:
        rewards = replies.read_rewards(decode(json.dumps(reply).encode()), size)
    except ValueError:
        return
    assert len(rewards) == size
    assert all(type(reward) is float and math.isfinite(reward) for reward in rewards)


def test_an_endless_reply_is_cut(serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_REPLY_BYTES", 1 << 20)
    with pytest.raises(RemoteRewardError, match="more than 1048576 bytes"):
        connect(serve(faults.endless)).score(["p"], ["1"])


# Permanent errors


@pytest.mark.parametrize("code", [301, 400, 401, 404, 405, 413, 415, 422, 500, 501])
def test_what_cannot_pass_is_raised_at_once_with_the_servers_message(
    code: int, serve: Serve, connect: Connect
) -> None:
    content = b'{"error": {"type": "payload", "message": "not a string", "field": "responses", "index": 0}}'
    server = serve(faults.status(code, content))
    with pytest.raises(RemoteRewardError, match=rf"{code}: not a string \(responses\[0\]\)") as caught:
        connect(server, server).score(["p"], ["1"])
    assert caught.value.status_code == code
    assert len(server.requests) == 1


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100])
def test_the_index_of_an_error_is_counted_in_the_whole_batch(
    batch_size: int, serve: Serve, connect: Connect
) -> None:
    def refuse_seven(exchange: Exchange) -> None:
        if "7" not in exchange.body["responses"]:
            return exchange.answer_rewards()
        index = exchange.body["responses"].index("7")
        error = {"message": "no seven", "field": "responses", "index": index}
        return exchange.answer(json.dumps({"error": error}).encode(), 422)

    with pytest.raises(RemoteRewardError, match=r"no seven \(responses\[7\]\)"):
        connect(serve(refuse_seven), batch_size=batch_size).score(*batch(10))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"error": "prompts are missing"}', "400: prompts are missing"),
        (b'{"error": {"message": "no", "field": null, "index": null}}', "400: no$"),
        (b'{"error": {"message": "no", "field": "prompts"}}', r"400: no \(prompts\)"),
        (b'{"error": {"message": 7}}', '400: \'{"error": {"message": 7}}\''),
        (b'{"message": "no"}', '400: \'{"message": "no"}\''),
        (b"<h1>Bad\n\x1b[31mRequest</h1>", "400: '<h1>Bad \ufffd.31mRequest</h1>'"),
        (b"[]", r"400: '\[\]'"),
        (b"x" * 100_000, "400: 'x{500}…'"),
        (json.dumps({"error": {"message": "y" * 100_000}}).encode(), "400: y{500}…"),
    ],
)
def test_errors_of_other_servers_are_told_too(
    content: bytes, message: str, serve: Serve, connect: Connect
) -> None:
    with pytest.raises(RemoteRewardError, match=message):
        connect(serve(faults.status(400, content))).score(["p"], ["1"])


# Temporary failures


@pytest.mark.parametrize(
    "fault",
    [
        faults.status(429),
        faults.status(502),
        faults.status(503),
        faults.status(504),
        faults.reset,
        faults.half_a_reply,
    ],
    ids=["429", "502", "503", "504", "reset", "half a reply"],
)
def test_what_can_pass_is_tried_again(fault: faults.Behaviour, serve: Serve, connect: Connect) -> None:
    server = serve(fault, fault, Exchange.answer_rewards)
    assert connect(server).score(*batch(3)) == expected(3)
    assert len(server.requests) == 3


@pytest.mark.parametrize("retry_times", [1, 2, 4])
def test_the_tries_are_counted(retry_times: int, serve: Serve, connect: Connect) -> None:
    server = serve(faults.status(503, b'{"error": {"message": "the queue is full"}}'))
    with pytest.raises(
        RemoteRewardError, match=f"503: the queue is full .try {retry_times} of {retry_times}"
    ) as caught:
        connect(server, retry_times=retry_times).score(["p"], ["1"])
    assert caught.value.status_code == 503
    assert len(server.requests) == retry_times


def test_every_part_has_its_own_tries(serve: Serve, connect: Connect) -> None:
    seen: set[str] = set()

    def fail_once_for_each(exchange: Exchange) -> None:
        first = exchange.body["responses"][0]
        if first in seen:
            return exchange.answer_rewards()
        seen.add(first)
        return exchange.answer(b"", 502)

    server = serve(fail_once_for_each)
    assert connect(server, batch_size=2, retry_times=2).score(*batch(10)) == expected(10)
    assert len(server.requests) == 10


def test_a_server_that_is_not_there_is_an_error(dead: str, connect: Connect) -> None:
    with pytest.raises(RemoteRewardError, match="can't be reached.*refused.*3 attempts") as caught:
        connect(dead, retry_seconds=0).score(["p"], ["1"])
    assert caught.value.status_code is None


def test_a_server_that_comes_up_meanwhile_is_found(dead: str, serve: Serve, connect: Connect) -> None:
    port = int(dead.rpartition(":")[2])

    class StartServer(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            serve(port=port)

    handler = StartServer()
    model.logger.addHandler(handler)
    try:
        assert connect(dead).score(["p"], ["1"]) == [1.0]
    finally:
        model.logger.removeHandler(handler)


def test_a_retry_after_is_waited_for(serve: Serve, connect: Connect) -> None:
    server = serve(faults.status(503, headers={"Retry-After": "1"}), Exchange.answer_rewards)
    assert connect(server).score(["p"], ["1"]) == [1.0]
    first, second = server.requests
    assert second.arrival - first.arrival >= 1


@pytest.mark.parametrize("value", ["3600", "9" * 5000, "Fri, 31 Dec 2999 23:59:59 GMT"])
def test_a_retry_after_is_capped(
    value: str, serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "MAX_RETRY_AFTER", 0.02)
    server = serve(faults.status(429, headers={"Retry-After": value}), Exchange.answer_rewards)
    assert connect(server).score(["p"], ["1"]) == [1.0]


@pytest.mark.parametrize("value", ["soon", "", "-5", "1.5", "Fri, 31 Dec 1999 23:59:59 GMT"])
def test_a_retry_after_without_sense_is_ignored(
    value: str, serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve(faults.status(503, headers={"Retry-After": value}), Exchange.answer_rewards)
    assert connect(server).score(["p"], ["1"]) == [1.0]
    # The pause that the client chose, as it said so.
    (pause,) = re.findall(r"try 2 of 3 in (\d+\.\d\d) s", caplog.text)
    assert float(pause) < 1.0


def test_a_pause_that_would_outlast_the_deadline_is_not_begun(serve: Serve, connect: Connect) -> None:
    server = serve(faults.status(503, headers={"Retry-After": "20"}))
    begin = monotonic()
    with pytest.raises(RemoteRewardError, match="503: no .try 1 of 3, within 19 s"):
        connect(server, timeout=19).score(["p"], ["1"])
    assert monotonic() - begin < 15


def test_retries_are_logged_without_what_was_sent_or_said(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    quoting = faults.status(502, b'{"error": {"message": "the prompt p123 is ..."}}')
    server = serve(quoting, faults.reset, faults.reset, faults.text(b'{"rewards": [1]}'))
    connect(server).score(["p123"], ["r456"])
    warnings = [record for record in caplog.records if record.name.startswith("rule_rm")]
    assert [record.levelname for record in warnings] == ["WARNING", "WARNING"]
    assert f"{server.url}: 502; try 2 of 3" in caplog.text
    assert "attempt 3 in" in caplog.text
    assert "p123" not in caplog.text
    assert "r456" not in caplog.text


# The deadline


@pytest.mark.parametrize(
    "fault", [faults.silence, faults.trickled_headers, faults.trickled_body, faults.trickled_chunks]
)
def test_no_server_holds_a_call_beyond_its_deadline(
    fault: faults.Behaviour, serve: Serve, connect: Connect
) -> None:
    server = serve(fault)
    begin = monotonic()
    with pytest.raises(RemoteRewardError, match=r"within 0\.3 s"):
        connect(server, timeout=0.3, batch_size=2).score(*batch(10))
    assert monotonic() - begin < PATIENCE
    for thread in request_threads():
        thread.join(PATIENCE)
    assert not request_threads()


def request_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "rule_rm.client"]


def test_a_name_server_that_hangs_holds_no_call_beyond_its_deadline(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()

    def hang(*_: object, **__: object) -> None:
        answered.wait()
        raise socket.gaierror("too late")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    begin = monotonic()
    with pytest.raises(
        RemoteRewardError, match=r"no rewards within 0\.2 s: 1 of 1 requests to http://rewards:6000"
    ):
        connect("http://rewards:6000", timeout=0.2).score(["p"], ["1"])
    answered.set()
    assert monotonic() - begin < PATIENCE


def test_a_server_that_does_not_read_holds_no_call_beyond_its_deadline(connect: Connect) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as deaf:
        begin = monotonic()
        with pytest.raises(RemoteRewardError, match=r"within 0\.3 s"):
            connect(f"http://127.0.0.1:{deaf.getsockname()[1]}", timeout=0.3).score(["p"], ["x" * 20_000_000])
        assert monotonic() - begin < PATIENCE


def test_a_refusal_is_raised_without_waiting_for_the_other_parts(serve: Serve, connect: Connect) -> None:
    begin = monotonic()
    client = connect(serve(faults.silence, faults.status(422)), batch_size=1, timeout=2 * PATIENCE)
    with pytest.raises(RemoteRewardError, match="422: no"):
        client.score(*batch(2))
    assert monotonic() - begin < PATIENCE


INTERRUPTED = """
import signal, sys
from rule_rm.client import RemoteRewardModel

signal.signal(signal.SIGALRM, signal.default_int_handler)
signal.setitimer(signal.ITIMER_REAL, 0.2)
RemoteRewardModel(sys.argv[1], timeout=600).score(["p"], ["1"])
"""


def test_an_interrupted_trainer_exits_at_once(serve: Serve) -> None:
    done = run_script(INTERRUPTED, serve(faults.silence).url, timeout=2 * PATIENCE)
    assert "KeyboardInterrupt" in done.stderr


def run_script(script: str, *arguments: str, timeout: float) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(model.__file__).resolve().parents[2])}
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, env=environment, timeout=timeout, capture_output=True, text=True)


def test_the_deadline_bounds_all_tries_and_pauses(serve: Serve, connect: Connect) -> None:
    begin = monotonic()
    with pytest.raises(RemoteRewardError, match=r"within 0\.5 s"):
        connect(serve(faults.status(503)), timeout=0.5, retry_times=10**9).score(["p"], ["1"])
    assert monotonic() - begin < PATIENCE


def test_a_host_that_swallows_connections_is_given_up_for_another(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, stack: ExitStack
) -> None:
    monkeypatch.setattr(connections, "CONNECT_TIMEOUT", 0.2)
    full = stack.enter_context(closing(socket.create_server(("127.0.0.1", 0), backlog=0)))
    for _ in range(3):
        waiting = stack.enter_context(closing(socket.socket()))
        waiting.setblocking(False)
        waiting.connect_ex(full.getsockname())
    client = connect(f"http://127.0.0.1:{full.getsockname()[1]}", serve())
    assert client.score(*batch(4)) == expected(4)


def test_connecting_quickly_does_not_mean_sending_quickly(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "CONNECT_TIMEOUT", 0.2)
    server = serve(lambda exchange: exchange.answer(b'{"rewards": [1]}'))
    read = Exchange.do_POST

    def read_late(exchange: Exchange) -> None:
        server.stopping.wait(0.6)
        read(exchange)

    monkeypatch.setattr(Exchange, "do_POST", read_late)
    client = connect(server, retry_times=1)
    for _ in range(2):
        assert client.score(["p"], ["x" * 20_000_000]) == [1.0]
    assert server.connections == 1


# Splitting, order, endpoints


def test_rewards_are_in_order_whatever_the_replies_do(serve: Serve, connect: Connect) -> None:
    server = serve(faults.late(0.05))
    assert connect(server, batch_size=7).score(*batch(300)) == expected(300)
    assert len(server.requests) == 43
    assert max(len(request.body["responses"]) for request in server.requests) == 7


@given(
    size=st.integers(0, 40),
    batch_size=st.integers(1, 15),
    endpoints=st.integers(1, 3),
    concurrency=st.integers(1, 9),
)
@settings(max_examples=30, deadline=None)
def test_splitting_changes_nothing(size: int, batch_size: int, endpoints: int, concurrency: int) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(FaultyServer()) for _ in range(endpoints)]
        urls = ",".join(server.url for server in servers)
        client = stack.enter_context(RemoteRewardModel(urls, batch_size=batch_size, concurrency=concurrency))
        assert client.score(*batch(size)) == expected(size)
        sent = [request.body for server in servers for request in server.requests]
        assert all(0 < len(body["responses"]) <= batch_size for body in sent)
        assert sorted(int(r) for body in sent for r in body["responses"]) == list(range(size))


def test_no_more_requests_are_in_flight_than_allowed(serve: Serve, connect: Connect) -> None:
    lock, in_flight, most = threading.Lock(), 0, 0
    together = threading.Barrier(3, timeout=PATIENCE)

    def count(exchange: Exchange) -> None:
        nonlocal in_flight, most
        with lock:
            in_flight += 1
            most = max(most, in_flight)
        together.wait()
        with lock:
            in_flight -= 1
        exchange.answer_rewards()

    assert connect(serve(count), batch_size=1, concurrency=3).score(*batch(12)) == expected(12)
    assert most == 3


def test_endpoints_share_the_work(serve: Serve, connect: Connect) -> None:
    servers = [serve() for _ in range(3)]
    client = connect(*servers, batch_size=5)
    assert client.score(*batch(300)) == expected(300)
    assert [len(server.requests) for server in servers] == [20, 20, 20]


def test_a_small_batch_is_shared_too(serve: Serve, connect: Connect) -> None:
    servers = [serve() for _ in range(3)]
    connect(*servers).score(*batch(9))
    assert [len(server.requests[0].body["responses"]) for server in servers] == [3, 3, 3]


def test_single_rollouts_take_turns(serve: Serve, connect: Connect) -> None:
    servers = [serve(), serve()]
    client = connect(*servers)
    for _ in range(10):
        client.score(["p"], ["1"])
    assert [len(server.requests) for server in servers] == [5, 5]


def test_commas_separate_endpoints(serve: Serve) -> None:
    servers = [serve(), serve()]
    with RemoteRewardModel(f"{servers[0].url} , {servers[1].url},") as client:
        assert client.score(*batch(2)) == expected(2)
    assert [len(server.requests) for server in servers] == [1, 1]


@pytest.mark.parametrize("fault", [None, faults.reset, faults.status(503)], ids=["refused", "reset", "503"])
def test_a_dead_endpoint_fails_over_to_the_others(
    fault: faults.Behaviour | None, dead: str, serve: Serve, connect: Connect
) -> None:
    alive = [serve(), serve()]
    client = connect(serve(fault) if fault else dead, *alive, batch_size=2, retry_times=2, backoff=5)
    assert client.score(*batch(100)) == expected(100)
    assert sum(len(server.requests) for server in alive) == 50
    assert min(len(server.requests) for server in alive) >= 20


def test_another_endpoint_is_tried_at_once(dead: str, serve: Serve, connect: Connect) -> None:
    client = connect(dead, serve(), backoff=600, timeout=PATIENCE)
    assert client.score(*batch(2)) == expected(2)


def test_tries_on_all_endpoints_count(serve: Serve, connect: Connect) -> None:
    servers = [serve(faults.status(503)) for _ in range(5)]
    with pytest.raises(RemoteRewardError, match="try 3 of 3"):
        connect(*servers).score(["p"], ["1"])
    assert sum(len(server.requests) for server in servers) == 3


@pytest.mark.parametrize(
    "endpoint",
    ["", " , ", [], "localhost:6000", "ftp://host/x", "http://", "http://u:secret@host", "http://h:x"],
)
def test_an_endpoint_that_cannot_be_one_is_refused_at_once(endpoint: str | list[str]) -> None:
    with pytest.raises(ValueError) as caught:
        RemoteRewardModel(endpoint)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "option",
    [
        {"timeout": 0},
        {"timeout": math.nan},
        {"timeout": math.inf},
        {"retry_times": 0},
        {"batch_size": 0},
        {"concurrency": -1},
        {"backoff": -1},
        {"token": "abc\n"},
        {"token": "gehäuse"},
    ],
)
def test_an_option_that_cannot_be_meant_is_refused_at_once(option: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(option))):
        RemoteRewardModel("http://127.0.0.1:6000", **option)


# Connections, threads, processes


def test_connections_are_kept(serve: Serve, connect: Connect) -> None:
    server = serve()
    client = connect(server)
    for _ in range(20):
        client.score(["p"], ["1"])
    assert len(server.requests) == 20
    assert server.connections == 1


def test_parts_share_as_many_connections_as_are_in_flight(serve: Serve, connect: Connect) -> None:
    server = serve()
    client = connect(server, batch_size=1, concurrency=3)
    for _ in range(3):
        client.score(*batch(30))
    assert server.connections <= 3


def test_a_connection_is_kept_after_an_error_reply(serve: Serve, connect: Connect) -> None:
    server = serve(faults.status(400), faults.text(b"<html>"), Exchange.answer_rewards)
    client = connect(server)
    for _ in range(2):
        with pytest.raises(RemoteRewardError):
            client.score(["p"], ["1"])
    assert client.score(["p"], ["1"]) == [1.0]
    assert server.connections == 1


def test_a_kept_connection_that_the_server_closed_costs_no_try(serve: Serve, connect: Connect) -> None:
    def answer_and_hang_up(exchange: Exchange) -> None:
        exchange.answer_rewards()
        exchange.close_connection = True

    client = connect(serve(answer_and_hang_up), retry_times=1)
    for _ in range(5):
        assert client.score(["p"], ["1"]) == [1.0]


def test_a_closed_client_can_be_used_again(serve: Serve, connect: Connect) -> None:
    server = serve()
    client = connect(server)
    client.score(["p"], ["1"])
    client.close()
    assert client.score(["p"], ["1"]) == [1.0]
    assert server.connections == 2


def test_threads_share_a_client(serve: Serve, connect: Connect) -> None:
    server = serve(faults.late(0.01))
    client = connect(server, batch_size=3)

    def score(seed: int) -> None:
        numbers = [str(seed * 100 + index) for index in range(random.Random(seed).randrange(1, 12))]
        assert client.score(numbers, numbers) == [float(number) for number in numbers]

    with ThreadPoolExecutor(16) as executor:
        list(executor.map(score, range(100)))
    assert server.connections <= 64


def test_a_client_can_be_pickled_after_use(serve: Serve, connect: Connect) -> None:
    server = serve()
    client = connect(server, token="s3cret", retry_times=5, batch_size=2)
    client.score(["p"], ["1"])
    with pickle.loads(pickle.dumps(client)) as copy:
        assert (copy.token, copy.retry_times, copy.batch_size) == ("s3cret", 5, 2)
        assert copy.score(*batch(5)) == expected(5)


def test_an_error_can_be_pickled(serve: Serve, connect: Connect) -> None:
    with pytest.raises(RemoteRewardError) as caught:
        connect(serve(faults.status(422))).score(["p"], ["1"])
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.status_code) == (str(caught.value), 422)


FORK = """
import os, sys
from rule_rm.client import RemoteRewardModel

client = RemoteRewardModel(sys.argv[1])
list(client.score(["p"], ["1"]))
child = os.fork()
for number in range(100):
    shown = str(number + 1000 * (child == 0))
    rewards = client.score([shown], [shown])
    assert list(rewards) == [float(shown)], (shown, rewards)
if child == 0:
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system can't fork")
def test_a_forked_process_has_its_own_connections(serve: Serve) -> None:
    server = serve(faults.late(0.002))
    done = run_script(FORK, server.url, timeout=2 * PATIENCE)
    assert done.returncode == 0, done.stderr
    assert len(server.requests) == 201
    assert server.connections == 2


def test_proxies_of_the_environment_are_not_used(
    dead: str, serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, dead)
    assert connect(serve()).score(["p"], ["1"]) == [1.0]


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    try:
        subprocess.run([*command.split(), *names], cwd=path, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no certificate can be made: {error}")
    return path / "cert.pem"


@pytest.fixture
def tls_server(certificate: Path, serve: Serve) -> FaultyServer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return serve(tls=context)


def test_a_certificate_is_verified(
    tls_server: FaultyServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(RemoteRewardError, match="can't be trusted.*certificate verify failed"):
        connect(tls_server).score(["p"], ["1"])
    assert not tls_server.requests
    assert "try 2" not in caplog.text


def test_a_certificate_of_an_own_authority_is_trusted_by_name(
    tls_server: FaultyServer, certificate: Path, connect: Connect
) -> None:
    client = connect(tls_server, verify=str(certificate))
    assert client.score(*batch(3)) == expected(3)
    assert client.score(*batch(3)) == expected(3)
    assert tls_server.connections == 1


def test_verification_can_be_switched_off_but_not_silently(
    tls_server: FaultyServer, connect: Connect
) -> None:
    with pytest.warns(InsecureRequestWarning):
        assert connect(tls_server, verify=False).score(["p"], ["1"]) == [1.0]


def test_a_certificate_file_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        RemoteRewardModel("https://127.0.0.1:6000", verify=str(tmp_path / "ca.pem"))


def test_a_handshake_that_hangs_holds_no_call_beyond_its_deadline(connect: Connect) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as deaf:
        begin = monotonic()
        with pytest.raises(RemoteRewardError, match=r"within 0\.3 s"):
            connect(f"https://127.0.0.1:{deaf.getsockname()[1]}", timeout=0.3).score(["p"], ["1"])
        assert monotonic() - begin < PATIENCE
