"""A policy that sees the question alone earns no more than one that always gives the commonest answer."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "benchmarks.blind_search"]


@pytest.mark.slow
def test_rearranging_the_question_earns_less_than_half_a_point_above_a_constant() -> None:
    examples = str(ROOT / "datasets" / "math_examples.json")
    done = subprocess.run(
        [*COMMAND, "--dataset", examples, "--questions", "120", "--budget", "8000"],
        capture_output=True,
        text=True,
        timeout=600,
        cwd=ROOT,
        check=True,
    )
    above = re.search(r"above the best constant: [\d.]+% \(from ([-+][\d.]+)%", done.stdout)
    assert above is not None, done.stdout
    assert float(above[1]) <= 0.5, done.stdout
