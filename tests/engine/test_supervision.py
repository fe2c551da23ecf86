"""The engine's supervisors are restarted when they fail, report failures, and end with the engine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rule_rm import Rollout, Status
from rule_rm.engine import Engine, nursery
from rule_rm.processes import child, starting
from rule_rm.settings import Settings

from ..waiting import PATIENCE, until
from ..web.processes import alive
from .conftest import nursery_of, rollouts, settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def quick_pulse(monkeypatch):
    # Twenty of them: two seconds of silence, which no template keeps on a busy machine.
    monkeypatch.setattr(nursery, "PULSE", 0.1)
    monkeypatch.setattr(nursery, "RESTART_PAUSE", 0.05)


def template(engine: Engine) -> int:
    return nursery_of(engine)._process.pid


def test_a_template_that_is_stopped_is_seen_killed_and_started_again(quick_pulse, monkeypatch):
    # One that is only slow has more time.
    monkeypatch.setattr(nursery, "DEAD", 10_000)
    with Engine(settings()) as engine:
        stopped = template(engine)
        os.kill(stopped, signal.SIGSTOP)
        until(lambda: engine.why_not_ready() is not None, "the template's silence to be noticed")
        until(lambda: template(engine) != stopped and engine.is_ready(), "another template")
        assert [score.reward for score in engine.score(rollouts("abc"))] == [3.0]
        assert engine.state()["workers"]["restarts"] >= 1


@pytest.fixture
def stopped_at_its_start(monkeypatch):
    """Stop the next child when it has just been started; the list gets its process id."""
    monkeypatch.setattr(starting, "LOOK", 0.1)
    real, stopped = child.start, []

    def start(*arguments, **more) -> subprocess.Popen[bytes]:
        process = real(*arguments, **more)
        if not stopped:
            os.kill(process.pid, signal.SIGSTOP)
            stopped.append(process.pid)
        return process

    monkeypatch.setattr(child, "start", start)
    return stopped


def test_a_template_that_is_stopped_while_it_starts_is_replaced(quick_pulse, stopped_at_its_start):
    with Engine(settings()) as engine:
        stopped = stopped_at_its_start.pop()
        assert not alive(stopped)
        # So it is when another takes the place of one that died.
        os.kill(template(engine), signal.SIGKILL)
        until(lambda: stopped_at_its_start, "another to be started, and stopped")
        until(lambda: nursery_of(engine).restarts and engine.is_ready(), "the one after it")
        assert not alive(stopped_at_its_start[0])
        assert [score.reward for score in engine.score(rollouts("abc"))] == [3.0]


def test_a_template_that_is_stopped_while_it_starts_does_not_hold_up_the_end(
    quick_pulse, stopped_at_its_start, monkeypatch
):
    engine = Engine(settings())
    monkeypatch.setattr(starting, "STOPPED", 10_000)
    stopped_at_its_start.clear()
    os.kill(template(engine), signal.SIGKILL)
    until(lambda: stopped_at_its_start, "another to be started, and stopped")
    engine.close()
    assert not alive(stopped_at_its_start[0])


def test_without_workers_and_with_a_stopped_template_rollouts_wait_for_another_one(quick_pulse):
    with Engine(settings()) as engine, ThreadPoolExecutor(1) as threads:
        os.kill(template(engine), signal.SIGSTOP)
        workers = list(nursery_of(engine)._alive)
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        # One that is still dying takes a rollout, and loses it.
        until(lambda: not any(map(alive, workers)), "the workers' end")
        asked = threads.submit(engine.score, rollouts("abc", "de"))
        assert until(engine.why_not_ready, "the template's silence to be noticed")
        assert [score.reward for score in asked.result(PATIENCE)] == [3.0, 2.0]


def test_workers_that_were_waited_for_while_there_was_no_template_are_not_waited_for_later(quick_pulse):
    with Engine(settings()) as engine:
        own = nursery_of(engine)
        os.kill(template(engine), signal.SIGKILL)
        until(lambda: own._down, "its death to be noticed")
        # Each of them is used up: all that are ready, and as many more.
        for _ in range(8):
            own.dismiss(own.hire(time.monotonic() + PATIENCE))


def test_a_worker_that_does_not_come_is_a_reason_not_to_be_ready(quick_pulse, monkeypatch):
    monkeypatch.setattr(nursery, "STARVED", 0.2)
    for number in ("SILENT", "DEAD"):
        monkeypatch.setattr(nursery, number, 10_000)
    with Engine(settings()) as engine, ThreadPoolExecutor(1) as threads:
        own, is_over = nursery_of(engine), threading.Event()

        def use_up() -> None:
            while not is_over.is_set():
                own.dismiss(own.hire(time.monotonic() + PATIENCE))

        with monkeypatch.context() as deaf:
            deaf.setattr(own, "_tell", lambda message: True)
            using = threads.submit(use_up)
            assert until(engine.why_not_ready, "the lack of workers to be noticed") == (
                "no worker has come for some time"
            )
        is_over.set()
        with own._changed:
            own._ordered = 0
        using.result(PATIENCE)
        until(engine.is_ready, "another worker")


def test_a_stopped_template_does_not_hold_up_the_end(monkeypatch):
    monkeypatch.setattr(nursery, "CLOSING", 0.2)
    engine = Engine(settings())
    os.kill(template(engine), signal.SIGSTOP)
    closing = threading.Thread(target=engine.close)
    closing.start()
    closing.join(PATIENCE)
    assert not closing.is_alive()


def test_workers_that_were_stopped_while_they_scored_give_the_right_reward(tmp_path):
    with Engine(settings(rollout_timeout=0.5)) as engine, ThreadPoolExecutor(1) as threads:
        asked = threads.submit(engine.score, [Rollout("", "gate", str(tmp_path))], "gated")
        until(lambda: list(tmp_path.glob("called-*")), "it to begin")
        workers = list(nursery_of(engine)._alive)
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(1.5)
        (tmp_path / "open-gate").touch()
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
        assert [score.reward for score in asked.result(PATIENCE)] == [1.0]


def test_a_worker_that_never_goes_on_is_replaced_and_nothing_is_scored_wrong(monkeypatch, tmp_path):
    monkeypatch.setattr("rule_rm.engine.pool.PAUSE_LIMIT", 1.0)
    with Engine(settings(rollout_timeout=1.0)) as engine:
        for worker in list(nursery_of(engine)._idle):
            os.kill(worker.pid, signal.SIGSTOP)
        scores = engine.score(rollouts(*["abc"] * 6))
        assert {score.reward for score in scores} <= {3.0, None}
        assert [score.reward for score in engine.score(rollouts("abcd"))] == [4.0]


def test_idle_workers_that_are_stopped_are_replaced_before_they_get_work(quick_pulse):
    with Engine(settings()) as engine:
        own = nursery_of(engine)
        until(lambda: len(own._idle) == own._keep_idle, "all workers")
        stopped = [worker.pid for worker in own._idle]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        until(lambda: own._idle and not set(own._alive) & set(stopped), "others")
        assert not any(map(alive, stopped))
        assert engine.state()["workers"]["restarts"] == 0


PAUSED = """
import sys, threading
from rule_rm import Rollout
from rule_rm.engine import Engine
from rule_rm.settings import Settings
if __name__ == "__main__":
    given = {"reward_type": "naps", "reward_file": (sys.argv[1],), "workers": 2, "rollout_timeout": 2.0}
    with Engine(Settings(**given)) as engine:
        for naps in (("0.4", "0.3"), ("1.0", "0.9")):
            print("ready", flush=True)
            print([score.reward for score in engine.score([Rollout("", nap) for nap in naps])], flush=True)
"""
NAPS = """
import time
from rule_rm import register
@register("naps")
def naps(rollout):
    print("begun")
    time.sleep(float(rollout.response))
    return 1.0
"""


def family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in family(int(child)))]


def test_a_pause_of_all_processes_makes_no_right_answer_wrong(tmp_path):
    (tmp_path / "naps.py").write_text(NAPS)
    with subprocess.Popen(
        [sys.executable, "-c", PAUSED, str(tmp_path / "naps.py")], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        # Before the first look at a worker, and after it.
        for begun in (0.1, 0.6):
            assert process.stdout.readline() == "ready\n"
            time.sleep(begun)
            paused = family(process.pid)
            for pid in paused:
                os.kill(pid, signal.SIGSTOP)
            # Longer than a rollout may take.
            time.sleep(3.0)
            # The lanes look before the workers, which have woken, can answer.
            for pid in paused:
                os.kill(pid, signal.SIGCONT)
            assert process.stdout.readline() == "[1.0, 1.0]\n"


WITHOUT_DESCRIPTORS = """
import os, resource, signal, sys, time
from rule_rm import Rollout
from rule_rm.engine import Engine
from rule_rm.settings import Settings

def until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)

if __name__ == "__main__":
    with Engine(Settings(reward_type="example_math", workers=1)) as engine:
        nursery = engine._workforce._nursery
        until(lambda: nursery._idle)
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        # Those that are open stay so, and no further one can be had.
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, most))
        if sys.argv[1] == "workers":
            for worker in list(nursery._alive):
                os.kill(worker, signal.SIGKILL)
        else:
            nursery._process.kill()
        until(lambda: engine.why_not_ready() is not None)
        print(engine.why_not_ready(), flush=True)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        until(engine.is_ready)
        print([score.reward for score in engine.score([Rollout("", "1 + 1 = 2")] * 3)], flush=True)
"""


@pytest.mark.parametrize("lost", ["workers", pytest.param("template", marks=pytest.mark.slow)])
def test_a_moment_without_descriptors_is_told_and_over_when_it_is_over(lost):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_DESCRIPTORS, lost],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=4 * PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    why, scores = done.stdout.splitlines()
    assert why
    assert scores == "[0.8, 0.8, 0.8]"


@pytest.fixture
def few_processes():
    """Return the directory of a control group that may limit processes, for those that are put into it."""
    for root in (Path("/sys/fs/cgroup/pids"), Path("/sys/fs/cgroup")):
        group = root / f"rule_rm_tests_{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        if (group / "pids.max").is_file():
            break
        group.rmdir()
    else:
        pytest.skip("this user may make no control group that limits processes")
    yield group
    (group / "pids.max").write_text("max")
    until(lambda: not (group / "cgroup.procs").read_text(), "its processes to end")
    group.rmdir()


def test_a_moment_without_processes_is_told_and_over_when_it_is_over(few_processes, quick_pulse):
    with Engine(settings()) as engine:
        until(lambda: nursery_of(engine)._idle, "a worker")
        (few_processes / "cgroup.procs").write_text(f"{template(engine)}")
        (few_processes / "pids.max").write_text("1")
        for worker in list(nursery_of(engine)._alive):
            os.kill(worker, signal.SIGKILL)
        why = until(engine.why_not_ready, "the lack of workers to be noticed")
        assert "Resource temporarily unavailable" in why
        (few_processes / "pids.max").write_text("max")
        until(engine.is_ready, "another worker")
        assert [score.reward for score in engine.score(rollouts("abc"))] == [3.0]
        assert engine.state()["workers"]["restarts"] == 0


def test_a_reward_file_that_changed_does_not_take_over_in_silence(quick_pulse, tmp_path):
    rule = tmp_path / "changing.py"
    rule.write_text(
        "from rule_rm import register\n@register('changing')\ndef changing(rollout): return 1.0\n"
    )
    given = {
        "reward_type": "changing",
        "reward_file": (str(rule),),
        "workers": 1,
        "request_timeout": 4 * PATIENCE,
    }
    with Engine(Settings(**given)) as engine:
        assert engine.score(rollouts("a"))[0].reward == 1.0
        rule.write_text(rule.read_text().replace("1.0", "2.0"))
        os.kill(template(engine), signal.SIGKILL)
        until(lambda: "changed since it was loaded" in (engine.why_not_ready() or ""), "the change")
        begun = time.monotonic()
        (score,) = engine.score(rollouts("a"))
        assert (score.status, time.monotonic() - begun < PATIENCE) == (Status.UNAVAILABLE, True)
        rule.write_text(rule.read_text().replace("2.0", "1.0"))
        until(engine.is_ready, "the file as it was")
        assert engine.score(rollouts("b"))[0].reward == 1.0
