"""Everything that is wrong with a request is a 4xx in one form."""

from __future__ import annotations

import json

import pytest

from rule_rm import Settings
from rule_rm.errors import OverloadedError
from rule_rm.web import create_app

FINE = {"prompts": ["2+2?"], "responses": ["4"], "golden_responses": ["4"]}


def error_of(reply, status: int) -> dict:
    assert reply.status_code == status, reply.text
    assert reply.content_type == "application/problem+json"
    error = reply.json["error"]
    assert set(error) == {"type", "message", "field", "index"}
    assert error["message"]
    assert "Traceback" not in reply.text
    return error


NO_JSON = {
    "nothing": b"",
    "white space": b" \n",
    "a word": b"prompts",
    "cut off": b'{"prompts": ["2+2?"',
    "two values": b"{} {}",
    "a comma too many": b'{"prompts": [],}',
    "single quotes": b"{'prompts': []}",
    "NaN": b'{"prompts": [NaN]}',
    "Infinity": b'{"labels": [Infinity]}',
    "-Infinity": b'{"labels": [-Infinity]}',
    "a float too large": b'{"labels": [1e999]}',
    "a float too small": b'{"labels": [-1e999]}',
    "an integer too long": b'{"labels": [' + b"9" * 5000 + b"]}",
    "a raw control character": b'{"prompts": ["a\nb"]}',
    "a raw null character": b'{"prompts": ["a\0b"]}',
    "a bad escape": rb'{"prompts": ["\x"]}',
    "bad UTF-8": b'{"prompts": ["\xff"]}',
    "surrogates in UTF-8": b'{"prompts": ["\xed\xa0\x80"]}',
    "Latin-1": '{"prompts": ["é"]}'.encode("latin-1"),
    "UTF-16": '{"prompts": []}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "deep and closed": b"[" * 50_000 + b"]" * 50_000,
    "a key twice": b'{"prompts": [], "prompts": [], "responses": []}',
    "a key twice, inside": b'{"labels": [{"a": 1, "a": 2}]}',
}


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON)
def test_a_body_that_is_no_json_is_a_400(client, body):
    reply = client.post("/get_reward", data=body, content_type="application/json")
    assert error_of(reply, 400)["type"] == "RequestError"


@pytest.mark.parametrize("value", [None, True, 1, 0.5, "a text", [], [FINE]])
def test_json_that_is_no_object_is_a_400(client, value):
    reply = client.post("/get_reward", data=json.dumps(value), content_type="application/json")
    assert "must be a JSON object" in error_of(reply, 400)["message"]


@pytest.mark.parametrize(
    ("change", "field", "index"),
    [
        ({"responses": ["4", "5"]}, "responses", None),
        ({"responses": "4"}, "responses", None),
        ({"responses": [4]}, "responses", 0),
        ({"prompts": ["a\0b"]}, "prompts", 0),
        ({"prompts": ["\ud800"]}, "prompts", 0),
        ({"prompts": None}, "prompts", None),
        ({"golden_responses": ["4", "4"]}, "golden_responses", None),
        ({"golden_responses": ["\ude00"]}, "golden_responses", 0),
        ({"golden_responses": [{"answer": ["\0"]}]}, "golden_responses", 0),
        ({"golden_responses": "4"}, "golden_responses", None),
    ],
)
def test_json_that_no_format_takes_is_a_422_with_field_and_index(client, change, field, index):
    error = error_of(client.post("/get_reward", json={**FINE, **change}), 422)
    assert (error["type"], error["field"], error["index"]) == ("PayloadError", field, index)


@pytest.mark.parametrize("value", [[[[]]] * 3, {"a": {}}])
def test_a_golden_answer_nested_too_deeply_is_a_422(client, value):
    for _ in range(400):
        value = [value]
    error = error_of(client.post("/get_reward", json={**FINE, "golden_responses": [value]}), 422)
    assert (error["field"], error["index"]) == ("golden_responses", 0)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x", "text/json"],
)
def test_another_content_type_is_a_415(client, content_type):
    reply = client.post("/get_reward", data=json.dumps(FINE), content_type=content_type)
    assert "application/json" in error_of(reply, 415)["message"]


def test_a_compressed_body_is_a_415(client):
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert "gzip" in error_of(client.post("/get_reward", data=b"\x1f\x8b", headers=headers), 415)["message"]


@pytest.mark.parametrize(
    "content_type", [None, "", "application/json; charset=utf-8", "Application/JSON", "application/json;"]
)
def test_json_is_taken_with_a_charset_or_without_any_type(client, content_type):
    assert client.post("/get_reward", data=json.dumps(FINE), content_type=content_type).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_a_405_that_names_the_right_one(client, method):
    reply = client.open("/get_reward", method=method)
    error_of(reply, 405)
    assert "POST" in reply.headers["Allow"]


@pytest.mark.parametrize(
    "address", ["/", "/get_rewards", "/get_reward/math_verifier/more", "/health/x", "/..", "/%00"]
)
def test_any_other_address_is_a_404(client, address):
    error_of(client.post(address, json=FINE), 404)


@pytest.mark.parametrize("name", ["nope", "MATH_VERIFIER", "math%20verifier", "%C3%A9", "a" * 5000])
def test_an_unknown_reward_type_is_a_404(client, name):
    error_of(client.post(f"/get_reward/{name}", json=FINE), 404)


def test_a_body_over_the_limit_is_a_413_that_names_the_limit(engine):
    client = create_app(Settings(workers=1, max_request_mb=0.001), engine).test_client()
    fits = client.post("/get_reward", json={"prompts": [""], "responses": ["x" * 900]})
    assert fits.status_code == 200
    error = error_of(client.post("/get_reward", json={"prompts": [""], "responses": ["x" * 1100]}), 413)
    assert "0.000999451 MiB" in error["message"]


@pytest.mark.parametrize(
    ("retry_after", "header"), [(0.0, "1"), (0.2, "1"), (1.0, "1"), (1.2, "2"), (59.5, "60")]
)
def test_overload_is_a_503_that_says_in_whole_seconds_when_to_come_back(
    app, monkeypatch, retry_after, header
):
    def refuse(*_):
        raise OverloadedError("16384 rollouts wait already", retry_after)

    monkeypatch.setattr(app.extensions["rule_rm"].engine, "begin", refuse)
    reply = app.test_client().post("/get_reward", json=FINE)
    assert error_of(reply, 503)["type"] == "OverloadedError"
    assert reply.headers["Retry-After"] == header


def test_a_404_names_the_nearest_address(client):
    assert "did you mean /get_reward?" in client.post("/get_rewards", json=FINE).json["error"]["message"]
    assert "/get_reward, " in client.get("/quite/elsewhere").json["error"]["message"]
