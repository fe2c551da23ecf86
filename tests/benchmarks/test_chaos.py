"""Under faults of every kind nothing is lost, wrong, answered twice or left behind."""

from __future__ import annotations

import pytest

from benchmarks.chaos.run import run

pytestmark = [pytest.mark.slow, pytest.mark.e2e]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_account_of_a_short_run_is_clean(seed):
    account, faults = run(seed, seconds=12.0)
    assert account.is_clean, account
    assert account.scored
    assert faults
