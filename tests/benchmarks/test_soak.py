"""Under everything at once nothing is lost, wrong, answered twice, left behind or missing in the journal."""

from __future__ import annotations

import pytest

from benchmarks.soak.run import is_clean, run

pytestmark = [pytest.mark.slow, pytest.mark.e2e]


def test_the_account_of_a_short_soak_is_clean():
    account = run(seconds=15.0)
    assert is_clean(account), account
    assert account["scored"]
    assert {"/metrics", "/health", "/", "/rollouts"} <= set(account["pages"])
