"""The blame rule can't be broken: a score whose status and reward contradict each other can't be built."""

from __future__ import annotations

import math

import pytest

from rule_rm import Score, Status

OURS = {
    Status.NO_GROUND_TRUTH,
    Status.BAD_GROUND_TRUTH,
    Status.SKIPPED,
    Status.ERROR,
    Status.CRASH,
    Status.EXPIRED,
    Status.UNAVAILABLE,
    Status.NO_VERDICT,
}


@pytest.mark.parametrize("status", Status)
def test_what_we_did_wrong_has_no_reward_and_what_the_model_did_has_one(status):
    assert status.is_scored is (status not in OURS)
    with pytest.raises(ValueError, match="can't have the reward"):
        Score(None if status.is_scored else 0.0, status)


@pytest.mark.parametrize("reward", [math.nan, math.inf, -math.inf])
def test_a_reward_and_its_metrics_are_finite_numbers(reward):
    with pytest.raises(ValueError, match="accuracy"):
        Score(1.0, metrics={"accuracy": reward})
    with pytest.raises(ValueError, match="finite"):
        Score(reward)


def test_an_unscored_score_says_why():
    score = Score.unscored(Status.ERROR, "the judge is down")
    assert (score.reward, score.explanation) == (None, "the judge is down")
