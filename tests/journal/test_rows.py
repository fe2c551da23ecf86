"""The rows of a scored request."""

from __future__ import annotations

import json

import pytest

from rule_rm import Rollout, Score, Status, redaction
from rule_rm.journal import Scored
from rule_rm.journal import rows as module
from rule_rm.journal.parcels import Sender, pack, unpack
from rule_rm.journal.rows import TEXT_LIMIT

from .scored import scored


def rows(request, number, **options):
    return module.rows(unpack(pack(request)), number, **options)


def test_a_row_has_what_a_person_asks_for():
    [row] = rows(
        Scored(
            "math",
            [Rollout("2+2?", "It is 4.", "4", "sums", {"global_step": 7})],
            [Score(1.0, answer="4", explanation="equal", metrics={"accuracy": 1.0})],
            seconds=0.5,
            stages={"score": 0.25},
            time=100.0,
            version="abc",
            sender=Sender("trainer", "7f3a"),
        ),
        3,
    )
    kept = row._asdict()
    del kept["question"]
    assert kept == {
        "time": 100.0,
        "request": 3,
        "member": 0,
        "reward_type": "math",
        "source": "sums",
        "step": 7,
        "reward": 1.0,
        "status": "ok",
        "answer": "4",
        "explanation": "equal",
        "components": '{"accuracy": 1.0}',
        "tier": None,
        "similarity": None,
        "length": 8,
        "seconds": 0.5,
        "stages": '{"score": 0.25}',
        "version": "abc",
        "client": "trainer",
        "request_id": "7f3a",
        "prompt": "2+2?",
        "ground_truth": "4",
        "response": "It is 4.",
    }


def test_without_texts_nothing_that_somebody_wrote_is_kept():
    [row] = rows(scored(1.0, response="SECRET", prompt="SECRET", answer="SECRET"), 1, with_texts=False)
    assert "SECRET" not in str(row)
    assert row.length == 6


def test_a_secret_of_this_process_is_kept_nowhere(monkeypatch):
    monkeypatch.setattr(redaction, "_known", redaction._Known())
    redaction.remember("tok-ABCDEFGH")
    leak = "say tok-ABCDEFGH"
    [row] = rows(scored(1.0, response=leak, prompt=leak, answer=leak, source=leak), 1)
    assert "ABCDEFGH" not in str(row)
    assert row.response == "say ***"


def test_a_secret_in_one_text_changes_no_other(monkeypatch):
    monkeypatch.setattr(redaction, "_known", redaction._Known())
    redaction.remember("tok-ABCDEFGH")
    rollouts = [
        Rollout("p", "tok-ABCDEFGH", "g"),
        Rollout("p", "tok-", "ABCDEFGH"),
        Rollout("p", "\ud83d", "g"),
    ]
    found = rows(Scored("math", rollouts, [Score(1.0)] * 3), 1)
    assert [row.response for row in found] == ["***", "tok-", "\\ud83d"]


def test_members_of_a_group_share_a_question_and_others_do_not():
    one, two = rows(scored(1.0, 0.0), 1)
    [other] = rows(scored(1.0, ground_truth="5"), 2)
    assert one.question == two.question != other.question


def test_a_long_text_is_cut():
    [row] = rows(scored(1.0, response="x" * (TEXT_LIMIT + 1)), 1)
    assert row.response.endswith(f"… ({TEXT_LIMIT + 1} characters)")
    assert row.length == TEXT_LIMIT + 1


@pytest.mark.parametrize("step", [True, "7", None, float("nan"), 1e300])
def test_what_is_no_step_is_none(step):
    [row] = rows(scored(1.0, extra_info={"step": step}), 1)
    assert row.step is None


def test_the_step_of_the_request_counts_where_a_rollout_has_none():
    request = scored(1.0, 1.0, step=5)
    assert [row.step for row in rows(request, 1)] == [5, 5]


def test_a_golden_answer_of_any_kind_is_kept_as_json():
    [row] = rows(scored(1.0, ground_truth={"tests": ["assert f(1) == 2"]}), 1)
    assert json.loads(row.ground_truth) == {"tests": ["assert f(1) == 2"]}
    [row] = rows(scored(1.0, ground_truth=object()), 1)
    assert row.ground_truth == "<class 'object'>"


def test_an_unscored_rollout_keeps_its_reason():
    [row] = rows(scored(Score.unscored(Status.ERROR, "it broke")), 1)
    assert (row.reward, row.status, row.explanation) == (None, "error", "it broke")
