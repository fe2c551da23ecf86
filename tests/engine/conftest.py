from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rule_rm import Rollout, rewards
from rule_rm.engine import Engine
from rule_rm.registry import registry
from rule_rm.settings import Settings

collect_ignore = ["rules.py", "resident_rules.py"]
RULES = str(Path(__file__).with_name("rules.py"))


def settings(**given) -> Settings:
    """Return settings for the misbehaving rules, with limits that keep the tests short."""
    given = {"rollout_timeout": 1.0, "request_timeout": 60.0, "worker_memory_mb": 512, **given}
    return Settings(reward_type="misbehave", reward_file=(RULES,), workers=2, **given)


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    """Forget the rewards that a test registers; import those of the package only once."""
    rewards.load()
    monkeypatch.setattr(registry, "_rewards", dict(registry._rewards))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("rule_rm_reward_file_"):
            del sys.modules[name]


@pytest.fixture(scope="module")
def engine():
    with Engine(settings()) as engine:
        yield engine


def rollouts(*responses: str) -> list[Rollout]:
    return [Rollout("a prompt", response) for response in responses]


def nursery_of(engine):
    """Return the nursery of a local engine."""
    return engine._workforce._nursery
