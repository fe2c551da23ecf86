"""The counts, the lines of the log, and the warnings."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from rule_rm import Score, Status
from rule_rm.journal.counts import LATENCIES, LINE_PAUSE, WARNING_PAUSE, Counts

UNSCORED = Score.unscored(Status.NO_GROUND_TRUTH, "there is none")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def journal(clock):
    return Counts(clock)


@pytest.fixture
def warnings(caplog):
    caplog.set_level(logging.INFO)
    return lambda: [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


def test_scores_are_counted_by_reward_type_and_status(journal):
    journal.record("math", [Score(1.0), Score(0.0, Status.TIMEOUT), UNSCORED], 0.5)
    journal.record("math", [Score(0.5)], 0.1)
    journal.record("code", [], 0.1)
    state = journal.state()
    assert state["requests"] == 3
    assert state["reward_types"] == {
        "code": {"rollouts": 0, "statuses": {}, "mean_reward": None},
        "math": {
            "rollouts": 4,
            "statuses": {"ok": 2, "timeout": 1, "no_ground_truth": 1},
            "mean_reward": 0.5,
        },
    }


def test_unscored_rollouts_are_not_in_the_mean_reward(journal):
    journal.record("math", [UNSCORED, UNSCORED], 0.1)
    assert journal.state()["reward_types"]["math"]["mean_reward"] is None


def test_the_seconds_are_those_of_the_latest_requests(journal):
    journal.record("math", [Score(1.0)], 1000.0)
    for number in range(LATENCIES):
        journal.record("math", [Score(1.0)], float(number))
    seconds = journal.state()["seconds"]
    assert seconds == {"p50": LATENCIES // 2, "p99": int(0.99 * LATENCIES), "max": LATENCIES - 1}


def test_a_journal_without_entries_has_no_seconds(journal):
    assert journal.state()["seconds"] == {"p50": None, "p99": None, "max": None}


def test_a_request_is_a_line_without_any_text(journal, caplog):
    caplog.set_level(logging.INFO)
    journal.record("math", [Score(1.0, answer="secret", explanation="secret")] * 2, 0.25)
    assert [record.getMessage() for record in caplog.records] == ["math: 2 rollouts in 0.250 s (ok 2)"]


def test_requests_within_a_second_share_a_line(journal, caplog, clock):
    caplog.set_level(logging.INFO)
    for seconds in (0.1, 0.3, 0.2):
        journal.record("math", [Score(1.0)], seconds)
    clock.now += LINE_PAUSE
    journal.record("math", [Score(0.0, Status.TIMEOUT)], 0.1)
    assert [record.getMessage() for record in caplog.records][1:] == [
        "math: 3 rollouts of 3 requests, the slowest in 0.300 s (ok 2, timeout 1)"
    ]


def test_what_was_not_said_is_said_at_the_end(journal, caplog):
    caplog.set_level(logging.INFO)
    journal.record("math", [Score(1.0)], 0.1)
    journal.record("math", [Score(1.0)] * 2, 0.2)
    journal.close()
    journal.close()
    assert [record.getMessage() for record in caplog.records][1:] == ["math: 2 rollouts in 0.200 s (ok 2)"]


def test_the_first_unscored_rollout_is_told_at_once(journal, warnings):
    journal.record("math", [Score(1.0)] * 9, 0.1)
    assert warnings() == []
    journal.record("math", [UNSCORED], 0.1)
    assert warnings() == ["math: 1 of the last 10 rollouts is unscored (no_ground_truth 1)"]


def test_what_comes_together_in_a_pause_is_told_in_one_line(journal, warnings, clock):
    for _ in range(5):
        journal.record("math", [UNSCORED, Score(1.0)], 0.1)
    assert len(warnings()) == 1
    clock.now += WARNING_PAUSE
    journal.record("math", [Score.unscored(Status.ERROR, "no")], 0.1)
    assert warnings()[1:] == ["math: 5 of the last 9 rollouts are unscored (error 1, no_ground_truth 4)"]


def test_a_warning_of_one_reward_type_silences_no_other(journal, warnings):
    journal.record("math", [UNSCORED], 0.1)
    journal.record("code", [UNSCORED], 0.1)
    assert len(warnings()) == 2


def test_threads_lose_no_count(journal):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: journal.record("math", [Score(1.0)] * 3, 0.0), range(400)))
    assert journal.state()["reward_types"]["math"]["statuses"] == {"ok": 1200}
