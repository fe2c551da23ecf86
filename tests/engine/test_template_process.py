"""A template process may be begun before its configuration is known, and before the secrets are."""

from __future__ import annotations

from pathlib import Path

import pytest

from rule_rm import Rollout, redaction
from rule_rm.engine import Engine
from rule_rm.engine.template_process import begin
from rule_rm.settings import Settings

from .conftest import nursery_of

SEEING = """
import os
from rule_rm import register

@register("seen")
def seen(rollout):
    "Return the length of the variable that the response names; 0 if there is none."
    return len(os.environ.get(rollout.response, ""))
"""
LONG = 100_000


@pytest.fixture
def variables(monkeypatch):
    """Set a variable that is longer than a packet's half, and a secret, and return how to know the secret."""
    monkeypatch.setattr(redaction, "_known", redaction._Known())
    monkeypatch.setenv("LONG_VARIABLE", "é" * LONG)
    monkeypatch.setenv("KEY_OF_A_JUDGE", "key-of-the-judge")
    return lambda: redaction.remember("key-of-the-judge", "KEY_OF_A_JUDGE")


def test_workers_have_the_environment_without_the_secrets_that_were_read_after_the_beginning(
    variables, tmp_path
):
    rules = tmp_path / "rules.py"
    rules.write_text(SEEING)
    settings = Settings(reward_type="seen", reward_file=(str(rules),), workers=1)
    begun = begin(settings)
    variables()
    with Engine(settings, begun=begun) as engine:
        pid = nursery_of(engine)._process.pid
        names = ["LONG_VARIABLE", "KEY_OF_A_JUDGE", "PATH"]
        long, secret, path = engine.score([Rollout("", name) for name in names])
        assert pid == begun._process.pid
        assert (long.reward, secret.reward) == (LONG, 0)
        assert path.reward
        assert b"key-of-the-judge" not in Path(f"/proc/{pid}/environ").read_bytes()
        begun.close()
        assert engine.is_ready()


def test_one_that_nobody_needs_ends(tmp_path):
    begun = begin(Settings())
    begun.close()
    begun.close()
    assert begun._process.returncode is not None


def test_there_is_none_for_the_workers_of_a_cluster():
    assert begin(Settings(engine="ray")) is None
