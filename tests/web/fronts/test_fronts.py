"""A server of several processes keeps the promises of a server of one."""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from rule_rm import Settings
from rule_rm.errors import ConfigurationError
from rule_rm.journal.reader import Reader
from rule_rm.web.fronts.fronts import check_fronts

from ...waiting import until
from ..http_client import get, post, post_at_once
from ..processes import descendants

PLAIN = {
    "prompts": ["37+48= "],
    "responses": [r"<think>7 and 8</think><answer>\boxed{85}</answer>"],
    "golden_responses": ["85"],
}
BY_SYMBOLS = {
    **PLAIN,
    "responses": [r"<think>7 and 8</think><answer>\boxed{(x+1)^2}</answer>"],
    "golden_responses": ["x^2+2x+1"],
}


@pytest.fixture
def served(serve, tmp_path):
    """Start a server, and wait until all of its processes answer."""

    def start(*arguments: str, processes: int = 2, prefix: str = ""):
        running = serve(
            "--server-processes", str(processes), "--output-dir", str(tmp_path / "logs"),
            "--viewer-port", "none", *arguments,
        )  # fmt: skip
        until(lambda: http_of(running, prefix)["fronts"] == processes - 1, lambda: running.log)
        running.family = descendants(running.process.pid)
        return running

    return start


def http_of(running, prefix: str = "") -> dict:
    return get(running.url, f"{prefix}/health")[1]["http"]


def fronts_of(running) -> set[int]:
    """Return the process ids of the fronts."""
    templates = {
        pid
        for pid in descendants(running.process.pid)
        if b"rule_rm.web.fronts.template" in about(pid, "cmdline")
    }
    return {pid for pid in templates if parent(pid) in templates}


def parent(pid: int) -> int:
    """Return the process id of a process's parent, 0 if it has just ended."""
    return int((about(pid, "stat").split() or [b"0"] * 4)[3])


def about(pid: int, name: str) -> bytes:
    """Return what the kernel says about a process; empty if it has just ended."""
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def ask_until_fronts_answer(running, payload=PLAIN, most: int = 100) -> int:
    """Send crowds of requests until a front has answered one; return how many were sent."""
    for number in range(1, most):
        replies = post_at_once(running.url, "/get_reward", [payload] * 16)
        assert replies == [(200, {"rewards": [1.5]})] * 16
        if http_of(running)["answered_by_fronts"]:
            return 16 * number
    raise AssertionError(f"no front has answered: {http_of(running)}")


def test_fronts_and_their_template_are_replaced_when_they_are_stopped(served):
    running = served()
    (front,) = fronts_of(running)
    os.kill(front, signal.SIGSTOP)
    until(lambda: fronts_of(running) - {front} and http_of(running)["fronts"] == 1, lambda: running.log)
    (front,) = fronts_of(running)
    os.kill(parent(front), signal.SIGSTOP)
    until(lambda: fronts_of(running) - {front} and http_of(running)["fronts"] == 1, lambda: running.log)
    assert ask_until_fronts_answer(running)


def has_more(found: list, count: int) -> bool:
    return len(found) > count


def kept(folder: Path) -> int:
    """Return how many rollouts are in the journal."""
    return sum(1 for _ in Reader(folder).every())


@pytest.mark.slow
def test_all_processes_give_one_reply_and_have_one_journal_and_one_account(served, tmp_path):
    running = served()
    sent = ask_until_fronts_answer(running)
    for _ in range(3):
        assert post(running.url, "/get_reward", BY_SYMBOLS) == (200, {"rewards": [1.5]})
    assert post(running.url, "/get_reward", {"prompts": 1})[0] == 422
    until(lambda: get(running.url, "/health")[1]["requests"] == sent + 3, "every request to be counted")
    state = get(running.url, "/health")[1]
    assert state["reward_types"]["math_verifier"]["rollouts"] == sent + 3
    assert state["engine"]["jobs"]["run"] == 1
    assert state["http"]["requests"] >= sent + 4
    running.process.send_signal(signal.SIGTERM)
    assert running.wait() == 0
    assert kept(tmp_path / "logs") == sent + 3


@pytest.mark.slow
def test_a_front_that_is_killed_under_load_costs_broken_connections_and_nothing_else(served, tmp_path):
    running = served(processes=3)
    end, answered, broken = threading.Event(), [], []

    def ask():
        while not end.is_set():
            try:
                answered.append(post(running.url, "/get_reward", PLAIN))
            except (OSError, http.client.HTTPException):
                broken.append(1)

    clients = [threading.Thread(target=ask) for _ in range(8)]
    for client in clients:
        client.start()
    try:
        for _ in range(3):
            before = fronts_of(running)
            count = len(answered)
            os.kill(min(before), signal.SIGKILL)
            until(lambda: len(fronts_of(running)) == 2 and http_of(running)["fronts"] == 2, "another front")
            until(partial(has_more, answered, count + 50), "answers")
    finally:
        end.set()
        for client in clients:
            client.join()
    assert set(map(str, answered)) == {str((200, {"rewards": [1.5]}))}
    assert len(broken) <= 3 * len(clients)
    running.process.send_signal(signal.SIGTERM)
    assert running.wait() == 0
    # One whose reply was lost with its front may be there, and is asked again.
    assert len(answered) <= kept(tmp_path / "logs") <= len(answered) + len(broken)


@pytest.mark.slow
def test_a_reload_replaces_the_fronts_and_no_later_reply_is_of_the_former_edition(served, tmp_path):
    golden = tmp_path / "golden.json"
    asked = {"prompts": ["What is 1+1?"], "responses": [r"<think>a</think><answer>\boxed{2}</answer>"]}

    def write(answer: str) -> None:
        golden.write_text(json.dumps([{"question": "What is 1+1?", "answer": answer}]))

    write("2")
    running = served("--dataset", str(golden))
    for answer, reward in (("3", 0.5), ("2", 1.5)):
        write(answer)
        assert post(running.url, "/reload", {})[0] == 200
        for _ in range(10):
            assert (
                post_at_once(running.url, "/get_reward", [asked] * 16) == [(200, {"rewards": [reward]})] * 16
            )
        until(lambda: http_of(running)["fronts"] == 1, "the fronts of the new edition")
        for _ in range(10):
            assert (
                post_at_once(running.url, "/get_reward", [asked] * 16) == [(200, {"rewards": [reward]})] * 16
            )
    golden.write_text("broken")
    assert post(running.url, "/reload", {})[0] == 409
    assert http_of(running)["fronts"] == 1
    running.process.send_signal(signal.SIGTERM)
    assert running.wait() == 0


@pytest.mark.slow
def test_a_signal_under_load_breaks_no_connection_that_was_accepted(served):
    running = served(processes=3)
    replies: list[tuple[int, dict]] = []
    failures: list[Exception] = []

    def ask():
        while True:
            try:
                replies.append(post(running.url, "/get_reward", PLAIN))
            except (OSError, http.client.HTTPException) as error:
                failures.append(error)
                return

    clients = [threading.Thread(target=ask) for _ in range(8)]
    for client in clients:
        client.start()
    until(lambda: len(replies) > 100, "load")
    running.process.send_signal(signal.SIGTERM)
    assert running.wait() == 0
    for client in clients:
        client.join()
    assert {status for status, _ in replies} == {200}
    assert {type(error) for error in failures} == {ConnectionRefusedError}


@pytest.mark.slow
def test_a_server_that_is_killed_leaves_no_front_behind(served):
    running = served(processes=3)
    assert len(fronts_of(running)) == 2
    running.process.kill()
    assert running.wait() == -signal.SIGKILL


@pytest.mark.slow
def test_with_a_token_nobody_is_answered_without_it_by_any_process(served, monkeypatch):
    monkeypatch.setenv("RULE_RM_TOKEN", "a-secret-token-of-a-test")
    running = served(prefix="/t/a-secret-token-of-a-test")
    for _ in range(10):
        assert {status for status, _ in post_at_once(running.url, "/get_reward", [PLAIN] * 16)} == {401}
    running.process.send_signal(signal.SIGTERM)
    assert running.wait() == 0


@pytest.mark.parametrize("change", [{"tls_cert": "a.pem"}, {"max_unscored": 0.5}])
def test_what_needs_one_process_is_refused_with_several(change):
    settings = Settings(server_processes=2)
    check_fronts(settings)
    with pytest.raises(ConfigurationError, match="--server-processes"):
        check_fronts(replace(settings, **change))
    check_fronts(Settings(**change))
