"""Alarms in runs whose figures move for good reasons, and in ones that found a hole."""

from __future__ import annotations

import pytest

from .simulated import HACKS, HONEST, first_alarm

RUNS = 8
"""Runs of each honest shape: 104 in all."""


def test_honest_runs_are_silent():
    # One of the shapes, half as long; all of them are slow.
    assert first_alarm("lengths mixed", 0, total=3000)[0] is None


@pytest.mark.slow
def test_at_most_one_of_a_hundred_honest_runs_of_all_shapes_has_an_alarm():
    heard = {(shape, seed): first_alarm(shape, seed)[0] for shape in HONEST for seed in range(RUNS)}
    assert sum(alarm is not None for alarm in heard.values()) <= 1, {k: v for k, v in heard.items() if v}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("hack", HACKS)
def test_a_hole_that_a_policy_finds_is_heard(hack, seed):
    alarm, since = first_alarm(hack, seed)
    assert alarm is not None
    assert (alarm.kind, 0 < since <= 4500) == (HACKS[hack][1], True)
