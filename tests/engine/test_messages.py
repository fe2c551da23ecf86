"""Every field of a rollout and a score survives the trip between processes, and nonsense is not a result."""

from __future__ import annotations

import json
from dataclasses import fields, make_dataclass

import pytest

from rule_rm import Rollout, Score, Status
from rule_rm.engine import messages
from rule_rm.engine.messages import Result, Task, decode_result, decode_task, encode_result, encode_task

ROLLOUT = Rollout(
    prompt="a prompt",
    response="a response",
    ground_truth=["4", 4],
    data_source="gsm8k",
    extra_info={"index": 3},
    text="a prompt and a response",
    messages=({"role": "user", "content": "a prompt"},),
    completion=({"role": "assistant", "content": "a response"},),
    group=(Rollout("a prompt", "another response"),),
)
SCORE = Score(
    reward=0.5,
    status=Status.TIMEOUT,
    answer="4",
    explanation="because",
    metrics={"accuracy": 1.0},
    summands={"math_equal": 0.5},
    members=(Score(1.0),),
    question="what was asked",
    reply="what was replied",
    seconds=0.25,
)


def test_the_samples_of_these_tests_set_every_field():
    assert all(getattr(ROLLOUT, one.name) not in (None, "", {}) for one in fields(Rollout))
    assert all(getattr(SCORE, one.name) not in (None, "", {}) for one in fields(Score))


def test_every_field_of_a_rollout_arrives_in_a_worker():
    reward_type, arrived, _ = decode_task(encode_task(Task("rule", ROLLOUT)))
    assert reward_type == "rule"
    assert [getattr(arrived, one.name) for one in fields(Rollout)] == [
        getattr(ROLLOUT, one.name) for one in fields(Rollout)
    ]


def test_every_field_of_a_score_comes_back():
    assert decode_result(encode_result(Result(SCORE, True, "printed"))) == Result(SCORE, True, "printed")


def test_a_field_that_is_added_to_score_comes_back(monkeypatch):
    larger = make_dataclass("Larger", [("judge_cost", float, 0.0)], bases=(Score,), frozen=True, slots=True)
    monkeypatch.setattr(messages, "Score", larger)
    monkeypatch.setattr(messages, "_SCORE_FIELDS", {one.name for one in fields(larger)})
    score = larger(1.0, judge_cost=0.25)
    assert decode_result(encode_result(Result(score, False, ""))).score == score


def forged(score=None, **changes) -> bytes:
    """Return a result as a worker writes it, with changes."""
    plain = {
        "reward": 1.0,
        "status": "ok",
        "answer": None,
        "explanation": None,
        "metrics": {},
        "summands": {},
        "members": [],
        "question": None,
        "reply": None,
        "seconds": None,
    }
    message = {"score": {**plain, **(score or {})}, "retire": False, "printed": "", **changes}
    return json.dumps(message).encode()


def test_a_result_that_is_well_formed_is_taken():
    assert decode_result(forged()).score == Score(1.0)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"{}",
        b"[1.0]",
        b"\x80\x05.",
        b"[" * 100_000,
        forged(score={"reward": None}),
        forged(score={"status": "crash"}),
        forged(score={"reward": float("nan")}),
        forged(score={"reward": "1.0"}),
        forged(score={"metrics": [1]}),
        forged(score={"metrics": {"accuracy": "high"}}),
        forged(score={"status": "excellent"}),
        forged(score={"more": 1}),
    ],
)
def test_nonsense_from_a_worker_is_no_score(frame):
    with pytest.raises(ValueError, match="no score"):
        decode_result(frame)
