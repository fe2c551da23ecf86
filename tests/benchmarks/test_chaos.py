"""Under faults of every kind nothing is lost, wrong, answered twice or left behind."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from benchmarks.chaos.asked import Judge, Model
from benchmarks.chaos.faults import FAULTS, Faults
from benchmarks.chaos.run import run
from benchmarks.chaos.site import Site


@pytest.mark.slow
@pytest.mark.e2e
@pytest.mark.parametrize("seed", [1, 2])
def test_the_account_of_a_short_run_is_clean(seed):
    account, faults = run(seed, seconds=12.0)
    assert account.is_clean, account
    assert account.scored
    assert faults


def test_every_fault_is_dealt_before_one_comes_again(monkeypatch, tmp_path):
    done = Counter()
    kinds = [lambda site, number=number: done.update([number]) for number in range(len(FAULTS))]
    monkeypatch.setattr("benchmarks.chaos.faults.FAULTS", kinds)
    judge, model = Judge(), Model()
    try:
        faults = Faults(Site(0, 0, judge, model, tmp_path, random.Random(1), lambda kind, what: None))
        for _ in range(2 * len(kinds)):
            faults.any()
    finally:
        judge.close()
        model.close()
    assert set(done.values()) == {2}
    assert len(done) == len(FAULTS)
