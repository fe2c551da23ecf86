"""The sandbox as a server has it: the engine's workers ask a host that they did not start."""

import dataclasses
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from rule_rm import Rollout, Status
from rule_rm.engine import Engine
from rule_rm.settings import Settings

from ..waiting import until
from .test_host import descendants

TESTS = {"inputs": ["1 2", "3 4"], "outputs": ["3", "7"]}


@pytest.fixture(scope="module")
def engine():
    with Engine(Settings(reward_type="code_tests", reward_option=("timeout=5",), workers=2)) as running:
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
    # Those that end are many, and must do so in their time; one that does not is enough.
    programs = [programs[0], programs[1], programs[3]] * 5 + [programs[2]]
    scores = engine.score([rollout(code) for code in programs])
    assert [score.reward for score in scores] == [1.0, 0.5, 0.0] * 5 + [0.0]
    assert {score.status for score in scores} == {Status.OK}
    assert scores[-1].metrics == {"passed": 0.0, "total": 2.0, "trusted": 1.0, "findings": 0.0}


def test_the_sandbox_is_named_by_the_engine_and_gone_without_it():
    with Engine(Settings(reward_type="code_tests", workers=1)) as running:
        host = running._services._kept.host
        assert host.is_alive()
        assert "seccomp" in running.state()["sandbox"]["backend"]
    assert not host.is_alive()
    assert not Path(host.address).exists()


def test_a_host_that_dies_is_started_again_and_what_was_under_way_is_unscored():
    settings = Settings(reward_type="code_tests", reward_option=("timeout=600",), workers=1)
    with Engine(settings) as running:
        first = running._services._kept.host
        scores = []
        under_way = threading.Thread(
            target=lambda: scores.extend(running.score([rollout("import time; time.sleep(600)")]))
        )
        under_way.start()
        until(lambda: any(is_a_program(pid) for pid in descendants(first.pid)))
        os.kill(first.pid, signal.SIGKILL)
        under_way.join()
        [lost] = scores
        assert (lost.reward, lost.status) == (None, Status.UNAVAILABLE)
        until(lambda: running.state()["sandbox"]["restarts"] == 1)
        assert running.state()["sandbox"]["alive"]
        assert running._services._kept.host.address == first.address
        [score] = running.score([rollout("a, b = map(int, input().split())\nprint(a + b)")])
        assert (score.reward, score.status) == (1.0, Status.OK)


def is_a_program(pid):
    """Return True for a process that a zygote has forked: its parent runs the same command."""
    try:
        commands = [
            Path(f"/proc/{one}/cmdline").read_bytes()
            for one in (pid, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        ]
    except OSError:
        return False
    return b'"profile": "python"' in commands[0] and commands[0] == commands[1]


def test_a_host_that_cant_come_back_leaves_programs_unscored(caplog):
    with Engine(Settings(reward_type="code_tests", workers=1)) as running:
        kept = running._services._kept
        kept._options = dataclasses.replace(kept._options, python="/nowhere/python")
        os.kill(kept.host.pid, signal.SIGKILL)
        until(lambda: not kept.host.is_alive())
        until(lambda: "can't be started" in caplog.text)
        [score] = running.score([rollout("print(3)")])
        assert (score.reward, score.status) == (None, Status.UNAVAILABLE)
        # Where its socket or its directory is missing.
        assert score.explanation.startswith("no sandbox host ")
        assert not running.state()["sandbox"]["alive"]
        kept._options = dataclasses.replace(kept._options, python=sys.executable)
        until(lambda: running.state()["sandbox"]["alive"])
