"""Named tokens: each with its limits, revoked without a restart, named in the log and never shown."""

from __future__ import annotations

import logging
import os

import pytest

from rule_rm import Settings
from rule_rm.errors import ConfigurationError
from rule_rm.token import check_exposure
from rule_rm.web import create_app, tokens
from rule_rm.web.express import Express
from rule_rm.web.front.requests import Request
from rule_rm.web.tokens import Holder, Tokens, read_holders

ANA, BOB = "ana-0123456789", "bob-0123456789"
FINE = {"prompts": ["2+2?"], "responses": ["4"], "golden_responses": ["4"]}


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(tokens, "LOOK_SECONDS", 0.0)
    path = tmp_path / "tokens.yaml"
    path.write_text(f"ana: {ANA}\nbob: {{token: {BOB}, requests_per_second: 0.001, max_request_mb: 0.001}}\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def ask(engine, file):
    """Return a function that sends a request with a token and returns the reply."""
    client = create_app(Settings(workers=1, tokens=str(file)), engine).test_client()

    def ask(token: str, path: str = "/get_reward", body=FINE):
        return client.post(path, json=body, headers={"Authorization": f"Bearer {token}"})

    return ask


def test_each_named_token_is_taken_and_no_other(ask):
    assert ask(ANA).status_code == 200
    assert ask(BOB).status_code == 200
    for wrong in ("carl-0123456789", ANA[:-1], "ana", ""):
        assert ask(wrong).status_code == 401


def test_the_token_of_the_settings_is_taken_too(engine, file):
    client = create_app(Settings(workers=1, tokens=str(file), token="own-0123456789"), engine).test_client()
    for token in ("own-0123456789", ANA):
        assert client.get("/rewards", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_a_token_is_revoked_and_another_added_without_a_restart(ask, file):
    assert ask(ANA).status_code == 200
    file.write_text("carl: carl-0123456789\n")
    assert ask(ANA).status_code == 401
    assert ask("carl-0123456789").status_code == 200


@pytest.mark.parametrize("text", ["ana: [", "ana: {token: 7}", "ana: abc\nana: def"])
def test_a_broken_file_changes_nothing_and_is_logged(ask, file, caplog, text):
    file.write_text(text)
    assert ask(ANA).status_code == 200
    assert "the tokens stay as they are" in caplog.text
    file.write_text("")
    assert ask(ANA).status_code == 401


def test_a_pipe_in_place_of_the_file_changes_nothing_and_is_not_waited_for(ask, file, caplog):
    file.unlink()
    os.mkfifo(file, 0o600)
    assert ask(ANA).status_code == 200
    assert "it is not a regular file" in caplog.text


def test_a_file_that_is_gone_changes_nothing(ask, file):
    file.unlink()
    assert ask(ANA).status_code == 200


def test_one_request_too_many_is_a_429_that_says_when_to_come_back(ask):
    assert ask(BOB).status_code == 200
    reply = ask(BOB)
    assert reply.status_code == 429
    assert "bob may send 0.001 requests per second" in reply.json["detail"]
    assert 0 < int(reply.headers["Retry-After"]) <= 1000
    assert ask(ANA).status_code == 200


def test_the_first_request_is_taken_on_a_machine_that_has_just_started():
    holder = Holder("bob", b"", requests_per_second=0.001)
    assert holder.seconds_to_wait(now=2.0) == 0.0
    assert holder.seconds_to_wait(now=3.0) == pytest.approx(999.0)


def test_a_request_too_large_for_its_token_is_a_413(ask):
    large = {**FINE, "responses": ["x" * 2000]}
    reply = ask(BOB, body=large)
    assert reply.status_code == 413
    assert "0.001 MiB, the limit of bob" in reply.json["detail"]
    assert ask(ANA, body=large).status_code == 200


def test_the_log_names_the_holder_and_never_the_token(ask, caplog):
    with caplog.at_level(logging.INFO):
        ask(ANA, "/get_reward/nope")
    assert "of ana was answered with 404" in caplog.text
    assert ANA not in caplog.text


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("ana: 123456", "must be a string; put quotes around it"),
        ("ana: a b", "a token is letters"),
        ("ana: {tokn: abc}", "'tokn' is none of token"),
        ("ana: {token: abc, requests_per_second: 0}", "must be a number above 0"),
        ("ana: abc\nbob: abc", "bob and ana have the same token"),
        ("- abc", "must be a mapping"),
    ],
)
def test_an_invalid_file_is_an_error_with_its_line_and_without_the_token(tmp_path, text, error):
    path = tmp_path / "tokens.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=error) as caught:
        read_holders(path)
    assert "abc" not in str(caught.value)


def test_a_file_that_others_can_write_is_refused_and_one_that_they_can_read_is_warned_of(file, caplog):
    file.chmod(0o606)
    with pytest.raises(ConfigurationError, match=f"chmod 600 {file}"):
        Tokens(None, file)
    file.chmod(0o604)
    Tokens(None, file)
    assert "every user can read" in caplog.text


@pytest.mark.parametrize("name", ["serve_sandbox", "allow_weak_sandbox"])
def test_no_other_machine_runs_programs_without_a_token_whatever_the_options_say(name):
    settings = Settings(host="0.0.0.0", insecure=True, **{name: True})
    with pytest.raises(ConfigurationError, match="lets other machines run programs"):
        check_exposure(settings, None)
    check_exposure(settings, "a token")
    check_exposure(Settings(host="127.0.0.1", **{name: True}), None)


def test_no_page_of_another_site_may_read_an_answer(ask, engine):
    client = create_app(Settings(workers=1), engine).test_client()
    for method in ("OPTIONS", "POST", "GET"):
        reply = client.open("/get_reward", method=method, headers={"Origin": "https://elsewhere.example"})
        assert not [name for name in [*dict(reply.headers)] if name.lower().startswith("access-control")]


def test_the_limit_counts_again_after_the_file_was_read_again(ask, file):
    assert ask(BOB).status_code == 200
    os.utime(file, (1, 1))
    assert ask(BOB).status_code == 429


def test_the_express_way_admits_unlimited_tokens_alone(app, file):
    express = Express(app.extensions["rule_rm"], app, Tokens(None, file))

    def is_taken(*headers: tuple[bytes, bytes]) -> bool:
        request = Request(
            b"POST", b"/get_reward", "1.1", [(b"content-type", b"application/json"), *headers], True
        )
        return express.route(request) is not None

    assert is_taken((b"authorization", f"Bearer {ANA}".encode()))
    assert not is_taken((b"authorization", f"Bearer {BOB}".encode()))
    assert not is_taken((b"authorization", b"Bearer wrong"))
    assert not is_taken((b"authorization", ANA.encode()))
    assert not is_taken()
