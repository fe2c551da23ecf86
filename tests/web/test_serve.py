"""The real server over real HTTP: many clients, rude ones, signals, and what keeps it from starting."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from rule_rm.web.serve import END_MARGIN

from ..waiting import PATIENCE, until
from .conftest import ROOT, RULES
from .http_client import connect, get, post, post_at_once, send_raw
from .processes import alive, descendants

RIGHT = r"<think>7 and 8</think><answer>\boxed{85}</answer>"
SAMPLE = {"query": [f"37+48= {RIGHT}"], "prompts": ["37+48= "], "labels": ["85"]}
JSON = {"Content-Type": "application/json"}


def test_it_says_running_on_when_it_answers(serve):
    served = serve()
    assert get(served.url, "/ready") == (200, {"ready": True})
    running = re.compile(r"\S+ \S+ INFO \S+ Running on http://127\.0\.0\.1:\d+")
    assert any(map(running.fullmatch, served.log))


@pytest.mark.slow
def test_it_says_running_on_whatever_the_log_level(serve):
    assert serve("--log-level", "ERROR").url


def test_the_log_is_kept_in_the_output_directory(serve, tmp_path):
    served = serve("--output-dir", str(tmp_path / "logs"))
    for _ in range(3):
        assert post(served.url, "/get_reward", SAMPLE)[0] == 200
    served.process.send_signal(signal.SIGTERM)
    assert served.wait() == 0
    kept = (tmp_path / "logs" / f"reward_server_{served.port}.log").read_text().splitlines()
    assert any(f"Running on {served.url}" in line for line in kept)
    assert sum(int(count) for count in re.findall(r"math_verifier: (\d+) rollouts?", "\n".join(kept))) == 3
    assert kept == served.log[-len(kept) :]


def test_an_output_directory_that_can_not_be_is_told(serve, tmp_path):
    (tmp_path / "file").touch()
    served = serve("--output-dir", str(tmp_path / "file"))
    assert served.wait() == 2
    assert "the log can't be kept in" in served.log[-1]


def test_256_clients_at_once_without_keep_alive_are_all_answered(slow_server):
    payloads = [{"query": ["0.02"], "prompts": [f"client {n}: "], "labels": [""]} for n in range(256)]
    replies = post_at_once(slow_server.url, "/get_reward", payloads)
    assert [(status, reply["rewards"]) for status, reply in replies] == [(200, [1.0])] * 256


def test_more_clients_than_threads_are_all_answered(server):
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    body = json.dumps(SAMPLE).encode()
    head = f"POST /get_reward HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    with ExitStack() as clients:
        connections = [
            clients.enter_context(socket.create_connection(address, timeout=PATIENCE)) for _ in range(700)
        ]
        for connection in connections:
            connection.sendall(head.encode() + body)
        for connection in connections:
            with connection.makefile("rb") as reply:
                assert reply.readline().startswith(b"HTTP/1.1 200 ")


def test_a_kept_connection_serves_many_requests(server):
    connection = connect(server.url)
    for _ in range(20):
        connection.request("POST", "/get_reward", json.dumps(SAMPLE), JSON)
        reply = connection.getresponse()
        assert (reply.status, json.loads(reply.read())["rewards"]) == (200, [1.5])
    connection.close()


def test_a_chunked_body_is_read(server):
    connection = connect(server.url)
    parts = [part.encode() for part in json.dumps(SAMPLE).partition("prompts")]
    connection.request("POST", "/get_reward", iter(parts), JSON, encode_chunked=True)
    reply = connection.getresponse()
    assert (reply.status, json.loads(reply.read())["rewards"]) == (200, [1.5])
    connection.close()


@pytest.fixture(scope="module")
def small_server(tmp_path_factory):
    from rule_rm.web import start_server

    with start_server(
        port=0, workers=1, max_request_mb=0.5, output_dir=tmp_path_factory.mktemp("small")
    ) as server:
        yield server


def test_a_body_over_the_limit_is_refused_before_it_was_sent(small_server):
    head = b"POST /get_reward HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    reply = send_raw(small_server.url, head + b"Content-Length: 100000000\r\n\r\n{")
    assert reply.startswith(b"HTTP/1.1 413 ")
    assert json.loads(reply.partition(b"\r\n\r\n")[2])["error"]["type"] == "RequestEntityTooLarge"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_that_is_sent_all_the_same_is_refused(small_server, chunked):
    part = b" " * 2**20
    framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % (20 * len(part))
    body = (b"%x\r\n%s\r\n" % (len(part), part) if chunked else part) * 20
    head = b"POST /get_reward HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    assert send_raw(small_server.url, head + framing + b"\r\n\r\n" + body).startswith(b"HTTP/1.1 413 ")
    assert get(small_server.url, "/ready")[0] == 200


RUDE = {
    "nothing": b"",
    "no HTTP": b"hello\r\n\r\n",
    "TLS": bytes.fromhex("1603010200010001fc0303") + b"\0" * 40,
    "null characters": b"GET /\0 HTTP/1.1\r\n\r\n",
    "no body": b"POST /get_reward HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n",
    "half a body": b"POST /get_reward HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{",
    "half a chunk": b"POST /get_reward HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{",
    "a bad chunk": b"POST /get_reward HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "a negative length": b"POST /get_reward HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}",
    "a huge header": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + b"X: x\r\n" * 10_000 + b"\r\n",
}


@pytest.mark.parametrize("data", RUDE.values(), ids=RUDE)
def test_a_rude_client_harms_only_itself(server, data):
    reply = send_raw(server.url, data)
    assert reply == b"" or re.match(rb"HTTP/1\.1 4\d\d ", reply)
    assert post(server.url, "/get_reward", SAMPLE)[0] == 200


def test_a_client_that_leaves_early_harms_only_itself(slow_server):
    for _ in range(20):
        connection = connect(slow_server.url)
        connection.request("POST", "/get_reward", json.dumps({"query": ["0.05"]}), JSON)
        connection.close()
    status, reply = post(slow_server.url, "/get_reward", {"query": ["0.0"]})
    assert (status, reply["rewards"]) == (200, [1.0])


def test_a_rule_that_fails_is_answered_as_unscored(slow_server):
    payload = {"prompts": ["", "", ""], "responses": ["fine", "fail", "nan"], "details": True}
    status, reply = post(slow_server.url, "/get_reward/failing", payload)
    assert (status, reply["rewards"]) == (200, [1.0, 0.0, 0.0])
    assert [detail["status"] for detail in reply["details"]] == ["ok", "error", "error"]
    assert [detail["metrics"] for detail in reply["details"]] == [{"mood": 0.5}, {}, {}]


def pending(served) -> int:
    return get(served.url, "/health")[1]["engine"]["pending"]


def gated(gate, name: object, count: int) -> dict[str, list[str]]:
    """Return a request whose rollouts, all different, are scored when the file `gate` is there."""
    return {"query": [f"{gate}#{name}-{number}" for number in range(count)]}


def test_too_much_at_once_is_refused_and_what_was_accepted_is_answered(serve, tmp_path):
    served = serve("--reward-type", "gated", "--reward-file", str(RULES), "--max-pending", "8")
    gate = tmp_path / "gate"
    with ThreadPoolExecutor(1) as clients:
        # More than may wait: the first request is accepted at any size.
        accepted = clients.submit(post, served.url, "/get_reward", gated(gate, "first", 100))
        until(lambda: pending(served) > 8, "the first request to wait")
        status, reply = post(served.url, "/get_reward", gated(gate, "second", 8))
        assert (status, reply["error"]["type"]) == (503, "OverloadedError")
        gate.touch()
        status, reply = accepted.result()
        assert (status, reply["rewards"]) == (200, [1.0] * 100)
    assert post(served.url, "/get_reward", gated(gate, "third", 4))[1]["rewards"] == [1.0] * 4


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_a_signal_lets_requests_under_way_finish_and_leaves_nothing_behind(serve, tmp_path, number):
    served = serve("--reward-type", "gated", "--reward-file", str(RULES))
    gate = tmp_path / "gate"
    with ThreadPoolExecutor(1) as clients:
        payloads: list[object] = [gated(gate, client, 2) for client in range(4)]
        asked = clients.submit(post_at_once, served.url, "/get_reward", payloads)
        until(lambda: len(list(tmp_path.glob("gate-*"))) == 8, "all to begin")
        served.process.send_signal(number)
        until(lambda: any("stopping" in line for line in served.log), "the signal to be heard")
        gate.touch()
        replies = asked.result()
    assert [(status, reply["rewards"]) for status, reply in replies] == [(200, [1.0] * 2)] * 4
    assert served.wait() == 0
    assert not [line for line in served.log if "Traceback" in line]
    with pytest.raises(ConnectionRefusedError):
        get(served.url, "/ready")


def test_an_idle_connection_does_not_hold_up_the_end(serve):
    served = serve()
    connection = connect(served.url)
    connection.request("GET", "/ready")
    connection.getresponse().read()
    with socket.create_connection(("127.0.0.1", served.port)):
        served.process.terminate()
        assert served.wait() == 0
    connection.close()


def test_a_connection_that_never_finishes_is_given_up(serve):
    served = serve("--request-timeout", "0.1")
    with socket.create_connection(("127.0.0.1", served.port)) as stuck:
        stuck.sendall(b"POST /get_reward HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
        assert get(served.url, "/ready")[0] == 200
        served.process.terminate()
        assert served.wait() == 0
    assert any("given up" in line for line in served.log)


def test_a_second_signal_ends_it_at_once(serve):
    served = serve()
    with socket.create_connection(("127.0.0.1", served.port)) as stuck:
        stuck.sendall(b"POST /get_reward HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
        assert get(served.url, "/ready")[0] == 200
        served.process.terminate()
        until(lambda: any("stopping" in line for line in served.log), "the signal to be heard")
        served.process.terminate()
        served.process.wait(PATIENCE)
    until(lambda: not any(map(alive, served.family)), "the workers to end")


def test_a_killed_server_leaves_no_worker_behind(serve):
    served = serve()
    assert served.family
    served.process.kill()
    served.process.wait(PATIENCE)
    until(lambda: not any(map(alive, served.family)), "the workers to end")


def failure(*arguments: str, **environment: str) -> str:
    """Return the one line that `rule-rm serve` ends with."""
    done = subprocess.run(
        [sys.executable, "-m", "rule_rm", "serve", *arguments],
        cwd=ROOT,
        env={**os.environ, "REWARD_PORT": "0", "RULE_RM_WORKERS": "1", **environment},
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
    )
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_port_in_use_is_told_with_its_holder():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        message = failure("--port", str(port))
    assert f"port {port} on 127.0.0.1 is in use" in message
    assert f"(process {os.getpid()})" in message


def test_two_servers_never_share_a_port(server):
    message = failure("--port", server.url.rpartition(":")[2])
    assert f"(process {server.pid})" in message


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            ["--port", "65536"], "--port must be from 0 to 65535, not 65536", marks=pytest.mark.slow
        ),
        (["--port", "many"], "--port must be an int, not 'many'"),
        pytest.param(["--workers", "0"], "--workers must be at least 1, not 0", marks=pytest.mark.slow),
        pytest.param(
            ["--rollout-timeout", "nan"], "--rollout-timeout must be above 0, not nan", marks=pytest.mark.slow
        ),
        (["--host", "203.0.113.1", "--insecure"], "can't listen on 203.0.113.1"),
        pytest.param(
            ["--host", "no such host", "--insecure"], "can't listen on no such host", marks=pytest.mark.slow
        ),
        (["--reward-type", "math_verifer"], "did you mean 'math_verifier'"),
        pytest.param(
            ["--reward-option", "colour=red"],
            "math_verifier has accuracy_weight=1.0",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            ["--reward-file", "absent.py"], "absent.py: there is no such file", marks=pytest.mark.slow
        ),
        pytest.param(["--reward-file", "README.md"], "README.md", marks=pytest.mark.slow),
        pytest.param(["--dataset", "absent.json"], "absent.json", marks=pytest.mark.slow),
        pytest.param(["--dataset", "README.md"], "README.md", marks=pytest.mark.slow),
    ],
)
def test_a_setting_that_can_not_be_meant_is_told_in_one_line(arguments, told):
    assert told in failure(*arguments)


def test_a_bad_value_in_the_environment_is_told_by_its_variable():
    assert "REWARD_PORT must be an int, not 'x'" in failure(REWARD_PORT="x")


def test_the_end_is_in_time_whatever_is_stopped_or_stalled(serve, tmp_path):
    """All limits of the parts together would be minutes."""
    served = serve(
        "--reward-type", "gated", "--reward-file", str(RULES), "--request-timeout", "1", "--rollout-timeout",
        "600", "--server-processes", "2", "--output-dir", str(tmp_path / "logs"), "--serve-sandbox",
    )  # fmt: skip
    until(lambda: get(served.url, "/health")[1]["http"]["fronts"] == 1, lambda: served.log)
    with ExitStack() as clients, ThreadPoolExecutor(1) as asking:
        for _ in range(20):
            stalled = clients.enter_context(socket.create_connection(("127.0.0.1", served.port)))
            stalled.sendall(b"POST /get_reward HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{")
        gate = tmp_path / "gate"
        asked = asking.submit(post, served.url, "/get_reward", gated(gate, "first", 2))
        until(lambda: list(tmp_path.glob("gate-*")), "it to begin")
        family = descendants(served.process.pid)
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        begun = time.monotonic()
        served.process.terminate()
        served.process.wait(PATIENCE)
        assert time.monotonic() - begun < 1 + END_MARGIN + 2
        asked.exception(PATIENCE)
    until(lambda: not any(map(alive, family)), "the end of all its processes")
