"""Static checks are reported as metrics and do not change the reward."""

import shutil

import pytest

from rule_rm import Rollout, Status
from rule_rm.rewards.code_tests import code_tests

TESTS = {"inputs": ["1"], "outputs": ["1"]}


def score(code, **options):
    return code_tests(Rollout("", f"```python\n{code}\n```", TESTS), **options)


def test_findings_are_counted_and_earn_nothing(best):
    clean, dirty = score("print(1)", lint=True), score("import os, sys\nprint(1)", lint=True)
    if clean.status is Status.UNAVAILABLE and shutil.which("ruff") is None:
        pytest.skip(clean.explanation)
    assert (clean.reward, clean.metrics["findings"]) == (1.0, 0)
    assert dirty.reward == 1.0
    assert dirty.metrics["findings"] >= 2


def test_nothing_is_checked_unless_asked_for(best):
    assert score("import os, sys\nprint(1)").metrics["findings"] == 0
