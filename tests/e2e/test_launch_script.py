"""The launch script, as a new user runs it: a real server, a real request, and somebody else's port."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "example_start_remote_rm.sh"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def launch(tmp_path):
    """Run the script in this environment; stop, at the end, every server that it started."""
    started: list[int] = []

    def run(port: int, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(SCRIPT), "--workers", "1", *arguments],
            env={
                **os.environ,
                "VENV": sys.prefix,
                "REWARD_PORT": str(port),
                "OUTPUT_DIR": str(tmp_path / "logs"),
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
        started.extend(int(pid) for pid in re.findall(r"Stop it with: kill (\d+)", done.stdout))
        return done

    yield run
    for pid in started:
        stop(pid)


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def stop(pid: int) -> None:
    if is_alive(pid):
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + 20
    while is_alive(pid):
        assert time.monotonic() < end, f"process {pid} does not stop"
        time.sleep(0.02)


def test_it_starts_a_server_and_shows_the_rewards_of_an_example(launch):
    port = free_port()
    done = launch(port)
    assert done.returncode == 0, done.stdout + done.stderr
    rewards = re.findall(r"^ +(-?\d+\.\d\d) .*\((.*)\)$", done.stdout, re.MULTILINE)
    assert rewards == [("1.50", "right"), ("0.50", "wrong"), ("0.00", "right, but in a wrong format")]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as reply:
        assert json.load(reply)["status"] == "ok"


def test_started_again_it_replaces_its_own_server(launch):
    port = free_port()
    first, second = launch(port), launch(port)
    assert second.returncode == 0, second.stdout + second.stderr
    pids = [int(re.search(r"Stop it with: kill (\d+)", done.stdout)[1]) for done in (first, second)]
    assert f"Stopping the server that was started before (process {pids[0]})" in second.stdout
    assert [is_alive(pid) for pid in pids] == [False, True]


def test_it_leaves_alone_who_holds_the_port_and_says_so(launch):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        done = launch(port)
        assert done.returncode != 0
        assert f"{port}" in done.stderr
        assert "in use" in done.stderr
        assert f"{os.getpid()}" in done.stderr
        holder.settimeout(5)
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            holder.accept()[0].close()


def test_a_pid_file_of_somebody_else_is_not_believed(launch, tmp_path):
    port = free_port()
    (tmp_path / "logs").mkdir()
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        (tmp_path / "logs" / f"reward_server_{port}.pid").write_text(str(bystander.pid))
        assert launch(port).returncode == 0
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_server_that_does_not_start_is_told_with_its_log(launch, tmp_path):
    done = launch(free_port(), DATASET_PATH=str(tmp_path / "absent.json"))
    assert done.returncode != 0
    assert "the server did not start" in done.stderr
    assert "absent.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_reward_type_is_told(launch):
    done = launch(free_port(), REWARD_TYPE="math_verifer")
    assert done.returncode != 0
    assert "did you mean 'math_verifier'" in done.stderr
