"""Paid responses that are scored again by another reward."""

from __future__ import annotations

import queue
import threading

import pytest

from rule_rm import Score, Status
from rule_rm.errors import OverloadedError
from rule_rm.journal import Journal
from rule_rm.journal.parcels import CONFIRMED, RECHECKED
from rule_rm.journal.reader import Filter, Reader
from rule_rm.journal.rechecks import WAITING, Rechecks

from ..waiting import PATIENCE, until
from .scored import scored


def test_a_share_of_the_paid_responses_is_scored_again_and_kept(tmp_path):
    journal = Journal()
    journal.keep(tmp_path / "here-1.journal")
    asked = []

    def score(rollout, reward_type):
        asked.append(rollout)
        return Score(float(len(asked) % 2), metrics={"accuracy": 1.0})

    journal.rechecks = Rechecks("strict", 0.5, score, journal.keeper.add)
    for _ in range(4):
        journal.record(scored(1.0, 0.0, Score.unscored(Status.ERROR, "no")))
    until(lambda: journal.state()["journal"]["written"] == 14, "both to be written")
    journal.close()
    found = Reader(tmp_path).rollouts(Filter(reward_type="strict"), 10).rollouts
    assert [(one["reward"], one["components"][CONFIRMED], one["source"]) for one in found] == [
        (0.0, 0.0, RECHECKED),
        (1.0, 1.0, RECHECKED),
    ]
    assert journal.counts.state()["requests"] == 4


@pytest.mark.parametrize(
    "outcome", [OverloadedError("too much waits", 1.0), Score.unscored(Status.CRASH, "x")]
)
def test_a_response_that_cannot_be_scored_again_confirms_and_denies_nothing(outcome):
    kept: queue.Queue = queue.Queue()
    outcomes = [outcome, Score(1.0)]

    def score(rollout, reward_type):
        given = outcomes.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    rechecks = Rechecks("strict", 1.0, score, kept.put)
    rechecks.take(scored(1.0, 1.0))
    metrics = []
    while CONFIRMED not in (metrics[-1] if metrics else {}):
        metrics.append(kept.get(timeout=PATIENCE).scores[0].metrics)
    rechecks.close()
    assert all(one == {} for one in metrics[:-1])


def test_a_reward_that_hangs_holds_up_nobody_and_memory_is_bounded(monkeypatch):
    monkeypatch.setattr("rule_rm.journal.rechecks.CLOSING", 0.05)
    may_go = threading.Event()
    rechecks = Rechecks("strict", 1.0, lambda *_: may_go.wait(PATIENCE) and Score(1.0), lambda _: None)
    for _ in range(3 * WAITING):
        rechecks.take(scored(1.0))
    assert len(rechecks._waiting) <= WAITING
    rechecks.close()
    may_go.set()
