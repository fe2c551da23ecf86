"""The sandbox as a service, over HTTP: only where it was asked for."""

from __future__ import annotations

import json
import socket

import pytest

from rule_rm.web import programs, start_server

from ..waiting import until
from .http_client import get, post

ADDS = "import sys; print(sum(map(int, sys.stdin.read().split())))"


@pytest.fixture(scope="module")
def sandbox_server(tmp_path_factory):
    with start_server(
        port=0, workers=1, serve_sandbox=True, output_dir=tmp_path_factory.mktemp("log")
    ) as server:
        yield server


def test_a_program_is_run_as_sandbox_fusion_does(sandbox_server):
    asked = {"code": ADDS, "stdin": "40 2", "language": "python", "run_timeout": 30}
    status, reply = post(sandbox_server.url, "/run_code", asked)
    assert (status, reply["status"]) == (200, "Success")
    assert reply["run_result"]["stdout"] == "42\n"
    assert reply["run_result"]["return_code"] == 0


def test_a_program_is_tested_as_open_instruct_does(sandbox_server):
    asserts = {"program": "def f(x): return x + 1", "tests": ["assert f(1) == 2", "assert f(1) == 3"]}
    assert post(sandbox_server.url, "/test_program", asserts)[1]["results"] == [1, 0]
    pairs = {"program": ADDS, "tests": [{"input": "1 2", "output": "3"}, {"input": "1 2", "output": "4"}]}
    assert post(sandbox_server.url, "/test_program_stdio", pairs)[1]["results"] == [1, 0]


def test_programs_of_clients_that_went_away_are_not_run(sandbox_server, tmp_path):
    """One sandbox process runs programs in turn: the next client waits for none that nobody reads."""
    host, port = sandbox_server.url.removeprefix("http://").split(":")
    body = json.dumps({"code": "while True: pass", "run_timeout": 60}).encode()
    asking = [socket.create_connection((host, int(port))) for _ in range(8)]
    for connection in asking:
        head = f"POST /run_code HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
    until(lambda: get(sandbox_server.url, "/health")[1]["http"]["busy"] >= 8, "all to be read")
    for connection in asking:
        connection.close()
    status, reply = post(sandbox_server.url, "/run_code", {"code": ADDS, "stdin": "40 2"})
    assert (status, reply["status"]) == (200, "Success")
    until(lambda: get(sandbox_server.url, "/health")[1]["http"]["busy"] <= 1, "all to be forgotten")


def test_a_request_that_can_not_be_meant_is_told(sandbox_server):
    status, reply = post(sandbox_server.url, "/run_code", {"code": 7})
    assert (status, reply["error"]["type"]) == (422, "PayloadError")


def test_health_names_the_backend(sandbox_server):
    assert get(sandbox_server.url, "/health")[1]["engine"]["sandbox"]["alive"] is True


def test_programs_are_not_run_where_nobody_asked_for_it(server):
    assert post(server.url, "/run_code", {"code": ADDS})[0] == 404


@pytest.mark.parametrize(
    ("host", "has_token", "warns"),
    [("0.0.0.0", False, True), ("0.0.0.0", True, False), ("127.0.0.1", False, False)],
)
def test_a_sandbox_that_others_reach_without_a_token_is_warned_of(caplog, host, has_token, warns):
    programs.warn_if_open(host, has_token=has_token)
    assert ("without a token" in caplog.text) == warns
