"""A front scores by the code of the engine, and leaves to the main process what only that can answer."""

from __future__ import annotations

import time
from contextlib import closing

import pytest

from rule_rm import Rollout, Settings
from rule_rm.engine import Engine
from rule_rm.engine.known import ElsewhereError, KnownVerdicts
from rule_rm.engine.verdict_table import VerdictTable
from rule_rm.errors import UnknownRewardError, UnopenedRewardError

PLAIN = Rollout("2+2?", r"<think>2</think><answer>\boxed{4}</answer>", "4")
BY_SYMBOLS = Rollout("?", r"<think>2</think><answer>\boxed{(x+1)^2}</answer>", "x^2+2x+1")
WITHOUT_GOLDEN = Rollout("2+2?", r"<think>2</think><answer>\boxed{4}</answer>")


@pytest.fixture
def known():
    with closing(VerdictTable(VerdictTable.allocate())) as table:
        yield KnownVerdicts(Settings(), table)


def scores(engine, *rollouts, reward_type=None):
    return engine.begin(rollouts, reward_type, time.monotonic() + 60).close(60)


def test_a_plain_case_is_scored_as_by_the_engine(known):
    with Engine(Settings(workers=1)) as engine:
        assert scores(known, PLAIN) == engine.score([PLAIN])


@pytest.mark.parametrize("rollout", [BY_SYMBOLS, WITHOUT_GOLDEN])
def test_what_needs_a_worker_or_is_unscored_is_left_to_the_main_process(known, rollout):
    with pytest.raises(ElsewhereError):
        scores(known, PLAIN, rollout)


def test_a_verdict_of_a_worker_is_known_from_then_on():
    settings = Settings(workers=1, server_processes=2)
    with Engine(settings) as engine:
        assert engine.table is not None
        known = KnownVerdicts(settings, engine.table)
        with pytest.raises(ElsewhereError):
            scores(known, BY_SYMBOLS)
        (by_worker,) = engine.score([BY_SYMBOLS])
        assert scores(known, BY_SYMBOLS) == [by_worker]


@pytest.mark.parametrize("name", ["llm_judge", "no_such_reward"])
def test_judges_models_and_unknown_rewards_are_for_the_main_process(known, name):
    with pytest.raises((UnopenedRewardError, UnknownRewardError)):
        scores(known, PLAIN, reward_type=name)


def test_it_has_no_reward_whose_package_is_missing_as_the_engine_has_none(monkeypatch):
    for module in ("known", "engine"):
        monkeypatch.setattr(f"rule_rm.engine.{module}.missing", lambda extras: [name for _, name in extras])
    with Engine(Settings(workers=1)) as engine, closing(VerdictTable(VerdictTable.allocate())) as table:
        known = KnownVerdicts(Settings(), table)
        assert "bleu" not in known.rewards
        assert known.rewards.keys() <= engine.rewards.keys()
