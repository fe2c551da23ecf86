"""A rollout that harms the engine costs only its own reward, never another rollout's."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rule_rm import Rollout, Status
from rule_rm.engine import Engine
from rule_rm.engine.deciding import SHORT
from rule_rm.engine.pool import KILLS, TRIES
from rule_rm.errors import ConfigurationError, OverloadedError, UnknownRewardError
from rule_rm.settings import Settings

from ..waiting import PATIENCE, until
from .conftest import RULES, nursery_of, rollouts, settings

INNOCENTS = ["", "a", "bb", "ccc", "dddd"] * 8
GUILTY = {
    "compute": Status.TIMEOUT,
    "sleep": Status.TIMEOUT,
    "allocate": Status.TIMEOUT,
    "daemon": Status.TIMEOUT,
    "crash": Status.CRASH,
    "killed": Status.CRASH,
    "os._exit": Status.CRASH,
    "sys.exit": Status.ERROR,
    "raise": Status.ERROR,
    "nan": Status.ERROR,
    "text": Status.ERROR,
    "huge": Status.ERROR,
}


def processes(text: str) -> set[int]:
    """Return the ids of the running processes that have a text in their environment."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if text.encode() in (entry / "environ").read_bytes():
                    found.add(int(entry.name))
            except OSError:
                continue
    return found


@pytest.mark.parametrize("misdeed", GUILTY)
def test_a_guilty_rollout_costs_no_innocent_anything(engine, misdeed):
    responses = [*INNOCENTS]
    for place in (0, 17, 40):
        responses.insert(place, misdeed)

    scores = engine.score(rollouts(*responses))

    for response, score in zip(responses, scores, strict=True):
        if response == misdeed:
            assert score.status is GUILTY[misdeed], score
        else:
            assert score.reward == len(response)
    assert engine.score(rollouts("afterwards"))[0].reward == 10


def test_a_regular_expression_that_runs_away_over_a_long_response_ends_with_its_worker(engine):
    scores = engine.score(rollouts("short", "a" * (SHORT + 1), "c" * (SHORT + 1)), "runaway")
    assert [(score.reward, score.status) for score in scores] == [
        (1.0, Status.OK),
        (0.0, Status.TIMEOUT),
        (1.0, Status.OK),
    ]


def test_a_flood_of_output_is_harmless(engine, capfd):
    assert engine.score(rollouts("flood"))[0].reward == 5
    assert len(capfd.readouterr().err) < 10_000


def test_an_error_names_the_exception_and_its_place(engine):
    (score,) = engine.score(rollouts("raise"))
    assert score.reward is None
    assert "ValueError at rules.py:" in score.explanation
    assert "no number in this response" in score.explanation


def test_an_empty_batch_has_no_scores(engine):
    assert engine.score([]) == []


def test_an_unknown_reward_type_names_the_nearest(engine):
    with pytest.raises(UnknownRewardError, match="did you mean 'misbehave'"):
        engine.score(rollouts("a"), "misbehav")


def test_what_cannot_be_sent_to_a_worker_is_unscored(engine):
    (score, fine) = engine.score([Rollout("", "", ground_truth=lambda: None), Rollout("", "a")])
    assert score.status is Status.ERROR
    assert fine.reward == 1


@given(
    st.lists(
        st.tuples(st.text(), st.none() | st.integers() | st.text() | st.lists(st.floats(allow_nan=False))),
        max_size=20,
    )
)
@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_reaches_the_worker_unchanged(engine, batch):
    batch = [(response, truth) for response, truth in batch if response not in GUILTY]
    scores = engine.score([Rollout("", response, truth) for response, truth in batch])
    assert [score.reward for score in scores] == [len(response) for response, _ in batch]


def test_lone_surrogates_and_null_bytes_pass_through(engine):
    assert engine.score(rollouts("\ud800\x00"))[0].reward == 2


def test_hung_rollouts_do_not_hold_up_the_requests_of_others(tmp_path):
    with Engine(settings(rollout_timeout=30.0)) as engine, ThreadPoolExecutor(8) as threads:
        hung = [
            threads.submit(engine.score, [Rollout("", f"gate{number}", str(tmp_path))], "gated")
            for number in range(6)
        ]
        until(lambda: len(list(tmp_path.glob("called-*"))) == 6, "all six to run beside two workers")
        assert engine.score(rollouts("quick"))[0].reward == 5
        assert not any(future.done() for future in hung)
        for number in range(6):
            (tmp_path / f"open-gate{number}").touch()
        assert all(future.result()[0].reward == 1.0 for future in hung)


def test_a_small_request_does_not_wait_for_a_large_one(tmp_path, monkeypatch):
    # Two lanes, held until both requests are in the queue: from then on the order is the queue's alone.
    monkeypatch.setattr("rule_rm.engine.engine.SLOW_LANES", 0)
    with Engine(settings(rollout_timeout=PATIENCE)) as engine, ThreadPoolExecutor(4) as threads:
        gates = [Rollout("", f"gate{number}", str(tmp_path)) for number in range(2)]
        held = threads.submit(engine.score, gates, "gated")
        until(lambda: len(list(tmp_path.glob("called-*"))) == 2, "both lanes to be busy")
        large = threads.submit(engine.score, rollouts(*map(str, range(200))), "moment")
        until(lambda: engine.state()["pending"] == 200, "the large request to queue")
        small = threads.submit(engine.score, rollouts("one"), "moment")
        until(lambda: engine.state()["pending"] == 201, "the small one to queue")
        for gate in gates:
            (tmp_path / f"open-{gate.response}").touch()
        assert all(score.reward == 1.0 for score in held.result())
        (one,) = (score.reward for score in small.result())
        assert sum(score.reward < one for score in large.result()) < 10


def test_equal_work_is_done_once(engine, tmp_path):
    batch = [Rollout(f"prompt {number}", "same", str(tmp_path)) for number in range(8)]
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(engine.score, batch, "gated")
        until(lambda: list(tmp_path.glob("called-*")), "the first call")
        second = threads.submit(engine.score, batch, "gated")
        (tmp_path / "open-same").touch()
        assert [score.reward for score in first.result() + second.result()] == [1.0] * 16
    assert engine.score(batch, "gated") == first.result()
    assert len(list(tmp_path.glob("called-*"))) == 1


def test_a_crash_is_not_remembered_as_a_verdict(engine, tmp_path):
    rollout = Rollout("", "crash", str(tmp_path))
    assert engine.score([rollout], "gated")[0].status is Status.CRASH
    assert engine.score([rollout], "gated")[0].status is Status.CRASH
    assert len(list(tmp_path.glob("called-*"))) == 4


def test_what_takes_too_long_pays_no_better_than_what_is_wrong(engine):
    scores = engine.score(rollouts("wrong", "sleep", "allocate"), "strict")
    assert [score.reward for score in scores] == [-0.5, -0.5, -0.5]
    assert [score.status for score in scores[1:]] == [Status.TIMEOUT, Status.TIMEOUT]


def test_a_mixture_that_takes_too_long_pays_the_least_of_its_parts():
    given = {"reward_file": (RULES,), "reward_weights": ("2", "1"), "rollout_timeout": 0.5, "workers": 1}
    given["reward_option"] = ("strict.worst=-0.75",)
    with Engine(Settings(reward_type="strict misbehave", **given)) as engine:
        scores = engine.score(rollouts("", "sleep"))
    assert [score.reward for score in scores] == [-1.5, -1.5]


def test_a_timeout_is_remembered(tmp_path):
    with Engine(settings(rollout_timeout=0.3)) as engine:
        rollout = Rollout("", "shut", str(tmp_path))
        first, second = engine.score([rollout], "gated"), engine.score([rollout], "gated")
        assert first == second
        assert first[0].status is Status.TIMEOUT
        assert len(list(tmp_path.glob("called-*"))) == 1


def test_a_request_is_answered_when_its_time_is_over(tmp_path):
    with Engine(settings(rollout_timeout=30.0, request_timeout=0.5)) as engine:
        scores = engine.score([Rollout("", "shut", str(tmp_path)), Rollout("", "", str(tmp_path))], "gated")
        assert [score.status for score in scores] == [Status.EXPIRED, Status.EXPIRED]
        assert scores[0].reward is None


def test_too_much_work_is_refused_whole_and_what_was_accepted_is_scored(tmp_path, monkeypatch):
    # Each lane that is busy has a worker of its own: fewer of them fill as well as all.
    monkeypatch.setattr("rule_rm.engine.engine.SLOW_LANES", 4)
    lanes = 4 + 2
    batch = [Rollout("", f"gate{number}", str(tmp_path)) for number in range(lanes + 12)]
    with Engine(settings(rollout_timeout=60.0, max_pending=10)) as engine, ThreadPoolExecutor(1) as threads:
        accepted = threads.submit(engine.score, batch, "gated")
        until(lambda: len(list(tmp_path.glob("called-*"))) == lanes, "every lane to be busy")
        with pytest.raises(OverloadedError) as caught:
            engine.score(rollouts("a"))
        assert caught.value.retry_after >= 1
        for rollout in batch:
            (tmp_path / f"open-{rollout.response}").touch()
        assert [score.reward for score in accepted.result()] == [1.0] * len(batch)
        assert engine.score(rollouts("a"))[0].reward == 1


def test_a_worker_that_is_killed_from_outside_costs_nothing(engine, tmp_path):
    with ThreadPoolExecutor(1) as threads:
        future = threads.submit(engine.score, [Rollout("", "victim", str(tmp_path))], "gated")
        until(lambda: list(tmp_path.glob("called-*")), "the call")
        # More often than a worker may die of what it does.
        for _ in range(TRIES + 1):
            pid = until(lambda: _deepest_child(engine, tmp_path), "the worker")
            for call in tmp_path.glob("called-*"):
                call.unlink()
            os.kill(pid, signal.SIGKILL)
            until(lambda: list(tmp_path.glob("called-*")), "another try")
        (tmp_path / "open-victim").touch()
        assert future.result()[0].reward == 1.0


def test_a_job_whose_workers_are_all_killed_ends_sooner_if_memory_was_short(engine, monkeypatch):
    (score,) = engine.score(rollouts("killed"))
    assert (score.status, score.explanation.rpartition(", ")[2]) == (Status.CRASH, f"{KILLS} times")
    monkeypatch.setattr("rule_rm.engine.pool.oom_kills", itertools.count(1).__next__)
    (score,) = engine.score(rollouts("killed"))
    assert (score.status, score.explanation.rpartition(", ")[2]) == (Status.CRASH, "twice")


def test_a_job_whose_worker_is_killed_is_not_run_again_for_nobody(tmp_path):
    with Engine(settings(rollout_timeout=30.0, request_timeout=1.0)) as engine:
        scores = engine.score([Rollout("", "victim", str(tmp_path))], "gated")
        assert scores[0].status is Status.EXPIRED
        os.kill(until(lambda: _deepest_child(engine, tmp_path), "the worker"), signal.SIGKILL)
        until(lambda: _deepest_child(engine, tmp_path) is None, "its end")
        assert engine.score(rollouts("abc"))[0].reward == 3.0
        assert len(list(tmp_path.glob("called-*"))) == 1


def _deepest_child(engine, tmp_path):
    """The worker that runs the gated function: the one that is not idle."""
    idle = {worker.pid for worker in nursery_of(engine)._idle}
    busy = set(nursery_of(engine)._alive) - idle
    return busy.pop() if len(busy) == 1 else None


def test_the_engine_outlives_its_template_process(tmp_path):
    with Engine(settings(rollout_timeout=30.0)) as engine, ThreadPoolExecutor(1) as threads:
        future = threads.submit(engine.score, [Rollout("", "gate", str(tmp_path))], "gated")
        until(lambda: list(tmp_path.glob("called-*")), "the call")
        os.kill(nursery_of(engine)._process.pid, signal.SIGKILL)
        until(lambda: len(list(tmp_path.glob("called-*"))) == 2, "the second try")
        (tmp_path / "open-gate").touch()
        assert future.result()[0].reward == 1.0
        assert engine.score(rollouts("abc"))[0].reward == 3
        assert engine.state()["workers"]["restarts"] == 1


def test_a_worker_that_leaks_is_replaced_before_an_innocent_pays():
    with Engine(settings(rollout_timeout=30.0)) as engine:
        leaks = [engine.score([Rollout("", str(60 * 2**20))], "leak")[0] for _ in range(40)]
    assert all(score.status is Status.OK for score in leaks)
    assert len({score.reward for score in leaks}) > 4


def test_nothing_is_left_behind_when_the_engine_closes():
    marker = f"RULE_RM_TEST_MARKER={os.getpid()}-{time.monotonic_ns()}"
    script = _scoring_script("engine.close()")
    subprocess.run([sys.executable, "-c", script], env=_environment(marker), check=True, timeout=2 * PATIENCE)
    until(lambda: not processes(marker), "every process to end")


def test_nothing_is_left_behind_when_the_server_is_killed():
    marker = f"RULE_RM_TEST_MARKER={os.getpid()}-{time.monotonic_ns()}"
    script = _scoring_script("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    killed = subprocess.run([sys.executable, "-c", script], env=_environment(marker), timeout=2 * PATIENCE)
    assert killed.returncode == -signal.SIGKILL
    until(lambda: not processes(marker), "every process to end")


def _scoring_script(last: str) -> str:
    return f"""
import threading
from rule_rm import Rollout
from rule_rm.engine import Engine
from rule_rm.settings import Settings
engine = Engine(Settings(reward_type="misbehave", reward_file=({RULES!r},), rollout_timeout=1.0, workers=2))
beside = [Rollout("", "sleep"), Rollout("", "daemon")]
threading.Thread(target=engine.score, args=(beside,), daemon=True).start()
engine.score([Rollout("", "compute"), Rollout("", "daemon"), Rollout("", "abc")])
{last}
"""


def _environment(marker: str) -> dict[str, str]:
    name, _, value = marker.partition("=")
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, name: value, "PYTHONPATH": root}


def test_closing_answers_who_still_waits(tmp_path):
    engine = Engine(settings(rollout_timeout=30.0))
    batch = [Rollout("", f"shut{number}", str(tmp_path)) for number in range(40)]
    with ThreadPoolExecutor(1) as threads:
        future = threads.submit(engine.score, batch, "gated")
        until(lambda: list(tmp_path.glob("called-*")), "the first call")
        engine.close()
        statuses = {score.status for score in future.result()}
    assert statuses <= {Status.EXPIRED, Status.CRASH}


def test_a_reward_file_that_fails_in_a_worker_only_is_told_at_start(tmp_path):
    rule = tmp_path / "rule.py"
    rule.write_text(
        "from pathlib import Path\nfrom rule_rm import register\n"
        "assert 'template' not in Path('/proc/self/cmdline').read_text(), 'not here'\n"
        "@register('only_in_the_server')\ndef rule(rollout): return 1.0\n"
    )
    with pytest.raises(ConfigurationError, match="not here"):
        Engine(Settings(reward_type="only_in_the_server", reward_file=(str(rule),), workers=1))


def test_options_reach_the_reward_function_in_the_worker(tmp_path):
    rule = tmp_path / "weighted.py"
    rule.write_text(
        "from rule_rm import register\n"
        "@register('weighted')\ndef weighted(rollout, *, weight: float = 1.0): return weight\n"
    )
    given = {"reward_type": "weighted", "reward_file": (str(rule),), "workers": 1}
    with Engine(Settings(**given, reward_option=("weight=0.25",))) as engine:
        assert engine.score(rollouts("a"))[0].reward == 0.25
    with pytest.raises(ConfigurationError, match="weight=1.0"):
        Engine(Settings(**given, reward_option=("wait=0.25",)))


def test_a_reward_function_can_rightly_take_longer_than_others(tmp_path):
    rule = tmp_path / "patient.py"
    rule.write_text(
        "import time\nfrom rule_rm import register\n"
        "@register('patient', timeout=30)\ndef patient(rollout):\n    time.sleep(0.5)\n    return 1.0\n"
        "@register('hasty')\ndef hasty(rollout):\n    time.sleep(30)\n    return 1.0\n"
    )
    given = Settings(reward_type="patient", reward_file=(str(rule),), workers=1, rollout_timeout=0.2)
    with Engine(given) as engine:
        assert engine.score(rollouts("a"))[0].reward == 1.0
        assert engine.score(rollouts("a"), "hasty")[0].status is Status.TIMEOUT


def test_an_unknown_need_is_told_at_start(tmp_path):
    rule = tmp_path / "needy.py"
    rule.write_text(
        "from rule_rm import register\n"
        "@register('needy', needs=('a judge',))\ndef needy(rollout): return 1.0\n"
    )
    with pytest.raises(ConfigurationError, match="needs a judge; there is sandbox"):
        Engine(Settings(reward_type="needy", reward_file=(str(rule),), workers=1))
