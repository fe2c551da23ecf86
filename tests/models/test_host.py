"""A model in a process of its own is asked from many threads, and may die at any time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from rule_rm.errors import ConfigurationError, ModelError
from rule_rm.models import host as host_module
from rule_rm.models.host import ModelHost
from rule_rm.models.options import ModelOptions
from rule_rm.processes import starting

from ..waiting import PATIENCE, until
from .conftest import TOY, ask


@pytest.fixture
def pipe(tmp_path) -> str:
    path = str(tmp_path / "pipe")
    os.mkfifo(path)
    return path


@pytest.fixture
def later():
    """Run a function in another thread."""
    with ThreadPoolExecutor(32) as threads:
        yield threads.submit


def release(pipe: str) -> None:
    Path(pipe).write_bytes(b"")


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_every_thread_gets_the_score_of_its_own_text(host):
    texts = ["x" * (number % 97 + 1) for number in range(500)]
    with ThreadPoolExecutor(64) as threads:
        answers = list(threads.map(lambda text: ask(host, text), texts))
    assert [answer.score for answer in answers] == [float(len(text)) for text in texts]


def test_a_score_that_is_no_number_is_none(host):
    assert ask(host, "nan").score is None


def test_what_is_wrong_with_one_text_is_told_of_it_alone(host, pipe, later):
    first = later(ask, host, f"hold {pipe}")
    until(lambda: host.state()["passes"] == 1)
    together = [later(ask, host, text) for text in ("raise", "good", "fine")]
    until(lambda: host.state()["waiting"] == 4)
    release(pipe)
    assert first.result().score == 5 + len(pipe)
    with pytest.raises(ValueError, match="ZeroDivisionError: nothing to divide by"):
        together[0].result()
    assert [future.result().score for future in together[1:]] == [4.0, 4.0]


def test_a_pass_that_was_too_large_is_split(host, pipe, later):
    first = later(ask, host, f"hold {pipe}")
    until(lambda: host.state()["passes"] == 1)
    together = [later(ask, host, text) for text in ("greedy", "good", "fine", "well")]
    until(lambda: host.state()["waiting"] == 5)
    release(pipe)
    assert [future.result().score for future in [first, *together]] == [5.0 + len(pipe), 6.0, 4.0, 4.0, 4.0]


def test_a_text_is_tried_once_more_when_the_process_is_killed_while_it_scores(host, pipe, later):
    asked, queued = later(ask, host, f"hold {pipe}"), later(ask, host, "queued")
    until(lambda: host.state()["passes"] >= 1 and host.state()["waiting"] == 2)
    os.kill(host.state()["pid"], signal.SIGKILL)
    until(lambda: host.state()["restarts"] == 1 and host.state()["passes"] >= 2)
    release(pipe)
    assert asked.result().score == 5 + len(pipe)
    assert queued.result().score == 6.0


def test_a_text_that_kills_the_process_twice_is_given_up_and_its_neighbours_are_scored(host, pipe, later):
    first = later(ask, host, f"hold {pipe}")
    until(lambda: host.state()["passes"] == 1)
    together = [later(ask, host, text) for text in ("die", "abc", "def")]
    until(lambda: host.state()["waiting"] == 4)
    release(pipe)
    first.result()
    with pytest.raises(ModelError, match="died twice"):
        together[0].result()
    assert [future.result().score for future in together[1:]] == [3.0, 3.0]
    assert host.state()["restarts"] == 2


def test_who_has_no_more_time_does_not_wait(host, pipe, later):
    holding = later(ask, host, f"hold {pipe}")
    until(lambda: host.state()["passes"] == 1)
    start = time.monotonic()
    with pytest.raises(ModelError, match="in time"):
        ask(host, "late", patience=0.05)
    assert time.monotonic() - start < PATIENCE / 2
    release(pipe)
    holding.result()
    ask(host, "next")
    assert host.state()["passes"] == 2, "what nobody waits for is not scored"


def test_a_process_that_says_nothing_of_a_pass_is_killed(monkeypatch, stack, pipe, later):
    monkeypatch.setattr(host_module, "STALL", 0.3)
    monkeypatch.setattr(host_module, "FIRST_PAUSE", 0.01)
    host = stack.enter_context(closing(ModelHost(ModelOptions(reward_pretrain="toy"), TOY)))
    with pytest.raises(ModelError, match="died twice"):
        ask(host, f"hold {pipe}")
    assert host.state()["restarts"] == 2


def test_a_process_that_is_stopped_is_replaced_and_its_text_is_scored(monkeypatch, host):
    monkeypatch.setattr(starting, "STOPPED", 2)
    os.kill(host.state()["pid"], signal.SIGSTOP)
    assert ask(host, "abc").score == 3.0
    assert host.state()["restarts"] == 1


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (__file__, "^the toy is broken$"),
        (str(Path(__file__).parent), "ZeroDivisionError: nothing to divide by"),
    ],
)
def test_a_model_that_can_not_be_loaded_is_told_at_start(monkeypatch, broken, told):
    monkeypatch.setenv("TOY_BROKEN_WHILE", broken)
    with pytest.raises(ConfigurationError, match=told):
        ModelHost(ModelOptions(reward_pretrain="toy"), TOY)


def test_a_process_that_dies_while_it_loads_is_told_at_start():
    with pytest.raises(ConfigurationError, match=r"died while it loaded \(exit status 7\)"):
        ModelHost(ModelOptions(reward_pretrain="toy"), ("-c", "raise SystemExit(7)"))


def test_while_the_model_can_not_be_loaded_anew_nobody_waits_and_then_all_is_well(
    monkeypatch, tmp_path, stack
):
    monkeypatch.setattr(host_module, "FIRST_PAUSE", 0.01)
    broken = tmp_path / "broken"
    monkeypatch.setenv("TOY_BROKEN_WHILE", str(broken))
    host = stack.enter_context(closing(ModelHost(ModelOptions(reward_pretrain="toy"), TOY)))
    broken.touch()
    os.kill(host.state()["pid"], signal.SIGKILL)
    until(lambda: host.state()["state"] == "down")
    with pytest.raises(ModelError, match="can't be started anew: the toy is broken"):
        ask(host, "abc")
    broken.unlink()
    until(lambda: host.state()["state"] == "up")
    assert ask(host, "abc").score == 3.0


def test_closing_ends_the_process_and_whoever_waits(pipe, later):
    host = ModelHost(ModelOptions(reward_pretrain="toy"), TOY)
    waiting = later(ask, host, f"hold {pipe}")
    until(lambda: host.state()["passes"] == 1)
    pid = host.state()["pid"]
    host.close()
    with pytest.raises(ModelError, match="closing"):
        waiting.result()
    with pytest.raises(ModelError, match="closing"):
        ask(host, "abc")
    assert not is_running(pid)
    assert not [thread for thread in threading.enumerate() if thread.name == "reward-model"]


def test_the_process_ends_with_the_server_even_while_it_scores(pipe):
    """The server is killed, and a fork of it, as workers are, still holds the socket open."""
    program = (
        "import os, sys, time, threading\n"
        "from rule_rm.models.host import ModelHost\n"
        "from rule_rm.models.options import ModelOptions\n"
        "host = ModelHost(ModelOptions(reward_pretrain='toy'), sys.argv[1:2])\n"
        "request = {'text': f'hold {sys.argv[2]}', 'messages': [], 'response': ''}\n"
        "threading.Thread(target=host.score, args=(request, time.monotonic() + 60)).start()\n"
        "while not host.state()['passes']: time.sleep(0.01)\n"
        "pid = host.state()['pid']\n"
        # One write each: a fork of a process with threads must take no lock, and lines must not mix.
        "os.write(1, b'%d %d\\n' % (pid, os.fork()))\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program, *TOY, pipe],
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        told = [server.stdout.readline().split() for _ in range(2)]
        pid = int(told[0][0])
        fork = next(int(child) for _, child in told if child != "0")
        try:
            server.kill()
            until(lambda: not is_running(pid))
        finally:
            os.kill(fork, signal.SIGKILL)


def test_ctrl_c_in_the_terminal_is_for_the_server_alone(host):
    assert os.getsid(host.state()["pid"]) != os.getsid(0)


def test_no_part_of_the_server_imports_torch():
    program = (
        "import sys, rule_rm.rewards.reward_model, rule_rm.models.host, rule_rm.models.process\n"
        "assert not {'torch', 'transformers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=PATIENCE)
