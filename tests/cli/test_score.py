"""`rule-rm score`: as a user runs it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rule_rm.cli import main

ROOT = Path(__file__).resolve().parents[2]
QUICK = ("--reward-type", "exact_match", "--workers", "1")
RIGHT = "<think>a</think><answer>4</answer>"
ROWS = [
    {"question": "2+2?", "answer": "4", "response": RIGHT, "data_source": "sums"},
    {"question": "2+2?", "answer": "4", "response": RIGHT.replace("4", "5"), "data_source": "sums"},
    {"question": "2+3?", "answer": "5", "response": "5", "data_source": "bare"},
    {"question": "2+3?", "answer": None, "response": RIGHT, "data_source": "bare"},
    {"question": "2+3?", "answer": "5", "response": None, "data_source": "bare"},
]


def command(*arguments):
    return [sys.executable, "-m", "rule_rm", *arguments]


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def run(*arguments, cwd, **options):
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )


@pytest.fixture
def rollouts(tmp_path):
    (tmp_path / "rollouts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return tmp_path


def test_a_file_is_scored_summed_up_and_not_scored_twice(rollouts):
    done = run("score", "rollouts.jsonl", "--skip-bad-rows", "--workers", "1", cwd=rollouts)
    assert done.returncode == 0, done.stderr
    assert "prompt from question, response from response, ground_truth from answer" in done.stderr
    assert "1 bad row was skipped:\n  rollouts.jsonl:5: the response (response) is missing" in done.stdout
    results = [json.loads(line) for line in (rollouts / "rollouts.scored.jsonl").read_text().splitlines()]
    assert [one["reward"] for one in results] == [1.5, 0.5, 0.0, None]
    assert [one["status"] for one in results] == ["ok", "ok", "wrong_format", "no_ground_truth"]
    assert results[2]["explanation"]
    again = run("score", "rollouts.jsonl", "--skip-bad-rows", "--json", "--max-unscored", "0.1", cwd=rollouts)
    assert again.returncode == 1
    outcome = json.loads(again.stdout)
    assert outcome["resumed"] == 4
    assert outcome["failures"] == ["1 of 4 rollouts is unscored; --max-unscored allows 0.1"]
    assert outcome["data_sources"]["sums"]["mean_reward"] == 1.0


def test_a_running_server_scores_the_same(rollouts, server):
    done = run("score", "rollouts.jsonl", "--skip-bad-rows", "--url", server.url, "--json", cwd=rollouts)
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert outcome["reward_type"] == "math_verifier"
    assert outcome["version"]
    assert outcome["statuses"] == {"no_ground_truth": 1, "ok": 2, "wrong_format": 1}


def test_rollouts_come_in_by_a_pipe_and_results_go_out_by_one(rollouts):
    line = json.dumps({"prompt": "2+2?", "response": "4", "answer": "4"}) + "\n"
    done = run(
        *(
            "score",
            "-",
            "--output",
            "-",
            "--reward-type",
            "exact_match",
            "--fail-under",
            "1",
            "--workers",
            "1",
        ),
        cwd=rollouts,
        input=line,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["reward"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["score", "absent.jsonl"], "absent.jsonl: can't be read: No such file"),
        (["score", "rollouts.jsonl", "--columns", "respnse=a"], "did you mean response"),
        (["score", "rollouts.jsonl", "--output", "-", "--json"], "go together; name a file"),
        (["score", "-"], "name an --output"),
        (["score", "rollouts.jsonl"], "rollouts.jsonl:5: the response (response) is missing"),
        (["score", "rollouts.jsonl", "--url", "http://127.0.0.1:9"], "is the server started?"),
        (["score", "rollouts.jsonl", "--url", "localhost:9"], "not 'localhost:9'"),
        (
            ["score", "rollouts.jsonl", "--output", "a.csv"],
            "its name must end in .jsonl or .ndjson or .parquet",
        ),
        (["score", "empty.jsonl"], "empty.jsonl: has no rollouts to score"),
        (["score", "empty.json"], "empty.json: has no rollouts to score"),
        (["score", "shards", "--output", "shards/a.jsonl"], "would be input of the next run"),
        (["score", "rollouts.jsonl", "--report", "a.pdf"], "its name must end in .html"),
        (["score", "rollouts.jsonl", "--report", "absent/a.html"], "there is no such directory"),
    ],
)
def test_a_mistake_is_one_line(arguments, message, rollouts, monkeypatch, capsys):
    monkeypatch.chdir(rollouts)
    for name in ("empty.jsonl", "empty.json", "shards/1.jsonl"):
        (rollouts / name).parent.mkdir(exist_ok=True)
        (rollouts / name).write_text("")
    assert main(arguments) == 2
    shown = capsys.readouterr().err
    assert message in shown.splitlines()[-1]
    assert "Traceback" not in shown


@pytest.mark.parametrize("name", ["rollouts.jsonl", "./rollouts.jsonl", "link.jsonl"])
def test_input_is_never_overwritten(name, rollouts, monkeypatch, capsys):
    monkeypatch.chdir(rollouts)
    (rollouts / "link.jsonl").symlink_to("rollouts.jsonl")
    before = (rollouts / "rollouts.jsonl").read_bytes()
    assert main(["score", "rollouts.jsonl", "--skip-bad-rows", "--output", name, "--overwrite"]) == 2
    assert "is input of this command" in capsys.readouterr().err
    compared = ["score", "rollouts.jsonl", "--output", "old.jsonl", "--compare", "old.jsonl", "--overwrite"]
    assert main(compared) == 2
    assert (rollouts / "rollouts.jsonl").read_bytes() == before
    assert not (rollouts / "old.jsonl").exists()


@pytest.mark.slow
def test_a_run_that_is_killed_ten_times_ends_with_the_rows_of_an_unbroken_one(tmp_path):
    """At moments from a fixed seed, by the size that the results have reached."""
    rows = [
        {
            "prompt": f"{n}+{n}?",
            "response": f"<think>a</think><answer>{2 * n + n % 2}</answer>",
            "answer": str(2 * n),
        }
        for n in range(4000)
    ]
    (tmp_path / "rollouts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    unbroken = run("score", "rollouts.jsonl", *QUICK, "--output", "unbroken.jsonl", cwd=tmp_path)
    assert unbroken.returncode == 0, unbroken.stderr
    whole = (tmp_path / "unbroken.jsonl").read_bytes()
    chance = random.Random(7)
    killed = tmp_path / "killed.jsonl"
    for _ in range(10):
        done = killed.stat().st_size if killed.exists() else 0
        goal = done + chance.randrange(len(whole) // 12)
        process = subprocess.Popen(
            command("score", "rollouts.jsonl", *QUICK, "--output", "killed.jsonl"),
            cwd=tmp_path,
            env=environment(),
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        until = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < until:
            if killed.exists() and killed.stat().st_size > goal:
                break
            time.sleep(chance.random() / 50)
        process.send_signal(signal.SIGKILL)
        process.wait()
    last = run("score", "rollouts.jsonl", *QUICK, "--output", "killed.jsonl", "--json", cwd=tmp_path)
    assert last.returncode == 0, last.stderr
    assert json.loads(last.stdout)["rollouts"] == 4000
    assert killed.read_bytes() == whole
