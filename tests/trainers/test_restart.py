"""A server that is killed and started again, twice, under a running GRPO loop costs no sample."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

pytest.importorskip("trl", reason="trl is not installed; make test-trainers")

from rule_rm import RemoteRewardModel
from rule_rm.integrations.trl import reward

from .conftest import DIGITS, RULE
from .test_trl import train

STEPS, KILLED_BEFORE, KILLED_AFTER = 6, 2, 4
"""The training steps, the one before whose request the server is killed, and the one amid whose it is."""


class Server:
    """A server of its own process, to be killed with SIGKILL and started again on the same port."""

    def __init__(self, port, rule):
        self.command = [sys.executable, "-m", "rule_rm.cli", "serve", "--port", port, "--workers", "1"]
        self.command += ["--reward-file", str(rule), "--reward-type", "even_digits"]
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self):
        self.process.kill()
        self.process.wait()


def even_digits(completion):
    """Return the reward of the toy rule, without a server."""
    digits = [character for character in completion if character in DIGITS]
    return sum(int(digit) % 2 == 0 for digit in digits) / max(len(digits), 1)


def test_a_server_that_is_killed_and_started_again_under_a_loop_costs_no_sample(
    tiny_model, tmp_path, monkeypatch, dead
):
    rule = tmp_path / "toy.py"
    # So slow that the kill amid a request finds it unanswered.
    rule.write_text(RULE.replace("    digits =", "    import time; time.sleep(0.2)\n    digits =", 1))
    monkeypatch.setenv("RULE_RM_URL", dead)
    server = Server(dead.rpartition(":")[2], rule)
    RemoteRewardModel(dead, timeout=120).score(["?"], ["2"], ["2"])
    found = []

    def watched(prompts, completions, **columns):
        step = len(found)
        killing = threading.Timer(0.0 if step == KILLED_BEFORE else 0.5, server.kill)
        starting = threading.Timer(1.0, server.start)
        if step in (KILLED_BEFORE, KILLED_AFTER):
            killing.start()
            killing.join() if step == KILLED_BEFORE else None
            starting.start()
        rewards = reward(prompts, completions, **columns)
        found.append((rewards, [even_digits(one) for one in completions]))
        for thread in (killing, starting):
            if thread.ident is not None:
                thread.join()
        return rewards

    try:
        logged = train(tiny_model, tmp_path / "run", watched, steps=STEPS)
    finally:
        server.kill()
    assert len(found) == len(logged) == STEPS
    assert [rewards for rewards, _ in found] == [pytest.approx(wanted) for _, wanted in found]
