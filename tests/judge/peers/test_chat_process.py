"""The process of a small generative model: what it writes, its bounds, and its life."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from urllib.parse import urlsplit

import pytest
from urllib3 import HTTPConnectionPool

from rule_rm.errors import ConfigurationError, JudgeError
from rule_rm.judge.client.judge_client import ClientOptions, JudgeClient
from rule_rm.judge.reading.verdicts import read_verdict
from rule_rm.models.chat_process import ChatProcess

from .test_llama_cpp import MENU, PATIENCE, ask, asked


@pytest.fixture(scope="module")
def process(tiny_model):
    process = ChatProcess(str(tiny_model))
    yield process
    process.close()
    assert not process.is_alive()


@pytest.fixture
def client(process, monkeypatch):
    monkeypatch.setenv("TINY_KEY", process.key)
    # Starting again takes longer than a few tries.
    bounds = {"max_tries": 1000, "timeout": PATIENCE, "cache_mb": 0, "outage_patience": PATIENCE}
    client = JudgeClient(ClientOptions(urls=(process.url,), model="tiny", api_key_env="TINY_KEY", **bounds))
    yield client
    client.close()


def test_it_writes_what_other_servers_write_with_the_same_model(client, llama_url, client_of):
    other = client_of(llama_url)
    for reference, answer in (("42", "42"), ("42", "421"), ("100000", "10000"), ("7", "apple")):
        for kind in ("Verdict?", "Right?", "Reward?"):
            ours, theirs = (ask(each, reference, answer, kind, top_logprobs=2) for each in (client, other))
            assert ours.text == theirs.text
            assert ours.prompt_tokens == theirs.prompt_tokens
            for (token, alternatives), (_, expected) in zip(ours.logprobs, theirs.logprobs, strict=True):
                assert dict(alternatives)[token] == pytest.approx(dict(expected)[token], abs=0.05)


def test_replies_are_the_same_alone_and_beside_others_of_other_lengths(client):
    questions = [asked(str(10**n), str(10**n + n % 2), top_logprobs=2) for n in range(1, 7)] * 8
    alone = [client.ask(question, monotonic() + PATIENCE) for question in questions[:6]]
    with ThreadPoolExecutor(48) as threads:
        # Votes differ, so that no reply is shared; at temperature 0 their seed changes nothing.
        crowd = [
            asked(str(10**n), str(10**n + n % 2), top_logprobs=2, vote=vote)
            for vote in range(8)
            for n in range(1, 7)
        ]
        together = list(threads.map(lambda one: client.ask(one, monotonic() + PATIENCE), crowd))
    for place, reply in enumerate(together):
        expected = alone[place % 6]
        assert reply.text == expected.text
        logprobs, expected_logprobs = (dict(one.logprobs[0][1]) for one in (reply, expected))
        assert logprobs == pytest.approx(expected_logprobs, abs=1e-3)


def test_each_row_has_its_own_bound_temperature_and_seed(client):
    with ThreadPoolExecutor(4) as threads:
        cut = threads.submit(ask, client, "42", "42", max_tokens=1)
        whole = threads.submit(ask, client, "42", "42")
        hot = [
            threads.submit(ask, client, "42", "42", temperature=8.0, vote=vote, max_tokens=8)
            for vote in (1, 1, 2, 3)
        ]
        assert (cut.result().finish_reason, whole.result().finish_reason) == ("length", "stop")
        texts = [one.result().text for one in hot]
    assert texts[0] == texts[1]
    assert len(set(texts)) > 1


def test_a_schema_is_refused_and_text_is_asked_for_instead(client):
    reply = ask(client, "42", "421", json_schema=MENU.schema(reasoning=False))
    assert read_verdict(reply, MENU, as_json=True).value == 0.0


def test_a_prompt_beyond_the_context_is_refused(client):
    with pytest.raises(JudgeError, match="400.*context is 512"):
        ask(client, "42", "1 " * 600)


def test_nobody_without_the_key_is_answered(process, client_of):
    with pytest.raises(JudgeError, match="401"):
        ask(client_of(process.url), "42", "42")


def test_garbage_is_answered_and_not_the_end(process, client):
    address = ("127.0.0.1", int(process.url.split(":")[2].split("/")[0]))
    for garbage in (b"GET / HTTP/1.1\r\n\r\n", b"\0" * 100, b"POST /v1/chat/completions HTTP/1.1\r\n\r\n"):
        with socket.create_connection(address) as connection:
            connection.sendall(garbage)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
    assert ask(client, "42", "42").text == "VERDICT: CORRECT"


def request_of(key, text="1", **fields):
    fields = {"messages": [{"role": "user", "content": text}], "max_tokens": 4, **fields}
    body = json.dumps(fields).encode()
    return (
        f"POST /v1/chat/completions HTTP/1.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def test_what_nobody_waits_for_is_not_written(tiny_model):
    from rule_rm.models.chat_server import ChatServer
    from rule_rm.models.generation import Generator

    written = []

    class Held(Generator):
        read, is_busy, may_write = threading.Semaphore(0), threading.Event(), threading.Event()

        def encode(self, messages):
            self.read.release()
            return super().encode(messages)

        def write(self, prompts):
            self.is_busy.set()
            self.may_write.wait(PATIENCE)
            written.extend(self.decode(prompt.tokens).split()[1] for prompt in prompts)
            return super().write(prompts)

    generator = Held(str(tiny_model))
    with ChatServer(generator, "tiny", "key") as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        first, second, third = (socket.create_connection(server.server_address) for _ in range(3))
        with first, third:
            for connection, text in ((first, "first"), (second, "second"), (third, "third")):
                connection.sendall(request_of("key", text))
                assert generator.read.acquire(timeout=PATIENCE)
                # From the first on: the others wait in line then.
                assert generator.is_busy.wait(PATIENCE)
            second.close()
            generator.may_write.set()
            for connection in (first, third):
                assert connection.recv(12) == b"HTTP/1.1 200"
        server.shutdown()
    assert sorted(written) == ["first", "third"]


def test_a_row_ends_where_it_is_when_nobody_waits_any_more(tiny_model):
    from rule_rm.models.generation import Generator, Prompt

    generator, asks = Generator(str(tiny_model)), itertools.count()
    tokens = generator.encode([{"role": "user", "content": "Reference: 42\nAnswer: 42\nReward?"}])
    left, kept = generator.write([Prompt(tokens, 20, is_wanted=lambda: next(asks) < 2), Prompt(tokens, 20)])
    assert (len(left.tokens), left.is_finished) == (2, False)
    assert generator.decode(kept.tokens) == "Reward: 1.0"


@pytest.mark.parametrize(
    "body", [b"[]", b"{", b"{}", b'{"messages": 1}', b'{"messages": [], "max_tokens": "x"}']
)
def test_a_request_that_can_t_be_read_is_refused_with_its_reason(process, body):
    url = urlsplit(process.url)
    with HTTPConnectionPool(url.hostname, url.port, retries=False) as pool:
        headers = {"Authorization": f"Bearer {process.key}"}
        reply = pool.urlopen("POST", "/v1/chat/completions", body, headers)
    assert reply.status == 400
    assert "can't be read" in reply.json()["error"]["message"]


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP])
def test_a_process_that_is_killed_or_stopped_is_started_again_at_its_address(process, client, fault):
    url, pid, starts = process.url, process.pid, process.starts
    os.kill(pid, fault)
    assert ask(client, "42", "421").text == "VERDICT: INCORRECT"
    assert (process.url, process.starts) == (url, starts + 1)
    assert process.pid != pid


def test_what_is_no_model_is_told_at_start(tmp_path):
    pytest.importorskip("torch", reason="torch is not installed; make test-judge")
    with pytest.raises(ConfigurationError, match="can't be loaded as a language model"):
        ChatProcess(str(tmp_path))
