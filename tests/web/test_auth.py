"""The token: every way in takes it, nothing is answered without it, and nobody gets to see it."""

from __future__ import annotations

import base64
import logging
from pathlib import Path

import pytest
import requests

from rule_rm import RemoteRewardModel, Settings
from rule_rm.errors import ConfigurationError, RemoteRewardError, UnavailableError
from rule_rm.token import check_exposure, read_token
from rule_rm.web import create_app, start_server
from rule_rm.web.logs import OneLine

from .http_client import send_raw

FINE = {"prompts": ["2+2?"], "responses": ["4"], "golden_responses": ["4"]}
TOKEN = "f00d-0123456789_abc.def~XYZ"
RIGHT = "<think>2 and 2</think><answer>4</answer>"
ALIGN = {"prompts": ["2+2?"], "responses": [RIGHT], "golden_responses": ["4"]}
VERL = {"prompt_str": "2+2?", "response_str": RIGHT, "ground_truth": "4"}
NEMO = {
    "expected_answer": "4",
    "responses_create_params": {"input": "2+2?"},
    "response": {"output": [{"type": "message", "role": "assistant", "content": RIGHT}]},
}


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"rule_rm:{password}".encode()).decode()}


def ways(token: str) -> dict[str, tuple[str, str, dict[str, str]]]:
    """Return the prefix and suffix of the path and the headers, for each way to carry a token."""
    return {
        "header": ("", "", {"Authorization": f"Bearer {token}"}),
        "header in small letters": ("", "", {"Authorization": f"bearer {token}"}),
        "query": ("", f"?token={token}", {}),
        "path": (f"/t/{token}", "", {}),
        "password": ("", "", basic(token)),
    }


every_way = pytest.mark.parametrize(("before", "behind", "headers"), ways(TOKEN).values(), ids=ways(TOKEN))
wrong_ways = {
    **{f"wrong {way}": given for way, given in ways("wrong").items()},
    **{f"shortened {way}": given for way, given in ways(TOKEN[:-1]).items()},
    **{f"lengthened {way}": given for way, given in ways(TOKEN + "a").items()},
    "no token": ("", "", {}),
    "an empty one": ("/t/", "", {"Authorization": "Bearer "}),
    "no latin letters": ("", "?token=%E2%82%AC%FF", {}),
    "another case": ("", f"?token={TOKEN.upper()}", {}),
}
every_wrong_way = pytest.mark.parametrize(
    ("before", "behind", "headers"), wrong_ways.values(), ids=wrong_ways
)


@pytest.fixture(scope="module")
def guarded_app(engine):
    return create_app(Settings(workers=1, token=TOKEN), engine)


@pytest.fixture
def guarded(guarded_app):
    """Return a client without cookies."""
    return guarded_app.test_client()


@every_way
@pytest.mark.parametrize(
    ("path", "payload", "key"),
    [
        ("/get_reward", ALIGN, "rewards"),
        ("/get_reward/math_equal", ALIGN, "rewards"),
        ("/get_reward2", VERL, "score"),
        ("/verify", NEMO, "reward"),
        ("/ng-rollout/3-1-a2/verify", NEMO, "reward"),
        ("/seed_session", NEMO, None),
    ],
)
def test_whoever_carries_it_is_answered(guarded, before, behind, headers, path, payload, key):
    reply = guarded.post(before + path + behind, json=payload, headers=headers)
    assert reply.status_code == 200
    assert key is None or key in reply.json


@every_wrong_way
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/get_reward"),
        ("POST", "/get_reward/math_equal"),
        ("POST", "/get_reward2"),
        ("POST", "/verify"),
        ("POST", "/ng-rollout/0-0/verify"),
        ("POST", "/seed_session"),
        ("POST", "/aggregate_metrics"),
        ("GET", "/reverify_mode"),
        ("GET", "/rewards"),
        ("POST", "/run_code"),
        ("GET", "/what-is-not-there"),
        ("DELETE", "/get_reward"),
        ("OPTIONS", "/get_reward"),
    ],
)
def test_whoever_does_not_is_told_how_and_nothing_else(guarded, before, behind, headers, method, path):
    reply = guarded.open(before + path + behind, method=method, json=ALIGN, headers=headers)
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"].lower().startswith("bearer")
    error = reply.json["error"]
    assert error["type"] == "Unauthorized"
    assert "Authorization: Bearer TOKEN" in error["message"]
    assert "?token=TOKEN" in error["message"]
    assert "/t/TOKEN/get_reward" in error["message"]
    assert TOKEN not in reply.text


def test_a_body_that_is_refused_is_not_even_read(guarded):
    assert guarded.post("/get_reward", data="no JSON", content_type="text/plain").status_code == 401


@every_wrong_way
def test_life_signs_are_for_all_and_figures_are_not(guarded, before, behind, headers):
    assert guarded.get(before + "/ready" + behind, headers=headers).json == {"ready": True}
    health = guarded.get(before + "/health" + behind, headers=headers)
    assert (health.status_code, health.json) == (200, {"status": "ok"})


@every_way
def test_figures_are_for_those_who_carry_it(guarded, before, behind, headers):
    assert "engine" in guarded.get(before + "/health" + behind, headers=headers).json
    assert "math_verifier" in guarded.get(before + "/rewards" + behind, headers=headers).json["rewards"]


def test_a_token_that_nobody_asked_for_is_passed_over(client):
    for before, behind, headers in ways("any").values():
        reply = client.post(f"{before}/get_reward{behind}", json=ALIGN, headers=headers)
        assert reply.json == {"rewards": [1.5]}


@every_way
def test_it_stands_in_no_log_and_no_error(guarded, caplog, before, behind, headers):
    caplog.set_level(logging.DEBUG)
    texts = [
        guarded.open(before + path + behind, method=method, data=body, headers=headers).text
        for method, path, body in (
            ("GET", "/nowhere", None),
            ("GET", "", None),
            ("GET", "/", None),
            ("PUT", "/get_reward", None),
            ("POST", "/get_reward", b"no JSON"),
            ("POST", "/get_reward", b"{}"),
            ("POST", "/get_reward/nothing", b"{}"),
            ("POST", "/ng-rollout/1/nowhere", b"{}"),
            ("GET", "/health", None),
            ("GET", "/rewards", None),
        )
    ]
    assert len(caplog.records) >= 6
    assert TOKEN not in caplog.text + "".join(texts)


def test_it_is_no_part_of_what_settings_show():
    settings = Settings(token=TOKEN)
    assert TOKEN not in repr(settings)
    assert TOKEN not in str(settings.as_options())


@pytest.mark.parametrize("token", ["", " ", "a b", "a/b", "a,b", "a?b", "a%20b", "ä", "a\n", "a+b="])
def test_a_token_that_would_not_fit_into_a_url_is_told_at_start_but_not_shown(engine, token):
    with pytest.raises(ConfigurationError, match="letters, digits") as caught:
        create_app(Settings(workers=1, token=token), engine)
    assert "RULE_RM_TOKEN" in str(caught.value)
    assert not token.strip() or repr(token) not in str(caught.value)


def test_a_file_may_hold_it(tmp_path):
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    assert read_token(Settings(token_file=str(file))) == TOKEN
    assert read_token(Settings()) is None
    with pytest.raises(ConfigurationError, match="--token and --token-file are both given"):
        read_token(Settings(token="a", token_file=str(file)))
    file.write_text("two words")
    with pytest.raises(ConfigurationError, match=f"{file}: a token is") as caught:
        read_token(Settings(token_file=str(file)))
    assert "two words" not in str(caught.value)
    file.write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="it is not text"):
        read_token(Settings(token_file=str(file)))
    with pytest.raises(ConfigurationError, match="No such file"):
        read_token(Settings(token_file=str(tmp_path / "none")))


@pytest.fixture(scope="module")
def guarded_server(tmp_path_factory):
    """Yield a real server that runs programs, too, and has its token from a file."""
    directory = tmp_path_factory.mktemp("guarded")
    file: Path = directory / "token"
    file.write_text(TOKEN)
    with start_server(
        port=0, workers=1, serve_sandbox=True, token_file=file, output_dir=directory, log_level="DEBUG"
    ) as server:
        yield server


def test_a_real_server_runs_no_program_for_strangers(guarded_server):
    program = {"code": "print(6 * 7)", "language": "python"}
    for path in ("/run_code", "/test_program", "/test_program_stdio"):
        assert requests.post(guarded_server.url + path, json=program, timeout=60).status_code == 401
    reply = requests.post(f"{guarded_server.url}/t/{TOKEN}/run_code", json=program, timeout=60)
    assert reply.json()["run_result"]["stdout"] == "42\n"


def test_a_program_that_is_run_finds_no_token(guarded_server):
    code = "import os; print(os.environ); print(open('/proc/self/environ').read())"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    asked = {"code": code, "language": "python"}
    reply = requests.post(guarded_server.url + "/run_code", json=asked, headers=headers, timeout=60)
    assert TOKEN not in reply.text


def test_a_large_body_without_a_token_is_answered_and_not_read(guarded_server):
    payload = {**ALIGN, "prompts": ["a" * 20_000_000]}
    assert requests.post(f"{guarded_server.url}/get_reward", json=payload, timeout=60).status_code == 401


def test_the_client_carries_it_in_its_header_or_in_its_url(guarded_server):
    url = guarded_server.url
    for model in (
        RemoteRewardModel(url, token=TOKEN),
        RemoteRewardModel(f"{url}?token={TOKEN}"),
        RemoteRewardModel(f"{url}/t/{TOKEN}"),
        RemoteRewardModel(f"{url}/t/{TOKEN}/get_reward"),
    ):
        assert list(model.score(**ALIGN)) == [1.5]
        assert TOKEN not in repr(model)
    for model in (RemoteRewardModel(url), RemoteRewardModel(f"{url}/t/wrong?token=wrong")):
        with pytest.raises(RemoteRewardError, match="answered 401: (no|wrong) token") as caught:
            model.score(**ALIGN)
        assert caught.value.status_code == 401
        assert "wrong?" not in str(caught.value)


def test_a_host_with_a_password_is_enough_as_nemo_gym_knows_nothing_else(guarded_server):
    url = guarded_server.url.replace("http://", f"http://rule_rm:{TOKEN}@")
    assert requests.post(f"{url}/ng-rollout/1-2/verify", json=NEMO, timeout=60).json()["reward"] == 1.5
    assert requests.get(f"{url}/reverify_mode", timeout=60).json() == "stateless"


def test_the_log_of_a_real_server_has_no_token(guarded_server):
    for before, behind, headers in ways(TOKEN).values():
        for path in ("/nowhere", "/get_reward"):
            requests.get(f"{guarded_server.url}{before}{path}{behind}", headers=headers, timeout=60)
    send_raw(guarded_server.url, f"GET /t/{TOKEN} HTTP/1.1\r\nContent-Length: x\r\n\r\n".encode())
    log = guarded_server.log.read_text()
    assert "/nowhere" in log
    assert TOKEN not in log


@pytest.mark.parametrize(
    "path",
    [
        f"//t/{TOKEN}/get_reward",
        f"/T/{TOKEN}/get_reward",
        f"/get_reward/t/{TOKEN}",
        f"/get_reward//?token={TOKEN}",
        f"/t/x/t/{TOKEN}/get_reward",
        f"/get_reward/{TOKEN}",
    ],
)
def test_a_slip_in_the_path_shows_the_token_to_nobody(guarded, caplog, path):
    path, _, query = path.partition("?")
    raw = {"PATH_INFO": path, "QUERY_STRING": query}
    headers = {"Host": "elsewhere.example"}
    reply = guarded.post("/", json=FINE, environ_overrides=raw, headers=headers)
    assert TOKEN not in reply.text + str(reply.headers)
    assert "Location" not in reply.headers
    shown = [OneLine().format(record) for record in caplog.records]
    assert not [line for line in shown if TOKEN in line]


def test_a_base_url_that_ends_in_a_slash_is_understood(guarded):
    path = {"PATH_INFO": f"//t/{TOKEN}//get_reward"}
    assert guarded.post("/", json=FINE, environ_overrides=path).status_code == 200


def test_a_secret_in_a_reply_is_hidden_wherever_it_comes_from(guarded, monkeypatch):
    def fail(*_):
        raise UnavailableError(f"the judge answered: no such key {TOKEN}")

    monkeypatch.setattr(guarded.application.extensions["rule_rm"].engine, "begin", fail)
    reply = guarded.post(f"/t/{TOKEN}/get_reward", json=FINE)
    assert reply.json["error"]["message"] == "the judge answered: no such key ***"


@pytest.mark.parametrize("slip", ["/%s/get_reward", "/get_reward?details=%s", "/T/%s"])
def test_most_of_a_token_in_the_wrong_place_is_in_no_error(guarded, slip):
    reply = guarded.post(slip % TOKEN[:-1], json=FINE, headers={"Authorization": f"Bearer {TOKEN}"})
    assert 400 <= reply.status_code < 500
    assert TOKEN[:-1] not in reply.text
    assert "***" in reply.text


@pytest.mark.parametrize(
    ("host", "token", "insecure", "is_refused"),
    [
        ("127.0.0.1", None, False, False),
        ("127.9.9.9", None, False, False),
        ("localhost", None, False, False),
        ("::1", None, False, False),
        ("0.0.0.0", None, False, True),
        ("::", None, False, True),
        ("10.0.0.7", None, False, True),
        ("", None, False, True),
        ("0.0.0.0", "a-token-of-a-test", False, False),
        ("0.0.0.0", None, True, False),
    ],
)
def test_other_machines_need_a_token_unless_the_network_is_trusted(host, token, insecure, is_refused):
    settings = Settings(host=host, insecure=insecure)
    if not is_refused:
        check_exposure(settings, token)
        return
    with pytest.raises(ConfigurationError, match="there is no token"):
        check_exposure(settings, token)
