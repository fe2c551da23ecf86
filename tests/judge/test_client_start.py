"""Errors before the first question: invalid options, and judges that can't be reached."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from rule_rm.errors import ConfigurationError
from rule_rm.judge import ClientOptions

from ..fakes import fault_proxy as faults
from ..fakes.fault_proxy import Fault
from ..fakes.scripted_judge import Completion, Refusal
from ..waiting import PATIENCE
from .conftest import Connect, Serve, ask


def options(**given: Any) -> ClientOptions:
    return ClientOptions(**{"urls": ("http://127.0.0.1:8000",), "model": "judge", **given})


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
        (" http://127.0.0.1:8000/ ", "http://127.0.0.1:8000/v1"),
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("http://[::1]:8000/v1/", "http://[::1]:8000/v1"),
        ("https://api.example.com", "https://api.example.com/v1"),
        ("https://example.com/api", "https://example.com/api/v1"),
        ("https://example.com/v1beta/openai", "https://example.com/v1beta/openai"),
        ("https://example.com/api/paas/v4/", "https://example.com/api/paas/v4"),
        ("https://example.com/judge/chat/completions", "https://example.com/judge"),
        (
            "https://example.com/openai/deployments/j/chat/completions?api-version=1",
            "https://example.com/openai/deployments/j?api-version=1",
        ),
    ],
)
def test_the_base_of_a_url_is_found(url: str, base: str) -> None:
    assert options(urls=(url,)).addresses[0].url == base


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"urls": ()}, "no URL"),
        ({"urls": ("127.0.0.1:8000",)}, "must be http://HOST:PORT"),
        ({"urls": ("ftp://host",)}, "must be http://HOST:PORT"),
        ({"urls": ("host?api-key=hunter2",)}, "must be http://HOST:PORT"),
        ({"urls": ("http://",)}, "must be http://HOST:PORT"),
        ({"urls": ("http://user:hunter2@host",)}, "can't hold a user name or a password"),
        ({"model": ""}, "has no name"),
        ({"api_key_env": "sk-abc.def"}, "must be the name of the environment variable"),
        ({"timeout": 0.0}, "timeout of the judge must be above 0"),
        ({"timeout": float("inf")}, "timeout of the judge must be above 0, at most 1e9"),
        ({"timeout": float("nan")}, "timeout of the judge"),
        ({"concurrency": 0}, "concurrency of the judge must be at least 1"),
        ({"max_tries": 0}, "max_tries"),
        ({"requests_per_minute": -1.0}, "requests_per_minute"),
        ({"cache_mb": -1.0}, "cache_mb"),
        ({"extra_body": "{"}, "not JSON"),
        ({"extra_body": "[]"}, "must be a JSON object"),
        ({"extra_body": '{"messages": []}'}, "can't hold messages"),
        ({"extra_body": '{"stream": true}'}, "can't ask for a stream"),
        ({"extra_body": '{"n": 4}'}, "nor for n replies"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        options(**given)
    assert "hunter2" not in str(caught.value)
    assert "sk-abc" not in str(caught.value)


def test_a_key_that_no_header_can_hold_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOME_KEY", "s3cret\r\nX-Evil: 1")
    with pytest.raises(ConfigurationError, match="no HTTP header can hold") as caught:
        options(api_key_env="SOME_KEY")
    assert "s3cret" not in str(caught.value)


def test_an_unset_key_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOME_KEY", raising=False)
    assert options(api_key_env="SOME_KEY").key == ""
    assert "key" not in {name for name in ClientOptions.__slots__ if "env" not in name}


# The check


def check(client: Any, seconds: float = PATIENCE) -> None:
    client.check(time.monotonic() + seconds)


def test_a_judge_that_replies_passes(serve: Serve, connect: Connect) -> None:
    judge = serve()
    client = connect(judge)
    check(client)
    assert judge.bodies[0]["max_tokens"] == 1
    assert client.state()["calls"] == 0


def test_a_judge_that_only_thinks_within_one_token_passes(serve: Serve, connect: Connect) -> None:
    check(connect(serve(lambda body: Completion(None, reasoning="", finish_reason="length"))))
    check(connect(serve(lambda body: Completion(None))))


def test_a_server_that_is_not_there_is_told(serve: Serve, connect: Connect, dead: str) -> None:
    with pytest.raises(ConfigurationError, match=r"Connection refused; is its server started") as caught:
        check(connect(serve(), dead))
    assert dead in str(caught.value)


def test_a_host_that_is_not_known_is_told(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ConfigurationError, match="its host is not known"):
        check(connect("http://judge.invalid:8000"))


@pytest.mark.parametrize("name", ["SOME_KEY", ""])
def test_a_key_that_is_refused_is_told(name: str, serve: Serve, connect: Connect) -> None:
    with pytest.raises(ConfigurationError, match=rf"401.*is its key in {name}"):
        check(connect(serve(key="right"), api_key_env=name))


def test_a_model_that_the_server_does_not_have_is_told_with_those_it_has(
    serve: Serve, connect: Connect
) -> None:
    judge = serve(models=["qwen", "llama"])
    with pytest.raises(ConfigurationError, match=r"does not exist.*no model 'judge', but qwen, llama"):
        check(connect(judge))


def test_a_url_without_completions_is_told(serve: Serve, connect: Connect) -> None:
    judge = serve()
    with pytest.raises(ConfigurationError, match=r"is its URL right\? It has no /chat/completions there"):
        check(connect(judge.url.replace("/v1", "/v9")))


def test_a_page_of_html_is_no_judge(serve: Serve, harm: Any, connect: Connect) -> None:
    with pytest.raises(ConfigurationError, match="no JSON"):
        check(connect(harm(serve(), faults.in_turn(faults.HTML))))


def test_fields_that_the_server_refuses_are_told(serve: Serve, connect: Connect) -> None:
    judge = serve(lambda body: Refusal(400, "Unsupported parameter: 'max_tokens'"))
    with pytest.raises(ConfigurationError, match=r"Unsupported parameter.*see model and extra_body"):
        check(connect(judge))


def test_a_server_that_is_still_loading_is_waited_for(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rule_rm.judge.client.start_check.ASK_AGAIN", 0.01)
    states = iter([503, 503, 200])
    judge = serve(lambda body: Refusal(503, "Loading model") if next(states) == 503 else "OK")
    check(connect(judge))
    assert len(judge.bodies) == 3


def test_a_server_that_never_is_ready_is_told_in_time(serve: Serve, harm: Any, connect: Connect) -> None:
    with pytest.raises(ConfigurationError, match="503: Loading model; see its own log"):
        check(connect(serve(lambda body: Refusal(503, "Loading model"))), seconds=0.2)
    hanging = harm(
        serve(), faults.in_turn(Fault("silence", lambda exchange: exchange.server.stopping.wait()))
    )
    with pytest.raises(ConfigurationError, match="did not reply in time"):
        check(connect(hanging), seconds=0.2)


def test_a_client_that_was_not_checked_asks_all_the_same(serve: Serve, connect: Connect) -> None:
    assert ask(connect(serve())).text == "CORRECT"
