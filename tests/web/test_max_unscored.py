"""A run of which too much is unscored is ended, if the settings say so, and never by a policy."""

from __future__ import annotations

import pytest

from rule_rm import Settings
from rule_rm.errors import ConfigurationError
from rule_rm.web import create_app

UNSCORED = {"prompts": ["?"] * 32, "responses": ["4"] * 32}
WRONG = {**UNSCORED, "golden_responses": ["5"] * 32}


def statuses(client, *payloads):
    return [client.post("/get_reward/math_equal", json=payload).status_code for payload in payloads]


def test_beyond_the_share_every_request_is_refused_and_the_reason_said(engine):
    client = create_app(Settings(workers=1, max_unscored=0.5), engine).test_client()
    assert statuses(client, UNSCORED, WRONG, UNSCORED) == [200, 200, 424]
    reply = client.post("/get_reward/math_equal", json=UNSCORED)
    assert "96 of 128 rollouts are unscored" in reply.json["error"]["message"]


def test_few_rollouts_and_wrong_answers_end_no_run(engine):
    client = create_app(Settings(workers=1, max_unscored=0.0), engine).test_client()
    few = {**UNSCORED, "prompts": ["?"], "responses": ["4"]}
    assert statuses(client, few, WRONG) == [200, 200]
    client = create_app(Settings(workers=1, max_unscored=0.0), engine).test_client()
    assert statuses(client, *[WRONG] * 4) == [200] * 4


def test_without_the_setting_nothing_is_refused(engine):
    client = create_app(Settings(workers=1), engine).test_client()
    assert statuses(client, *[UNSCORED] * 4) == [200] * 4
    with pytest.raises(ConfigurationError, match="--max-unscored must be from 0 to 1"):
        Settings(max_unscored=2.0)
