"""Residents score many rollouts at a time in the server's process, and one's fault does not spread."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from rule_rm import Rollout, Settings, Status
from rule_rm.engine import Engine
from rule_rm.engine.residents import LANES
from rule_rm.engine.tally import Tally
from rule_rm.errors import (
    ConfigurationError,
    OverloadedError,
    RegistrationError,
    UnknownRewardError,
    UnopenedRewardError,
)

from ..waiting import PATIENCE, until
from .conftest import rollouts

FILE = str(Path(__file__).with_name("resident_rules.py"))


def started(reward_type="patient", **given) -> Engine:
    given = {"request_timeout": 60.0, "rollout_timeout": 1.0, "workers": 1, **given}
    return Engine(Settings(reward_type=reward_type, reward_file=(FILE,), **given))


def closed() -> list[str]:
    """Return the names of the residents that were closed, by the file that the engine has loaded."""
    (module,) = (module for module in list(sys.modules.values()) if getattr(module, "__file__", None) == FILE)
    return module.CLOSED


class NoWorkforce:
    """A workforce that starts no process: residents score in the engine's own."""

    def __init__(self, *_given) -> None:
        self.tally = Tally()

    def workers(self) -> dict[str, int]:
        return {}

    def why_not_ready(self) -> str | None:
        return None

    def close(self) -> None:
        return


@pytest.fixture
def no_workers(monkeypatch):
    """Start engines without workers, which takes milliseconds."""
    monkeypatch.setattr("rule_rm.engine.engine.LocalWorkforce", NoWorkforce)


@pytest.fixture(autouse=True)
def _forget():
    """Load the file again in each engine."""
    for name, module in list(sys.modules.items()):
        if getattr(module, "__file__", None) == FILE:
            del sys.modules[name]


@pytest.mark.usefixtures("no_workers")
def test_a_resident_scores_in_the_process_of_the_engine():
    with started() as engine:
        (score,) = engine.score(rollouts("a"))
    assert (score.reward, score.explanation) == (1.0, f"process {os.getpid()}")


@pytest.mark.usefixtures("no_workers")
def test_as_many_rollouts_wait_in_a_resident_as_there_are_lanes():
    with started(reward_option=(f"together={LANES}",)) as engine:
        scores = engine.score(rollouts(*["a"] * LANES))
    assert [score.reward for score in scores] == [1.0] * LANES


@pytest.mark.usefixtures("no_workers")
def test_an_exception_in_a_resident_leaves_one_rollout_unscored():
    with started() as engine:
        scores = engine.score(rollouts("a", "raise", "unavailable", "b"))
        counted = engine.state()["residents"]["patient"]["statuses"]
    assert [score.status for score in scores] == [Status.OK, Status.ERROR, Status.UNAVAILABLE, Status.OK]
    assert scores[1].explanation == "ZeroDivisionError: nothing to divide by"
    assert counted == {"ok": 2, "error": 1, "unavailable": 1}


@pytest.mark.usefixtures("no_workers")
def test_a_resident_that_exits_costs_no_lane():
    with started() as engine:
        scores = engine.score(rollouts(*["exit"] * 2 * LANES, "a"))
    assert [score.status for score in scores] == [Status.ERROR] * 2 * LANES + [Status.OK]


@pytest.mark.usefixtures("no_workers")
def test_what_waits_for_a_resident_when_the_engine_closes_is_answered_at_once():
    engine = started(request_timeout=600.0, reward_option=(f"together={2 * LANES}",))
    scores = []
    asking = threading.Thread(
        target=lambda: scores.extend(engine.score(rollouts(*["a"] * LANES, "b"))), daemon=True
    )
    asking.start()
    until(lambda: engine.state()["residents_waiting"] >= 1, "one to wait")
    engine.close()
    asking.join(PATIENCE)
    assert not asking.is_alive()
    assert scores[-1].status is Status.EXPIRED


@pytest.mark.usefixtures("no_workers")
def test_a_resident_that_is_late_leaves_its_rollout_expired_and_no_other():
    # Time enough for the punctual one, however busy the machine is.
    with started(request_timeout=4.0) as engine:
        scores = engine.score(rollouts("a", "late"))
    assert [score.status for score in scores] == [Status.OK, Status.EXPIRED]


@pytest.mark.usefixtures("no_workers")
def test_an_empty_batch_has_no_scores():
    with started() as engine:
        assert engine.score([]) == []


def test_a_resident_asks_for_a_reward_that_runs_in_a_worker_and_may_be_killed():
    with started("doubling") as engine:
        scores = engine.score(rollouts("abc", "hang", ""))
    assert [score.reward for score in scores] == [6.0, 0.0, 0.0]


@pytest.mark.usefixtures("no_workers")
def test_residents_that_ask_for_a_resident_do_not_wait_for_each_other():
    """Twice as many as there are lanes, each of which needs another resident."""
    with started("doubling", reward_option=("of=patient",)) as engine:
        scores = engine.score(rollouts(*["a"] * 2 * LANES))
    assert {score.reward for score in scores} == {2.0}


def test_a_mixture_with_a_resident_adds_up_parts_of_both_kinds():
    with started("length patient", reward_weights=("0.5", "10")) as engine:
        (score,) = engine.score(rollouts("abcd"), "length patient")
        assert score.reward == 12.0
        assert score.metrics == {"length": 4.0, "length_letters": 4.0, "patient": 1.0, "patient_waited": 1.0}
        assert set(engine.rewards) >= {"length", "patient", "length patient"}
        assert not [name for name in engine.rewards if "/" in name]


def test_the_parts_of_a_mixture_have_options_of_their_own(tmp_path):
    file = tmp_path / "mixture.yaml"
    file.write_text(
        "rewards:\n"
        "  - {reward_type: length, name: short, gate: 2, options: {per_letter: 0.5}}\n"
        "  - {reward_type: length, name: long, options: {per_letter: 2}}\n"
        "  - {reward_type: patient, options: {worth: 7}}\n"
    )
    given = {"reward_config": str(file), "reward_file": (FILE,), "workers": 1}
    with Engine(Settings.load(given, {})) as engine:
        scores = engine.score(rollouts("abcd", "a"))
    assert [score.reward for score in scores] == [2 + 8 + 7, 0.5]


def test_a_gate_that_is_closed_spares_the_resident(tmp_path):
    file = tmp_path / "mixture.yaml"
    file.write_text(
        "rewards:\n"
        "  - {reward_type: length, gate: 2}\n"
        "  - {reward_type: patient, name: judge, options: {worth: 2}}\n"
    )
    with Engine(Settings.load({"reward_config": str(file), "reward_file": (FILE,)}, {})) as engine:
        engine.score(rollouts("a"))
        parts = engine.state()["residents"]
    assert parts["mixture/*/judge"]["statuses"] == {}


@pytest.mark.usefixtures("no_workers")
def test_an_option_takes_its_default_from_the_setting_of_its_name():
    with started(judge_model="wise") as engine:
        assert engine.state()["residents"]["patient"]["model"] == "wise"


@pytest.mark.usefixtures("no_workers")
def test_an_option_that_was_set_goes_before_the_setting():
    with started(judge_model="wise", reward_option=("judge_model=wiser",)) as engine:
        assert engine.state()["residents"]["patient"]["model"] == "wiser"


@pytest.mark.usefixtures("no_workers")
def test_an_option_that_a_resident_refuses_is_told_at_start():
    with pytest.raises(ConfigurationError, match="together must be at least 1"):
        started(reward_option=("together=0",))


@pytest.mark.usefixtures("no_workers")
def test_what_was_opened_is_closed_if_a_later_one_can_not_be():
    with pytest.raises(UnknownRewardError):
        started("doubling", reward_option=("of=nothing",))
    assert closed() == ["doubling"]


@pytest.mark.usefixtures("no_workers")
def test_residents_are_closed_with_the_engine():
    with started("doubling", reward_option=("of=patient",)):
        assert closed() == []
    assert sorted(closed()) == ["doubling", "patient"]


@pytest.mark.usefixtures("no_workers")
def test_a_reward_whose_package_is_not_installed_is_not_served_and_names_its_extra(monkeypatch):
    monkeypatch.setattr("rule_rm.engine.engine.missing", lambda extras: [extra for _, extra in extras])
    with started("length") as engine:
        assert "rouge" not in engine.rewards
        with pytest.raises(UnopenedRewardError, match=r"pip install 'rule-rm\[texts\]'"):
            engine.score([Rollout("", "a")], "rouge")


@pytest.mark.usefixtures("no_workers")
def test_a_resident_that_the_service_was_not_started_for_is_named_as_such():
    with (
        started("length") as engine,
        pytest.raises(UnopenedRewardError, match="start it with --reward-type patient"),
    ):
        engine.score([Rollout("", "a")], "patient")


@pytest.mark.usefixtures("no_workers")
def test_a_service_without_residents_has_no_lanes_for_them():
    # Lanes of engines before it may take a moment to end.
    before = set(threading.enumerate())
    with started("length"):
        new = set(threading.enumerate()) - before
        assert not [thread for thread in new if thread.name.startswith("resident")]


@pytest.mark.usefixtures("no_workers")
def test_a_request_too_many_is_turned_away_as_a_whole():
    with started(max_pending=1, request_timeout=600.0, reward_option=(f"together={2 * LANES}",)) as engine:
        filling = threading.Thread(target=engine.score, args=(rollouts(*["a"] * (LANES + 1)),))
        filling.start()
        until(lambda: engine.state()["residents_waiting"] >= 1, "one to wait")
        with pytest.raises(OverloadedError):
            engine.score(rollouts("b"))
    filling.join(PATIENCE)
    assert not filling.is_alive()


def test_an_unopened_resident_can_not_be_called_as_a_function():
    from rule_rm import registry

    registry.load(FILE)
    assert registry.get("patient")(Rollout("", "")).status is Status.ERROR
    with pytest.raises(RegistrationError):
        registry.get("length").open()
