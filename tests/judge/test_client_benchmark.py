"""The client's benchmark on a handful of questions: it runs, and loses none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_benchmark_of_the_client_runs() -> None:
    done = subprocess.run(
        [
            sys.executable,
            *("-m", "benchmarks.judge_client"),
            *("--concurrency", "4", "--waves", "2", "--rounds", "1", "--seconds", "0.01"),
            *("--only", "rule_rm,urllib3,requests"),
        ],
        capture_output=True,
        text=True,
        timeout=110,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith(("| r", "| u"))]
    assert len(rows) == 3
    assert all(row.endswith("| 0 |") for row in rows)
