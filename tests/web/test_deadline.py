"""A client says how long it waits, and nothing is done for it after that."""

from __future__ import annotations

import time

import pytest

from rule_rm.errors import RequestError
from rule_rm.http.endpoints import DEADLINE_HEADER
from rule_rm.web.deadline import patience

from ..waiting import until

HARD = {"prompts": ["2+2?"], "responses": [r"\boxed{\sqrt{50}+B_7}"], "golden_responses": [r"5\sqrt2+B_7"]}
"""A question that only a worker can decide."""


def test_the_seconds_that_are_left_are_taken_as_they_are():
    assert patience("12.5") == 12.5


def test_a_unix_time_is_the_end_of_the_waiting():
    assert 0 < patience(str(time.time() + 1_000)) <= 1_000
    assert patience(str(time.time() - 1)) == 0


@pytest.mark.parametrize("value", ["", "soon", "-1", "nan", "inf", "1e999", "5 s", "1, 2"])
def test_a_header_that_is_no_time_is_refused(value):
    with pytest.raises(RequestError, match="the seconds that the client still waits"):
        patience(value)


@pytest.mark.parametrize("path", ["/get_reward", "/get_reward/math_equal"])
def test_a_wrong_header_is_an_error_of_the_request(client, path):
    reply = client.post(path, json=HARD, headers={DEADLINE_HEADER: "tomorrow"})
    assert reply.status_code == 400
    assert DEADLINE_HEADER in reply.json["error"]["message"]


def test_what_nobody_waits_for_is_not_scored(client, engine):
    before = engine.state()["jobs"]
    body = {**HARD, "details": True}
    reply = client.post("/get_reward/math_equal", json=body, headers={DEADLINE_HEADER: "0"})
    assert [detail["status"] for detail in reply.json["details"]] == ["expired"]
    until(lambda: not engine.state()["pending"])
    assert engine.state()["jobs"] == before


def test_a_patient_client_has_its_reward(client):
    reply = client.post("/get_reward/math_equal", json=HARD, headers={DEADLINE_HEADER: "60"})
    assert reply.json["rewards"] == [1.0]
