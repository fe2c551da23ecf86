"""The launch script, as a new user runs it: a real server, a real request, and somebody else's port."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest

from ..waiting import until

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "example_start_remote_rm.sh"


@pytest.fixture
def free_port():
    """Ports that only a server that reuses addresses can have while the test runs, as ours does."""
    with ExitStack() as held:

        def port() -> int:
            holder = held.enter_context(socket.socket())
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            holder.bind(("127.0.0.1", 0))
            return holder.getsockname()[1]

        yield port


@pytest.fixture
def launch(tmp_path):
    """Run the script in this environment; stop, at the end, every server that it started."""
    started: list[int] = []

    def run(port: int, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(SCRIPT), *arguments, "--workers", "1"],
            env={
                **os.environ,
                "VENV": sys.prefix,
                "REWARD_PORT": str(port),
                "OUTPUT_DIR": str(tmp_path / "logs"),
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=300,
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
    until(lambda: not is_alive(pid), f"process {pid} to stop")


def rewards_of(done) -> list[tuple[str, str]]:
    """Return the rewards that the script printed, with their descriptions."""
    assert done.returncode == 0, done.stdout + done.stderr
    return re.findall(r"^ +(-?\d+\.\d\d|-) .*\((.*)\)$", done.stdout, re.MULTILINE)


def servers_of(directory: Path) -> list[int]:
    """Return the servers that run with a log in this directory."""
    found = []
    for descriptor in Path("/proc").glob("[0-9]*/fd/1"):
        try:
            if descriptor.readlink().parent == directory:
                found.append(int(descriptor.parts[2]))
        except OSError:
            continue
    return found


MATHEMATICS = [
    ("1.50", "the golden answer, in the format"),
    ("0.50", "another answer, in the format"),
    ("0.00", "the golden answer, in no format"),
]


def test_it_starts_a_server_and_shows_the_rewards_of_an_example(launch, free_port):
    port = free_port()
    assert rewards_of(launch(port)) == MATHEMATICS
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=60) as reply:
        assert json.load(reply)["status"] == "ok"


@pytest.mark.slow
def test_a_reward_that_runs_programs_is_shown_with_programs(launch, free_port):
    shown = rewards_of(
        launch(free_port(), "--sandbox", "rlimits", "--allow-weak-sandbox", REWARD_TYPE="code_tests")
    )
    assert shown == [
        ("1.00", "a program that passes"),
        ("0.00", "a program that fails"),
        ("0.00", "no program"),
    ]


@pytest.mark.slow
def test_a_mixture_is_served_from_its_file(launch, free_port):
    done = launch(free_port(), "--reward-config", str(ROOT / "examples" / "mixture.yaml"))
    assert rewards_of(done)[0][0] == "1.50"
    assert "with the mixture" in done.stdout


@pytest.mark.slow
def test_a_dataset_may_be_csv_with_other_columns_and_the_server_may_want_a_token(launch, tmp_path, free_port):
    (tmp_path / "mine.csv").write_text("problem,result\nWhat is 20 + 22?,42\n")
    done = launch(
        free_port(),
        "--question-key=problem",
        RULE_RM_ANSWER_KEY="result",
        DATASET_PATH=str(tmp_path / "mine.csv"),
        RULE_RM_TOKEN="abc",
    )
    assert rewards_of(done) == MATHEMATICS
    assert "What is 20 + 22?" in done.stdout


@pytest.mark.slow
def test_a_dataset_may_be_parquet(launch, tmp_path, free_port):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table({"question": ["What is 20 + 22?"], "answer": ["42"]})
    parquet.write_table(table, tmp_path / "mine.parquet")
    assert rewards_of(launch(free_port(), "--dataset", str(tmp_path / "mine.parquet"))) == MATHEMATICS


@pytest.mark.slow
def test_the_port_of_the_command_line_names_the_files_too(launch, tmp_path, free_port):
    port, other = free_port(), free_port()
    done = launch(other, "--port", str(port))
    assert f"http://127.0.0.1:{port} " in done.stdout
    assert sorted(path.name for path in (tmp_path / "logs").glob("reward_server_*")) == [
        f"reward_server_{port}.log",
        f"reward_server_{port}.pid",
    ]


@pytest.mark.slow
def test_port_0_takes_a_free_port_and_names_the_files_by_it(launch, tmp_path):
    done = launch(0)
    port = re.search(r"runs at http://127\.0\.0\.1:(\d+) ", done.stdout)[1]
    assert sorted(path.name for path in (tmp_path / "logs").glob("reward_server_*")) == [
        f"reward_server_{port}.log",
        f"reward_server_{port}.pid",
    ]


@pytest.mark.slow
def test_every_line_of_the_log_is_whole_and_comes_once(launch, tmp_path, free_port):
    port = free_port()
    launch(port)
    lines = (tmp_path / "logs" / f"reward_server_{port}.log").read_text().splitlines()
    assert len(lines) == len(set(lines))
    for line in lines:
        assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ ", line), line


def test_help_starts_nothing(tmp_path):
    done = subprocess.run(
        [str(SCRIPT), "--help"],
        env={**os.environ, "VENV": str(tmp_path / "none"), "OUTPUT_DIR": str(tmp_path / "logs")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0
    assert "REWARD_TYPE" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_server_whose_example_fails_is_stopped(launch, tmp_path, free_port):
    (tmp_path / "broken.py").write_text(
        "import os\nfrom rule_rm import register\n\n"
        "@register('broken', linear=True)\ndef broken(rollout):\n    os._exit(1)\n"
    )
    done = launch(free_port(), "--reward-file", str(tmp_path / "broken.py"), "--reward-type", "broken")
    assert done.returncode != 0
    assert "the example request failed" in done.stderr
    assert servers_of(tmp_path / "logs") == []


@pytest.mark.slow
def test_interrupted_while_it_waits_it_leaves_no_server(tmp_path, free_port):
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(60)\n")
    logs = tmp_path / "logs"
    script = subprocess.Popen(
        [str(SCRIPT), "--port", str(free_port()), "--reward-file", str(tmp_path / "slow.py")],
        env={**os.environ, "VENV": sys.prefix, "OUTPUT_DIR": str(logs)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: servers_of(logs) or script.poll() is not None, "the server")
    assert script.poll() is None
    script.terminate()
    assert script.wait(60) != 0
    assert servers_of(logs) == []
    assert not list(logs.glob("*.pid"))


@pytest.mark.slow
def test_started_again_it_replaces_its_own_server(launch, free_port):
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


@pytest.mark.slow
def test_a_pid_file_of_somebody_else_is_not_believed(launch, tmp_path, free_port):
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


@pytest.mark.slow
def test_a_server_that_does_not_start_is_told_with_its_log(launch, tmp_path, free_port):
    done = launch(free_port(), DATASET_PATH=str(tmp_path / "absent.json"))
    assert done.returncode != 0
    assert "the server did not start" in done.stderr
    assert "absent.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_reward_type_is_told(launch, free_port):
    done = launch(free_port(), REWARD_TYPE="math_verifer")
    assert done.returncode != 0
    assert "did you mean 'math_verifier'" in done.stderr
