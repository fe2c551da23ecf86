"""The express way replies as the Flask application does, to the byte, and leaves unusual requests to it."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace

import pytest

from rule_rm import Settings
from rule_rm.journal import Sender
from rule_rm.web import auth, create_app
from rule_rm.web.app import App
from rule_rm.web.express import SHORT_BODY, Express
from rule_rm.web.front import Request
from rule_rm.web.front.gateway import Gateway
from rule_rm.web.logs import current_sender
from rule_rm.web.tokens import Tokens

from ..conftest import RIGHT, ROOT, WRONG
from .http_client import post

JSON = (b"content-type", b"application/json")
BATCH = {"prompts": ["2+2?", "2+2?"], "responses": [RIGHT, WRONG], "golden_responses": ["4", "4"]}


@pytest.fixture
def express(app):
    return Express(app.extensions["rule_rm"], app, None)


def request(path: str, body: object, *headers: tuple[bytes, bytes], method: bytes = b"POST") -> Request:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    if not any(name == b"x-request-id" for name, _ in headers):
        # Without one, each way would make its own.
        headers = (*(headers or (JSON,)), (b"x-request-id", b"run-1"))
    return Request(
        method,
        path.encode(),
        "1.1",
        [(b"host", b"x"), *headers],
        keeps_alive=False,
        body=bytearray(data),
        size=len(data),
        arrived=time.monotonic(),
    )


def by_flask(app: App, asked: Request) -> tuple[str, list, bytes]:
    gateway = Gateway(app, "127.0.0.1", 6000)
    return gateway.respond(gateway.environ(asked, ("127.0.0.1", 1)))


def by_express(app: App, express: Express, asked: Request) -> tuple[str, list, bytes]:
    route = express.route(asked)
    assert route is not None, "it does not take the express way"
    try:
        begun = express.begin(asked, route)
        if isinstance(begun, tuple):
            return begun
        begun.batch.wait(begun.until)
        return express.finish(begun)
    except Exception as error:
        gateway = Gateway(app, "127.0.0.1", 6000)
        environ = gateway.environ(asked, ("127.0.0.1", 1))
        return gateway.respond(environ, express.refused(environ, error, route))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/get_reward", BATCH),
        ("/get_reward/math_verifier", BATCH),
        ("/get_reward", {**BATCH, "details": True}),
        ("/get_reward", {"query": ["2+2? 4"], "prompts": ["2+2?"], "labels": ["4"]}),
        ("/get_reward", {**BATCH, "responses": ["Größe – ½", "😀\ud83d"]}),
        ("/get_reward/math_verifer", BATCH),
        ("/get_reward", {**BATCH, "details": 1}),
        ("/get_reward", {**BATCH, "golden_response": []}),
        ("/get_reward", {**BATCH, "responses": [RIGHT]}),
        ("/get_reward", {"nothing": 1}),
        ("/get_reward", [BATCH]),
        ("/get_reward", b'{"prompts": NaN}'),
        ("/get_reward", b"\xff"),
        ("/get_reward", b"[" * 50_000),
        ("/get_reward", b""),
    ],
)
def test_a_usual_request_has_the_reply_of_the_application(app, express, path, body):
    assert by_express(app, express, request(path, body)) == by_flask(app, request(path, body))


@pytest.mark.parametrize("seconds", [b"30", b"soon", b"-1"])
def test_the_deadline_of_a_client_is_read_on_both_ways(app, express, seconds):
    headers = JSON, (b"x-request-deadline", seconds)
    asked, same = (request("/get_reward", BATCH, *headers) for _ in range(2))
    assert by_express(app, express, asked) == by_flask(app, same)


def test_both_ways_know_the_token_the_id_and_the_trace_of_a_request(app, monkeypatch):
    tokens = Tokens("tok-ABCDEFGH")
    auth.guard(app, tokens)
    express = Express(app.extensions["rule_rm"], app, tokens)
    recorded = []
    monkeypatch.setattr(app.extensions["rule_rm"].journal, "record", recorded.append)
    trace = f"00-{'4b' * 16}-{'00f1' * 4}-01"
    named = (b"x-request-id", b"run-7"), (b"traceparent", trace.encode())
    headers = JSON, (b"authorization", b"Bearer tok-ABCDEFGH"), *named
    asked, same = (request("/get_reward", BATCH, *headers) for _ in range(2))
    assert by_express(app, express, asked) == by_flask(app, same)
    assert [one.sender for one in recorded] == [Sender("token", "run-7", trace)] * 2


@pytest.mark.parametrize("values", [(b"tok-ABCDEFGH", b"wrong"), (b"wrong", b"tok-ABCDEFGH")])
def test_of_two_tokens_neither_counts_on_both_ways(app, values):
    tokens = Tokens("tok-ABCDEFGH")
    auth.guard(app, tokens)
    headers = [(b"authorization", b"Bearer " + value) for value in values]
    asked = request("/get_reward", BATCH, JSON, *headers)
    assert Express(app.extensions["rule_rm"], app, tokens).route(asked) is None
    assert by_flask(app, asked)[0].startswith("401")


def test_a_request_that_ends_in_an_error_keeps_the_id_that_it_got_here(app, express, caplog):
    named = []
    caplog.handler.addFilter(lambda record: named.append(current_sender().request_id) or True)
    asked = request("/get_reward/no_such_reward", BATCH, JSON, (b"x-request-id", b"not an id"))
    sender = express.route(asked).sender
    express.route = lambda _: replace(Express.route(express, asked), sender=sender)
    assert by_express(app, express, asked)[0].startswith("404")
    assert named == [sender.request_id]


@pytest.mark.parametrize("path", ["/get_reward", "/get_reward/no_such_reward"])
def test_a_reply_names_the_id_that_was_made_here_on_both_ways(app, express, monkeypatch, path):
    recorded = []
    monkeypatch.setattr(app.extensions["rule_rm"].journal, "record", recorded.append)
    asked = request(path, BATCH, JSON, (b"x-request-id", b"not an id"))
    replies = by_express(app, express, asked), by_flask(app, asked)
    first, second = (dict(headers)["X-Request-ID"] for _, headers, _ in replies)
    assert first != second
    assert [one.sender.request_id for one in recorded] in ([], [first, second])
    assert bool(recorded) == (path == "/get_reward")


def test_a_reply_without_a_view_names_the_request_too(app):
    assert app.test_client().get("/nothing").headers["X-Request-ID"]
    assert (
        app.test_client().get("/health", headers={"X-Request-ID": "run-7"}).headers["X-Request-ID"] == "run-7"
    )


def test_every_path_of_a_format_takes_the_express_way(app, express):
    for rule in app.url_map.iter_rules():
        is_rewards = rule.endpoint.startswith("scoring.") and "reward_type" in rule.arguments
        if is_rewards:
            path = rule.rule.replace("<reward_type>", "math_verifier")
            asked = request(path, {"anything": 1})
            assert by_express(app, express, asked) == by_flask(app, request(path, {"anything": 1}))


@pytest.mark.parametrize(
    "asked",
    [
        request("/get_reward?details=1", BATCH),
        request("/t/secret/get_reward", BATCH),
        request("/get_reward/", BATCH),
        request("/get_reward//math_verifier", BATCH),
        request("/get_reward/%6dath", BATCH),
        request("/get_reward", BATCH, method=b"GET"),
        request("/get_reward", BATCH, (b"content-type", b"text/plain")),
        request("/get_reward", BATCH, (b"accept", b"*/*")),
        request("/get_reward", BATCH, JSON, JSON),
        request("/get_reward", BATCH, JSON, (b"content-encoding", b"gzip")),
        request("/get_reward", BATCH, JSON, (b"x-request-id", b"run-7"), (b"x-request-id", b"run-8")),
        request("/get_reward", BATCH, JSON, (b"traceparent", b"x"), (b"traceparent", b"y")),
        request("/verify", BATCH),
        request("/health", BATCH),
    ],
    ids=lambda asked: f"{asked.method.decode()} {asked.target.decode()}",
)
def test_an_unusual_request_goes_to_the_application(express, asked):
    assert express.route(asked) is None


def test_a_body_that_was_refused_unread_goes_to_the_application(express):
    asked = request("/get_reward", b"")
    asked.size = 1 << 30
    assert express.route(asked) is None


@pytest.mark.parametrize("given", [b"Bearer wrong-token", b"Basic c2VjcmV0", b"", b"bearer the-token"])
def test_a_request_without_the_token_is_left_to_the_application(app, given):
    express = Express(app.extensions["rule_rm"], app, "the-token")
    assert express.route(request("/get_reward", BATCH, JSON, (b"authorization", given))) is None
    assert express.route(request("/get_reward", BATCH)) is None


def test_a_request_with_the_token_takes_the_express_way(app):
    express = Express(app.extensions["rule_rm"], app, "the-token")
    assert express.route(request("/get_reward", BATCH, JSON, (b"authorization", b"Bearer the-token")))


def test_a_secret_does_not_leave_by_the_express_way(app, express, monkeypatch):
    monkeypatch.setattr("rule_rm.web.express.redact_bytes", lambda data: data.replace(b"rewards", b"***"))
    asked = request("/get_reward", BATCH)
    _, headers, body = by_express(app, express, asked)
    assert b"***" in body
    assert ("Content-Length", str(len(body))) in headers


def test_a_large_body_is_read_by_a_thread_of_its_own(express):
    large = request("/get_reward", {**BATCH, "responses": ["x" * SHORT_BODY, ""]})
    assert not express.route(large).is_short
    assert express.route(request("/get_reward", BATCH)).is_short


def test_no_client_waits_while_the_index_of_the_golden_questions_is_built(engine, tmp_path):
    dataset = tmp_path / "golden.json"
    dataset.write_text(json.dumps([{"question": "2+2?", "answer": "4"}]))
    app = create_app(Settings(workers=1, dataset=str(dataset)), engine)
    service = app.extensions["rule_rm"]
    service.golden.prepare()
    express = Express(service, app, None)
    assert express.route(request("/get_reward", BATCH)).is_short
    service.golden._similar = None
    assert not express.route(request("/get_reward", BATCH)).is_short


def test_rewards_of_others_are_prepared_by_a_thread_of_its_own(app, express, monkeypatch):
    rewards = app.extensions["rule_rm"].engine.rewards
    own = rewards["math_verifier"]
    monkeypatch.setitem(rewards, "theirs", replace(own, source="/home/them/rules.py"))
    assert not express.route(request("/get_reward/theirs", BATCH)).is_short
    assert express.route(request("/get_reward/math_verifier", BATCH)).is_short


def test_crowds_are_answered_each_with_its_own_reward(server):
    replies = {}

    def ask(number: int) -> None:
        answer = RIGHT if number % 2 else WRONG
        payload = {"prompts": ["2+2?"], "responses": [answer + " " * number], "golden_responses": ["4"]}
        replies[number] = post(server.url, "/get_reward", payload)

    threads = [threading.Thread(target=ask, args=[number]) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {number: reply[1]["rewards"][0] > 1 for number, reply in replies.items()} == {
        number: bool(number % 2) for number in range(40)
    }


def test_the_example_dataset_is_looked_up_on_the_express_way(server):
    first = json.loads((ROOT / "datasets/math_examples.json").read_text())[0]
    payload = {
        "prompts": [first["question"]],
        "responses": [f"\\boxed{{{first['answer']}}}"],
        "details": True,
    }
    status, reply = post(server.url, "/get_reward", payload)
    assert status == 200
    assert reply["details"][0]["golden"]["tier"] == "exact"
