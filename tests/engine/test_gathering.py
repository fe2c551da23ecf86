"""Groups of trainers that send one response a request are gathered, within bounds."""

from __future__ import annotations

import time

import pytest

from rule_rm.engine import Batch
from rule_rm.engine.gathering import Gatherings
from rule_rm.errors import OverloadedError
from rule_rm.registry.conventions import of_group
from rule_rm.types import Rollout, Score, Status

LONG = 60.0


class Scoring:
    """Stands in for the engine: the reward of a response is the number of members that say the same."""

    def __init__(self, refuses=False):
        self.asked = []
        self.refuses = refuses

    def begin(self, rollouts, reward_type, until):
        if self.refuses:
            raise OverloadedError("too much waits", 1.0)
        self.asked += rollouts
        scores = []
        for rollout in rollouts:
            said = [member.response for member in rollout.group]
            scores.append(of_group([Score(float(said.count(one))) for one in said]))
        return Batch(scores, missing=0)


@pytest.fixture
def gather():
    made = []

    def make(size, window):
        made.append(Gatherings(size, window))
        return made[-1]

    yield make
    for one in made:
        one.close()


def joined(gatherings, scoring, *rollouts, reward_type="group_rank"):
    until = time.monotonic() + LONG
    return [gatherings.join(scoring.begin, rollout, reward_type, until) for rollout in rollouts]


def rewards(batches):
    for batch in batches:
        batch.wait(time.monotonic() + LONG)
    return [batch.close(LONG)[0].reward for batch in batches]


def test_a_group_is_scored_once_as_soon_as_it_is_whole(gather):
    gatherings, scoring = gather(3, LONG), Scoring()
    batches = joined(gatherings, scoring, Rollout("p", "a"), Rollout("p", "b"), Rollout("p", "a"))
    assert rewards(batches) == [2.0, 1.0, 2.0]
    assert len(scoring.asked) == 1
    assert gatherings.state() == {"waiting": 0, "whole": 1, "short": 0}


def test_responses_to_different_prompts_or_for_different_rewards_wait_apart(gather):
    gatherings, scoring = gather(2, LONG), Scoring()
    first = joined(gatherings, scoring, Rollout("p", "a"), Rollout("q", "a"))
    other = joined(gatherings, scoring, Rollout("p", "a"), reward_type="diversity")
    assert not any(batch.is_complete for batch in first + other)
    assert rewards([*first[:1], *joined(gatherings, scoring, Rollout("p", "b"))]) == [1.0, 1.0]
    assert not first[1].is_complete


def test_a_key_of_the_dataset_tells_two_rows_with_one_prompt_apart(gather):
    gatherings, scoring = gather(2, LONG), Scoring()
    rows = [Rollout("p", "a", extra_info={"uid": number}) for number in (1, 2, 1)]
    batches = joined(gatherings, scoring, *rows)
    assert [batch.is_complete for batch in batches] == [True, False, True]


def test_a_group_whose_window_is_over_is_scored_with_those_that_came(gather):
    gatherings, scoring = gather(8, 0.01), Scoring()
    assert rewards(joined(gatherings, scoring, Rollout("p", "a"), Rollout("p", "a"))) == [2.0, 2.0]
    assert rewards(joined(gatherings, scoring, Rollout("p", "a"))) == [1.0]
    assert gatherings.state() == {"waiting": 0, "whole": 0, "short": 2}


def test_the_next_group_of_a_prompt_begins_where_the_last_one_was_whole(gather):
    gatherings, scoring = gather(2, LONG), Scoring()
    batches = joined(gatherings, scoring, *(Rollout("p", text) for text in "aabb"))
    assert rewards(batches) == [2.0] * 4
    assert [len(rollout.group) for rollout in scoring.asked] == [2, 2]


def test_a_group_that_cannot_be_taken_is_unscored(gather):
    batches = joined(gather(2, LONG), Scoring(refuses=True), Rollout("p", "a"), Rollout("p", "b"))
    assert [batch.close(LONG)[0].status for batch in batches] == [Status.UNAVAILABLE] * 2


def test_whoever_waits_at_the_end_of_the_service_has_a_score():
    gatherings = Gatherings(2, LONG)
    (batch,) = joined(gatherings, Scoring(), Rollout("p", "a"))
    gatherings.close()
    assert batch.is_complete
    assert batch.close(LONG)[0].reward is None
