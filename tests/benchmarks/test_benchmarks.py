"""The benchmarks on a handful of samples: they run, count rightly and leave nothing behind."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks import compare, contestants, load, processes, scenarios, shapes, workloads

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a directory with few questions in the files of the shared data."""
    folder = tmp_path / "data"
    folder.mkdir()
    answers = {f"What is {n} plus {n * n}?": str(n + n * n) for n in range(10, 30)}
    questions = [{"question": question, "answer": answer} for question, answer in answers.items()]
    solutions = [
        {"question": question, "gold": gold, "response": "…", "answer": answer, "label": answer == gold}
        for question, gold in answers.items()
        for answer in (gold, gold + "1", None)
    ]
    (folder / "math_test_5000.json").write_text(json.dumps(questions))
    (folder / "gsm8k_model_solutions.jsonl").write_text("\n".join(map(json.dumps, solutions)))
    (folder / "equivalence.jsonl").write_text("")
    return folder


@pytest.fixture
def shared() -> Path:
    folder = Path(os.environ.get("RULE_RM_SHARED_DATA") or ROOT / "../shared/data")
    if not folder.is_dir():
        pytest.skip("the shared data are not here: name their directory by RULE_RM_SHARED_DATA")
    return folder


def script(name: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *options],
        capture_output=True,
        text=True,
        timeout=110,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )


@pytest.mark.slow
def test_every_server_is_measured_on_the_same_samples(data: Path, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    done = script(
        "servers",
        "--quick",
        "--only",
        "gsm8k,singles,shipped",
        "--data",
        str(data),
        "--json",
        str(figures),
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(figures.read_text())["speed"]
    batches = {row["server"]: row for row in rows if row["workload"].startswith("GSM8K")}
    assert set(batches) == {"rule_rm", "lmm-r1, 2 workers", "align-anything", "math-verify in a loop"}
    for row in batches.values():
        assert (row["agreement"], row["lost"], row["error"]) == (1.0, 0, "")
        assert row["per_second"] > 0
    ours = next(row for row in rows if row["server"] == "rule_rm" and row["workload"].endswith("MATH"))
    assert ours["samples"] == ours["samples"] - ours["lost"] == 160
    assert 0 < ours["p50"] <= ours["p99"]
    shipped = rows[-1]
    assert shipped["server"] == "align-anything as-shipped"
    assert shipped["samples"] == shipped["lost"]
    assert "HTTP 500" in shipped["error"]
    assert "rule_rm " in done.stdout
    assert "MB at start" in done.stdout


def test_without_data_it_says_where_they_may_be_named(tmp_path: Path) -> None:
    done = script("servers", "--data", str(tmp_path))
    assert done.returncode == 2
    assert "RULE_RM_SHARED_DATA" in done.stderr
    assert done.stdout == ""


def test_an_unknown_group_is_an_error_that_names_the_known_ones(data: Path) -> None:
    done = script("servers", "--only", "maths", "--data", str(data))
    assert done.returncode == 2
    assert "maths" in done.stderr
    assert "gsm8k" in done.stderr


def test_a_server_that_does_not_start_is_an_error_with_its_log(tmp_path: Path) -> None:
    contestant = contestants.rule_rm(2, 1, "--no-such-option")
    with (
        pytest.raises(processes.ServerFailedError, match="no-such-option"),
        contestant.serve(tmp_path, {"1+1?": "2"}),
    ):
        raise AssertionError("it is not running")


@pytest.mark.slow
def test_hangs_are_counted_apart_from_innocents(data: Path, tmp_path: Path) -> None:
    found = workloads.Data.load(str(data))
    samples = workloads.with_hangs(workloads.math_groups(found, 100), 0.02)
    contestant = contestants.rule_rm(2, 0)
    with contestant.serve(tmp_path, found.math) as running:
        row = scenarios.hangs(contestant, running, scenarios.Step("hangs", samples), 30)
    assert (row.hangs, row.innocents) == (2, 98)
    assert (row.lost, row.wrong, row.paid, row.lost_after, row.wrong_after) == (0, 0, 0, 0, 0)
    assert row.idle_cpu < 0.5


def test_workloads_are_the_same_in_every_run_and_shuffled(data: Path) -> None:
    found = workloads.Data.load(str(data))
    samples = workloads.math_groups(found, 80)
    assert samples == workloads.math_groups(found, 80)
    prompts = [sample.prompt for sample in samples]
    assert prompts != sorted(prompts)
    assert {prompts.count(prompt) for prompt in prompts} == {workloads.GROUP}
    for sample in samples:
        assert (rf"\boxed{{{sample.golden}}}" in sample.response) <= sample.is_right


@pytest.mark.parametrize("answer", ["7", r"\frac{7}{2}", r"\text{(D)}", "E", r"\text{odd}", r"x + \pi"])
def test_a_perturbed_answer_is_another_one(answer: str) -> None:
    perturbed = {workloads._perturbed(answer, random.Random(seed)) for seed in range(20)}
    assert answer not in perturbed
    assert "" not in perturbed


def test_the_golden_set_is_filled_up_without_changing_a_real_answer(data: Path) -> None:
    found = workloads.Data.load(str(data))
    goldens = found.golden_set(50)
    assert len(goldens) == 50
    assert found.math.items() <= goldens.items()


def test_a_server_that_never_answers_costs_no_more_than_the_limit() -> None:
    sample = workloads.Sample("p", "r", "g", True)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        done = load.send(deaf.getsockname()[1], [[sample]] * 3, clients=2, limit=0.2)
    assert done.rewards == [None] * 3
    assert done.seconds < 5


@pytest.mark.parametrize(("keeps_alive", "connections"), [(True, 2), (False, 6)])
def test_clients_keep_their_connections_if_they_should(keeps_alive: bool, connections: int) -> None:
    sample = workloads.Sample("?", "!", "", True)
    accepted = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            accepted.append(1)
            super().setup()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = b'{"rewards": [1.0]}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        sent = load.send(server.server_address[1], [[sample]] * 6, 2, 60.0, keeps_alive=keeps_alive)
        server.shutdown()
        thread.join()
    assert sent.rewards == [1.0] * 6
    assert {exchange.error for exchange in sent.exchanges} == {""}
    assert len(accepted) == connections


def test_a_longer_response_has_the_same_answer() -> None:
    response = "<think>So it is.</think><answer>\\boxed{4}</answer>"
    longer = shapes.longer(workloads.Sample("2+2?", response, "4", True), 16 << 10).response
    assert 15 << 10 < len(longer) < 17 << 10
    assert longer.endswith("</think><answer>\\boxed{4}</answer>")
    assert longer.count("<think>") == 1


@pytest.mark.parametrize("size", [2, 50])
def test_a_golden_set_of_any_size_has_the_questions_that_are_asked(data: Path, size: int) -> None:
    shape = shapes.golden_set(workloads.Data.load(str(data)), 16, size)
    assert len(shape.goldens) == max(size, 2)
    assert {one.prompt for one in shape.steps[0].samples} <= shape.goldens.keys()


def test_a_process_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    deaf = tmp_path / "deaf.py"
    deaf.write_text(
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(1, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = (
        f"import subprocess, sys; subprocess.run([sys.executable, {str(deaf)!r}], start_new_session=True)"
    )
    log = tmp_path / "log"
    with processes.Process([sys.executable, "-c", parent], log) as process:
        process.wait_ready(lambda: log.read_bytes() == b"1\n", 30)
        pids = process.pids()
        assert len(pids) == 2
        assert process.memory_mb() > 1
        assert process.cpu_seconds() > 0
    assert not any(map(processes._begun, pids))


def test_the_lookup_benchmark_runs() -> None:
    done = script("golden_lookup", "--questions", "40", "--prompts", "8")
    assert done.returncode == 0, done.stderr
    assert "exact" in done.stdout


def test_the_verdict_benchmark_runs(shared: Path) -> None:
    ours = "rule_rm math_equal"
    done = script(
        "verdicts", "--data", str(shared), "--only", "triples", "--most", "8", "--contestants", ours
    )
    assert done.returncode == 0, done.stderr
    assert ours in done.stdout


def test_two_commits_get_the_same_work_and_the_slower_or_other_one_is_told(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, works = compare.workloads(8, 2, str(data))
    for work in works:
        rounds = [work.samples(number) for number in range(2)]
        assert all(rounds), work.name
        is_known = work.name.endswith("known")
        assert (rounds[0] == rounds[1]) is is_known, work.name
    seen = [sample for work in works[1::2] for number in range(2) for sample in work.samples(number)]
    assert len({sample.response for sample in seen}) == len(seen)

    def verdict(cpu_us: float, rewards: list[float]) -> bool:
        turns = {
            "before": iter([compare.Turn(cost, [1.0, 0.5]) for cost in (100.0, 300.0, 150.0)]),
            "after": iter([compare.Turn(cost, rewards) for cost in (400.0, cpu_us, 200.0)]),
        }
        monkeypatch.setattr(compare, "turn", lambda running, *_: next(turns[running]))
        return bool(compare.measured(works[0], ["before", "after"], 3, bound=1.1))

    assert verdict(109.0, [1.0, 0.5])
    assert not verdict(111.0, [1.0, 0.5])
    assert not verdict(90.0, [1.0, 1.0])
    assert "| 100 (150) | 90 (200) | 0.90 | 3 |" in capsys.readouterr().out
