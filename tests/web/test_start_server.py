"""`start_server`: a real service in a child process, which never outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from rule_rm import start_server
from rule_rm.errors import ConfigurationError
from rule_rm.web.background import LOG_NAME

from ..waiting import PATIENCE, until
from .conftest import ROOT, RULES
from .http_client import get, post
from .processes import alive, descendants

SAFE = {"prompts": [""], "responses": ["Good morning."]}


def wait_until_dead(pids: set[int]) -> None:
    until(lambda: not any(map(alive, pids)), "the service to end")


@pytest.fixture
def options(tmp_path):
    return {"port": 0, "workers": 1, "reward_type": "example_safety", "output_dir": tmp_path}


def test_it_serves_until_it_is_stopped_and_leaves_nothing_behind(options):
    server = start_server(**options)
    assert post(server.url, "/get_reward", SAFE) == (200, {"rewards": [1.0]})
    family = descendants(server.pid)
    assert family
    server.stop()
    assert not alive(server.pid)
    wait_until_dead(family)
    server.stop()


@pytest.mark.slow
def test_it_ends_with_its_block_even_if_that_fails(options):
    with pytest.raises(RuntimeError, match="enough"), start_server(**options) as server:
        raise RuntimeError("enough")
    assert not alive(server.pid)


def test_what_it_says_is_in_its_log(options, tmp_path):
    with start_server(**options) as server:
        post(server.url, "/get_reward", SAFE)
    log = server.log.read_text()
    assert server.log == tmp_path / LOG_NAME
    assert f"Running on {server.url}" in log
    assert "example_safety: 1 rollout in " in log
    assert "stopped" in log


def test_a_reward_file_is_taken_and_what_it_prints_goes_to_the_log(options):
    with start_server(**{**options, "reward_file": RULES, "reward_type": "failing"}) as server:
        assert post(server.url, "/get_reward", SAFE) == (200, {"rewards": [1.0]})
    assert "a reward file may print what it likes" in server.log.read_text()


@pytest.mark.slow
def test_several_reward_files_may_be_paths(options, tmp_path):
    another = tmp_path / "another.py"
    another.write_text("from rule_rm import register\n@register('one')\ndef one(rollout): return 1\n")
    with start_server(**{**options, "reward_file": [RULES, another], "reward_type": "one"}) as server:
        assert {"one", "slow"} < set(get(server.url, "/rewards")[1]["rewards"])


def test_settings_that_are_not_given_come_from_the_environment(options, monkeypatch):
    monkeypatch.setenv("REWARD_TYPE", "example_math")
    del options["reward_type"]
    with start_server(**options) as server:
        assert get(server.url, "/rewards")[1]["default"] == "example_math"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"dataset": "absent.json"}, "absent.json"),
        pytest.param(
            {"reward_type": "example_safty"}, "did you mean 'example_safety'", marks=pytest.mark.slow
        ),
        pytest.param(
            {"host": "203.0.113.1", "insecure": True},
            "can't listen on 203.0.113.1",
            marks=pytest.mark.slow,
        ),
        ({"port": 65536}, "--port must be from 0 to 65535"),
        ({"colour": "red"}, "there is no setting colour"),
    ],
)
def test_a_service_that_does_not_start_is_an_error_with_the_reason(options, wrong, told):
    with pytest.raises(ConfigurationError, match=told):
        start_server(**{**options, **wrong})


@pytest.mark.slow
def test_the_reason_is_that_of_this_start_not_of_an_earlier_one(options):
    with pytest.raises(ConfigurationError, match=r"first\.json"):
        start_server(**options, dataset="first.json")
    with pytest.raises(ConfigurationError) as caught:
        start_server(**options, dataset="second.json")
    assert "first.json" not in str(caught.value)


def test_a_reward_file_that_ends_the_process_is_an_error(options, tmp_path):
    fatal = tmp_path / "fatal.py"
    fatal.write_text("import os\nos._exit(0)\n")
    with pytest.raises(ConfigurationError, match="did not start"):
        start_server(**options, reward_file=fatal)


@pytest.mark.slow
def test_a_service_that_was_started_in_a_thread_outlives_that_thread(options):
    started = []
    thread = threading.Thread(target=lambda: started.append(start_server(**options)))
    thread.start()
    thread.join()
    with started[0] as server:
        assert post(server.url, "/get_reward", SAFE)[0] == 200


@pytest.mark.slow
def test_ctrl_c_in_the_terminal_does_not_reach_the_service(options):
    with start_server(**options) as server:
        assert os.getpgid(server.pid) != os.getpgid(0)


STARTER = """
import os, sys, time
from rule_rm import start_server
server = start_server(port=0, workers=1, reward_type="example_safety", output_dir=sys.argv[1])
fork = os.fork() if sys.argv[2] == "fork" else None
if fork == 0:
    time.sleep(60)
print(server.pid, fork or "", flush=True)
if sys.argv[2] == "end":
    sys.exit()
time.sleep(60)
"""


@pytest.mark.parametrize("how", [pytest.param("end", marks=pytest.mark.slow), "kill", "fork"])
def test_the_service_dies_with_its_parent(tmp_path, how):
    """Also where the parent is killed, and where a fork of it still holds the pipe to the service open."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", STARTER, str(tmp_path), how],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as parent:
        service, *forks = map(int, parent.stdout.readline().split())
        family = {service, *descendants(service)}
        if how != "end":
            parent.kill()
        parent.wait(PATIENCE)
        try:
            wait_until_dead(family)
        finally:
            for pid in forks:
                os.kill(pid, signal.SIGKILL)


STOPPER = """
import os, signal, time
from rule_rm import start_server
server = start_server(port=0, workers=1, reward_type="example_safety", request_timeout=20)
fork = os.fork()
if fork == 0:
    time.sleep(120)
server.stop()
os.kill(fork, signal.SIGKILL)
print(server._process.returncode)
"""


def test_it_stops_by_itself_though_a_fork_of_its_starter_holds_the_pipe_to_it():
    stopped = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", STOPPER], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert stopped.stdout.split() == ["0"]
