"""The sandbox as a server has it: the engine's workers ask a host that they did not start."""

import pytest

from rule_rm import Rollout, Status
from rule_rm.engine import Engine
from rule_rm.settings import Settings

TESTS = {"inputs": ["1 2", "3 4"], "outputs": ["3", "7"]}


@pytest.fixture(scope="module")
def engine():
    with Engine(Settings(reward_type="code_tests", reward_option=("timeout=1",), workers=2)) as running:
        yield running


def rollout(code):
    return Rollout("", f"```python\n{code}\n```", TESTS)


def test_programs_of_a_batch_are_scored_side_by_side_and_in_order(engine):
    programs = [
        "a, b = map(int, input().split())\nprint(a + b)",
        "print(3)",
        "while True: pass",
        "import os\nos._exit(0)",
    ]
    scores = engine.score([rollout(code) for code in programs * 5])
    assert [score.reward for score in scores] == [1.0, 0.5, 0.0, 0.0] * 5
    assert {score.status for score in scores} == {Status.OK}
    assert scores[2].metrics == {"passed": 0.0, "total": 2.0, "trusted": 1.0, "findings": 0.0}


def test_the_sandbox_is_named_by_the_engine_and_gone_without_it():
    with Engine(Settings(reward_type="code_tests", workers=1)) as running:
        host = running._services._host
        assert host.is_alive()
        assert "seccomp" in host.describe()["backend"]
    assert not host.is_alive()


def test_a_host_that_died_leaves_programs_unscored(engine):
    with Engine(Settings(reward_type="code_tests", workers=1)) as running:
        running._services._host.close()
        [score] = running.score([rollout("print(3)")])
    assert (score.reward, score.status) == (None, Status.ERROR)
    assert "no sandbox host listens" in score.explanation
