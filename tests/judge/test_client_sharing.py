"""Callers share cached replies and the questions that are under way."""

from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rule_rm.errors import ConfigurationError, JudgeError
from rule_rm.judge import JudgeClient, Reply
from rule_rm.judge.client import cache
from rule_rm.judge.client.cache import ReplyCache
from rule_rm.judge.client.flights import Flight
from rule_rm.judge.client.question import Written, dump_reply, load_reply

from ..fakes.scripted_judge import Completion, Refusal
from ..waiting import PATIENCE, until
from .conftest import Connect, Serve, ask, question

REPLY = Reply("4", "2+2", "stop", (("4", (("4", -0.1), ("5", -2.0))),), 7, 1, "http://127.0.0.1:1/v1")


def key(number: int) -> bytes:
    return number.to_bytes(32, "big")


# The key


def test_equal_questions_have_equal_keys_and_different_ones_do_not() -> None:
    asked = [
        question("a"),
        question("b"),
        question("a", temperature=1.0),
        question("a", max_tokens=7),
        question("a", vote=1),
        question("a", top_logprobs=2),
        question("a", purpose="another template"),
        question("a", json_schema={"type": "object"}),
    ]
    keys = {Written(one, "judge", {}).key for one in asked}
    keys |= {Written(asked[0], "other", {}).key, Written(asked[0], "judge", {"top_p": 0.5}).key}
    assert len(keys) == len(asked) + 2
    assert Written(question("a"), "judge", {}).key == Written(asked[0], "judge", {}).key


def test_votes_are_told_apart_even_where_the_seed_is_left_out() -> None:
    keys = {Written(question("a", vote=vote), "judge", {"seed": None}).key for vote in range(3)}
    assert len(keys) == 3


# The cache


def test_an_equal_question_is_answered_from_the_cache(serve: Serve, connect: Connect) -> None:
    judge = serve()
    client = connect(judge)
    first, second, third = ask(client), ask(client), ask(client, vote=1)
    assert [reply.is_cached for reply in (first, second, third)] == [False, True, False]
    assert second.text == first.text
    assert client.state()["cached"] == 1
    assert len(judge.bodies) == 2


def test_a_client_can_keep_nothing(serve: Serve, connect: Connect) -> None:
    judge = serve()
    client = connect(judge, cache_mb=0)
    assert not ask(client).is_cached
    assert not ask(client).is_cached
    assert client.state()["cache"] == {}


@pytest.mark.parametrize(
    "completion",
    [
        Completion("The ans", finish_reason="length"),
        Completion(" 4" * 1024, finish_reason=None),
        Completion("", finish_reason="stop"),
        Refusal(400, "too long"),
    ],
)
def test_what_is_not_whole_is_not_kept(
    completion: Completion | Refusal, serve: Serve, connect: Connect
) -> None:
    judge = serve(lambda body: completion)
    client = connect(judge)
    for _ in range(2):
        try:
            assert not ask(client).is_cached
        except JudgeError:
            pass
    assert len(judge.bodies) == 2


def test_a_file_keeps_replies_from_run_to_run(serve: Serve, connect: Connect, tmp_path: Path) -> None:
    judge = serve(lambda body: Completion("7", logprobs=[("7", {"7": -0.25})], reasoning="é\ud800"))
    replies = []
    for _ in range(2):
        client = connect(judge, cache=str(tmp_path / "judge.sqlite"))
        replies.append(ask(client, top_logprobs=1))
        client.close()
    assert len(judge.bodies) == 1
    assert replies[1].is_cached
    assert (replies[1].text, replies[1].logprobs) == (replies[0].text, replies[0].logprobs)
    assert replies[1].reasoning == replies[0].reasoning


def test_a_reply_survives_the_way_into_the_file() -> None:
    assert load_reply(dump_reply(REPLY)) == Reply(*[*list(_values(REPLY))[:-1], True])


def _values(reply: Reply) -> list[object]:
    return [getattr(reply, name) for name in Reply.__slots__]


def test_processes_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "judge.sqlite"
    script = (
        "import sys\n"
        "from rule_rm.judge.client.cache import ReplyCache\n"
        "from rule_rm.judge.client.question import Reply\n"
        "cache = ReplyCache(sys.argv[1], 16.0)\n"
        "first = int(sys.argv[2])\n"
        "for number in range(first, first + 300):\n"
        "    cache.put(number.to_bytes(32, 'big'), Reply(str(number), None, 'stop', None, 1, 1, 'x'))\n"
        "cache.close()\n"
        "print(cache.state()['failures'])\n"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", script, path, str(first)], stdout=subprocess.PIPE, text=True)
        for first in (0, 300, 600)
    ]
    assert [process.communicate(timeout=120)[0] for process in started] == ["0\n"] * 3
    kept = ReplyCache(str(path), 16.0)
    try:
        assert all((reply := kept.get(key(number))) and reply.text == str(number) for number in range(900))
    finally:
        kept.close()


@pytest.mark.parametrize("is_in_memory", [True, False])
def test_the_oldest_replies_go_when_there_are_too_many(is_in_memory: bool, tmp_path: Path) -> None:
    path = "" if is_in_memory else str(tmp_path / "judge.sqlite")
    kept = ReplyCache(path, 0.5)
    long = Reply("x" * 10_000, None, "stop", None, 1, 1, "x")
    for number in range(200):
        kept.put(key(number), long)
        until(lambda: kept.state()["pending"] == 0)
    try:
        assert kept.get(key(0)) is None
        assert kept.get(key(199)) is not None
        assert 10 < sum(kept.get(key(number)) is not None for number in range(200)) < 60
    finally:
        kept.close()
    if path:
        assert Path(path).stat().st_size < 1e6


def test_threads_read_and_write_at_once(tmp_path: Path) -> None:
    kept = ReplyCache(str(tmp_path / "judge.sqlite"), 16.0)

    def work(number: int) -> bool:
        kept.put(key(number), REPLY)
        found = kept.get(key(number))
        return found is not None and found.text == "4"

    try:
        with ThreadPoolExecutor(64) as pool:
            assert all(pool.map(work, range(2000)))
        assert kept.state()["failures"] == 0
    finally:
        kept.close()


def test_a_file_of_something_else_is_refused_at_start(tmp_path: Path) -> None:
    garbage, foreign = tmp_path / "garbage", tmp_path / "foreign"
    garbage.write_bytes(b"no database" * 1000)
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE replies (key, reply)")
    connection.close()
    for path, message in (
        (garbage, "not a database"),
        (foreign, "a SQLite file of something else"),
        (tmp_path, "unable to open"),
        (tmp_path / "nowhere" / "file", "directory does not exist"),
    ):
        with pytest.raises(ConfigurationError, match=message) as caught:
            ReplyCache(str(path), 1.0)
        assert str(path) in str(caught.value)
    assert garbage.read_bytes() == b"no database" * 1000


def test_a_corrupt_file_is_refused_at_start(tmp_path: Path) -> None:
    path = tmp_path / "judge.sqlite"
    kept = ReplyCache(str(path), 16.0)
    for number in range(500):
        kept.put(key(number), Reply("x" * 500, None, "stop", None, 1, 1, "x"))
    kept.close()
    content = bytearray(path.read_bytes())
    content[20_000:60_000] = b"\x55" * 40_000
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="corrupt|malformed"):
        ReplyCache(str(path), 16.0)


def test_a_file_that_another_process_does_not_let_go_of_is_refused_at_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "WRITE_PATIENCE", 0.05)
    path = tmp_path / "judge.sqlite"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(ConfigurationError, match="locked"):
            ReplyCache(str(path), 1.0)
    finally:
        connection.close()


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """Yield a directory that only root can write to; restore the user afterwards."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory)
        path.chmod(0o755)
        yield path
        os.seteuid(user)
        path.chmod(0o755)


@pytest.mark.parametrize("what", ["file", "directory"])
def test_what_cannot_be_written_to_is_refused_at_start(what: str, unprivileged: Path) -> None:
    path = unprivileged / "judge.sqlite"
    ReplyCache(str(path), 1.0).close()
    path.chmod(0o444 if what == "file" else 0o666)
    unprivileged.chmod(0o777 if what == "file" else 0o555)
    if os.geteuid() == 0:
        os.seteuid(65534)
    with pytest.raises(ConfigurationError, match=r"readonly|unable to open"):
        ReplyCache(str(path), 1.0)


def test_a_file_that_breaks_later_costs_the_cache_and_not_the_calls(
    serve: Serve, connect: Connect, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="rule_rm.judge.client.cache")
    path = tmp_path / "judge.sqlite"
    client = connect(serve(), cache=str(path))
    ask(client, "a")
    until(lambda: client.state()["cache"]["pending"] == 0)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("DROP TABLE replies")
    connection.close()
    for text in "abcab":
        assert ask(client, text).text == "CORRECT"
    until(lambda: client.state()["cache"]["pending"] == 0)
    assert client.state()["cache"]["failures"] >= 2
    assert "can't be read (failure 1)" in caplog.text


def test_a_row_that_makes_no_sense_is_no_reply(tmp_path: Path) -> None:
    path = tmp_path / "judge.sqlite"
    kept = ReplyCache(str(path), 1.0)
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        for number, row in enumerate(["", "null", "[]", "{}", '{"logprobs": 1}', '{"text": "4"}']):
            connection.execute("INSERT INTO replies VALUES (?, ?)", (key(number), row))
            assert kept.get(key(number)) is None
        connection.close()
    finally:
        kept.close()


# Single flight


def test_equal_questions_at_once_are_sent_once(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go = threading.Event()
    judge = serve(lambda body: "CORRECT" if may_go.wait(PATIENCE) else "")
    client = connect(judge, cache_mb=0)
    boarded = aboard(client, monkeypatch)
    with ThreadPoolExecutor(8) as pool:
        replies = [pool.submit(ask, client) for _ in range(8)]
        until(lambda: len(boarded) == 8)
        may_go.set()
        assert [reply.result().text for reply in replies] == ["CORRECT"] * 8
    assert boarded.count(True) == len(judge.bodies) == 1


def aboard(client: JudgeClient, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """The callers that share a question from now on: True for each that asks it, False for one that waits."""
    boarded: list[bool] = []
    board = client._flights.board

    def counted(key: bytes) -> tuple[Flight, bool]:
        flight, is_leader = board(key)
        boarded.append(is_leader)
        return flight, is_leader

    monkeypatch.setattr(client._flights, "board", counted)
    return boarded


def test_who_has_more_time_does_not_fail_with_the_one_that_went_first(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go = threading.Event()

    def answer(body: object) -> str:
        if len(judge.bodies) == 1:
            may_go.wait(PATIENCE)
        return "CORRECT"

    judge = serve(answer)
    client = connect(judge)
    boarded = aboard(client, monkeypatch)
    with ThreadPoolExecutor(2) as pool:
        hasty = pool.submit(ask, client, seconds=1.0)
        until(lambda: len(judge.bodies) == 1)
        patient = pool.submit(ask, client)
        until(lambda: len(boarded) == 2)
        with pytest.raises(JudgeError):
            hasty.result()
        assert patient.result().text == "CORRECT"
        may_go.set()
    assert client.state()["lost"] == {"timeout": 1}


def test_who_has_less_time_does_not_wait_for_the_one_that_went_first(serve: Serve, connect: Connect) -> None:
    may_go = threading.Event()
    judge = serve(lambda body: "CORRECT" if may_go.wait(PATIENCE) else "")
    client = connect(judge)
    with ThreadPoolExecutor(2) as pool:
        patient = pool.submit(ask, client)
        until(lambda: len(judge.bodies) == 1)
        with pytest.raises(JudgeError, match="not in time"):
            ask(client, seconds=0.1)
        may_go.set()
        assert patient.result().text == "CORRECT"


def test_what_the_server_refuses_is_refused_for_all_that_asked_it(serve: Serve, connect: Connect) -> None:
    judge = serve(lambda body: (time.sleep(0.2), Refusal(400, "too long"))[1])
    client = connect(judge)
    with ThreadPoolExecutor(4) as pool:
        replies = [pool.submit(ask, client) for _ in range(4)]
        for reply in replies:
            with pytest.raises(JudgeError, match="too long"):
                reply.result()
    assert client.state()["lost"] == {"http_400": 4}
