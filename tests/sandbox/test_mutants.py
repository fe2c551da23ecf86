"""Hostile programs that are put together at random are paid nothing, are scored, and leave no process.

`make test-hostile COUNT=5000 SEED=1` runs more of them, and prints those that are not.
"""

import itertools
import os
import random

import pytest

from rule_rm import sandbox
from rule_rm.rewards.code_tests import code_tests
from rule_rm.types import Rollout

from ..waiting import until
from .mutants import rollouts
from .test_leftovers import tree

COUNT, SEED = int(os.environ.get("RULE_RM_MUTANTS", "30")), int(os.environ.get("RULE_RM_SEED", "1"))
LIMITS = {"timeout": 0.5, "total_timeout": 1.0}
RIGHT = Rollout("", "```python\ndef f(n): return n + 1\n```", '["assert f(3) == 4"]')


@pytest.fixture(scope="module")
def host():
    with sandbox.running(sandbox.SandboxOptions(slots=1, preload=())) as host:
        yield host


def test_a_mutant_is_scored_and_paid_nothing_and_leaves_no_process(host):
    assert code_tests(RIGHT).reward == 1
    before = len(tree(host.pid))
    wrong = []
    for number, (name, rollout) in enumerate(itertools.islice(rollouts(random.Random(SEED)), COUNT)):
        score = code_tests(rollout, **LIMITS)
        # A machine that is full is nobody's fault.
        is_starved = score.reward is None and "too busy" in str(score.explanation)
        if score.reward != 0 and not is_starved:
            wrong.append((number, name, score.reward, score.explanation, rollout.response))
            print(*wrong[-1], sep="\n")
        if number % 100 == 99:
            print(number + 1, "programs,", len(wrong), "wrong,", len(tree(host.pid)), "processes")
    assert wrong == []
    assert code_tests(RIGHT).reward == 1
    assert until(lambda: len(tree(host.pid)) == before)
