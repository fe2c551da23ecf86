"""Requests as real trainers send them, the rollouts that they mean, and the replies that they digest.

A format is covered by adding a file to `captured`; every format must have one.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rule_rm import Rollout, Score, Status, protocols

CAPTURED = {path.stem: json.loads(path.read_text()) for path in Path(__file__).parent.glob("captured/*.json")}
METRICS = {1.5: {"accuracy": 1.0, "format": 1.0}, 0.5: {"accuracy": 0.0, "format": 1.0}}

captured = pytest.mark.parametrize("case", CAPTURED.values(), ids=CAPTURED)


def score(reward: float | None, status: str) -> Score:
    return Score(reward, Status(status), metrics=METRICS.get(reward, {}))


def rollout(messages=None, **fields) -> Rollout:
    return Rollout(**fields, messages=None if messages is None else tuple(messages))


def format_of(case):
    """Return the format of a request, by its keys or, for some formats, by its path."""
    told_by_path = [one for one in protocols.BY_PATH if case["wire_format"] == one.NAME]
    return told_by_path[0] if told_by_path else protocols.recognise(case["request"])


def reply_to(case):
    scores = [score(*pair) for pair in case["scores"]]
    wire_format = format_of(case)
    return wire_format.build_response(
        case["request"], scores, metrics=("accuracy", "format"), unscored_reward=0.0
    )


def test_every_format_has_captured_requests():
    names = {wire_format.NAME for wire_format in protocols.FORMATS}
    assert {case["wire_format"] for case in CAPTURED.values()} == names


@captured
def test_the_format_is_told_by_the_keys(case):
    told = format_of(case)
    assert case["wire_format"] == told.NAME


@captured
def test_the_rollouts_are_those_that_the_trainer_means(case):
    rollouts = format_of(case).parse_request(case["request"])
    assert rollouts == [rollout(**fields) for fields in case["rollouts"]]


@captured
def test_the_reply_is_the_one_that_the_trainer_digests(case):
    assert json.loads(json.dumps(reply_to(case), allow_nan=False)) == case["reply"]


@captured
def test_every_number_that_is_not_an_echo_is_a_float(case):
    def leaves(value):
        if isinstance(value, dict):
            return [leaf for part in value.values() for leaf in leaves(part)]
        return [leaf for part in value for leaf in leaves(part)] if isinstance(value, list) else [value]

    reply = reply_to(case)
    if isinstance(reply, dict):
        reply = {name: value for name, value in reply.items() if case["request"].get(name) is not value}
    kinds = {type(leaf) for leaf in leaves(reply)}
    assert int not in kinds
    assert float in kinds or not case["scores"]


@captured
def test_every_list_of_a_reply_has_one_number_for_each_sample(case):
    def columns(value):
        parts = value.values() if isinstance(value, dict) else []
        return [value] if isinstance(value, list) else [column for part in parts for column in columns(part)]

    reply = reply_to(case)
    if isinstance(reply, dict):
        reply = {name: value for name, value in reply.items() if case["request"].get(name) is not value}
    # A reply without lists is one to a single sample.
    assert {len(column) for column in columns(reply)} <= {len(case["scores"])}
    assert columns(reply) or len(case["scores"]) == 1
