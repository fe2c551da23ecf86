"""Verdicts that flip between two scores of the same rollouts, and their possible reasons."""

from __future__ import annotations

import pytest

from rule_rm.errors import ConfigurationError
from rule_rm.workbench.flips import against_recorded, between, causes, table


def result(number, reward, **given):
    status = "ok" if reward is not None else "error"
    return {
        "row": number,
        "place": f"f:{number}",
        "reward": reward,
        "status": status,
        "digest": number,
        **given,
    }


def test_every_kind_of_flip_is_counted_by_data_source():
    before = [0.0, 1.0, None, 1.0, 0.5, None]
    after = [1.0, 0.0, 1.0, None, 0.5000000001, None]
    flips = between(
        [result(place, one) for place, one in enumerate(before)],
        [result(place, one, data_source="ab"[place % 2]) for place, one in enumerate(after)],
    )
    assert flips.kinds == {"higher": 1, "lower": 1, "now scored": 1, "now unscored": 1}
    assert flips.sources["a"] == {"higher": 1, "now scored": 1}
    assert (flips.compared, flips.flipped, flips.both) == (6, 4, 3)
    lines = table(flips, ["the code changed"])
    assert lines[0] == "4 of 6 rollouts flipped (66.67%); mean reward 0.5000 → 0.5000"
    assert "  f:0: 0 (ok) → 1 (ok)" in lines
    assert [one["place"] for one in flips.as_json()["examples"]] == ["f:0", "f:1", "f:2", "f:3"]


def test_rewards_of_other_scales_are_named_with_the_verdicts_that_really_flip():
    def flips(before, after):
        return between(
            [result(place, one) for place, one in enumerate(before)],
            [result(place, one) for place, one in enumerate(after)],
        )

    other = flips([0.0, 1.0, 1.0, 0.0], [0.5, 1.5, 0.0, 0.0])
    assert other.flipped == 3
    said = (
        "the scales differ, so a flip may be no other verdict: rewards were 0 to 1 and are 0 to 1.5; "
        "1 of 4 rollouts are in another half of the scale"
    )
    assert f"  {said}" in table(other, [])
    assert other.as_json()["scales"] == said
    # One end of the scale is known in each of these, or none.
    for before, after in (
        ([0.0, 1.0], [1.0, 0.0]),
        ([0.0, 0.0], [0.0, 1.5]),
        ([None], [1.0]),
        ([0.2], [0.9]),
    ):
        assert flips(before, after).scales is None


def test_a_reward_that_a_trainer_recorded_is_compared_and_rows_without_one_are_not():
    results = [result(0, 1.0, recorded={"reward": 0.0, "status": None}), result(1, 1.0, recorded={})]
    assert (against_recorded(results).compared, against_recorded(results).flipped) == (1, 1)


@pytest.mark.parametrize(
    ("right", "message"),
    [
        ([result(0, 1.0)], "different numbers of rollouts"),
        ([result(0, 1.0), result(2, 1.0)], "row 2 is about"),
    ],
)
def test_results_of_different_rollouts_are_not_compared(right, message):
    with pytest.raises(ConfigurationError, match=message):
        between([result(0, 1.0), result(1, 1.0)], right)


def test_the_differences_between_two_runs_are_named():
    old = {"reward_type": "a", "version": "1", "configuration": {"turns": "last", "reward_type": "a"}}
    new = {"reward_type": "a", "version": "2", "configuration": {"rollout_timeout": 5.0, "reward_type": "a"}}
    assert causes(old, new) == [
        "the code of the reward changed: version 1 → 2",
        "rollout_timeout was the default and is 5.0",
        "turns was 'last' and is the default",
    ]
    assert causes(old, old) == []
    assert causes(old, {**new, "reward_type": "b"})[0] == "the reward type was a and is b"


def test_an_explanation_cannot_move_the_cursor():
    flips = between([result(0, 0.0)], [result(0, 1.0, explanation="\x1b[2J" + "x" * 500)])
    assert "\x1b" not in "".join(table(flips, []))
