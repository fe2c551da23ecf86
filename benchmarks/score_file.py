"""Score a large file with `rule-rm score`: rate and memory, and whether killed runs end with the same rows.

    python -m benchmarks.score_file --rollouts 100000 --kills 10

The command runs as a user would start it. Memory is the largest resident size of the whole process tree. It
must not grow with the rollouts, so a file a tenth as long is scored too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAUSE = 0.2
"""Seconds between two looks at the memory."""
START = 3.0
"""Seconds that the command takes at most before it scores."""


def write_rollouts(path: Path, count: int) -> None:
    """Write rollouts of sums in groups of eight, half of them right."""
    pick = random.Random(0)
    with path.open("w", encoding="utf-8") as stream:
        for number in range(count):
            left, right = number // 8 % 9973, number // 8 % 101
            answer = left + right + (pick.random() < 0.5)
            row = {
                "prompt": f"What is {left} + {right}?",
                "response": f"<think>{left} and {right}</think><answer>{answer}</answer>",
                "ground_truth": str(left + right),
            }
            stream.write(json.dumps(row) + "\n")


def command(source: Path, output: Path, workers: int) -> list[str]:
    """Return the command that scores a file."""
    tool = [sys.executable, "-m", "rule_rm.cli", "score", str(source), "--output", str(output)]
    return [*tool, "--reward-type", "math_verifier", "--workers", str(workers)]


def run(source: Path, output: Path, workers: int) -> tuple[float, int]:
    """Score a file; return the seconds and the largest memory in MiB."""
    began = time.monotonic()
    with subprocess.Popen(
        command(source, output, workers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        largest = 0
        while process.poll() is None:
            largest = max(largest, resident(process.pid))
            time.sleep(PAUSE)
    if process.returncode:
        raise SystemExit(f"rule-rm score ended with {process.returncode}")
    return time.monotonic() - began, largest >> 20


def resident(pid: int) -> int:
    """Return the bytes that a process and its descendants have in memory, shared pages counted in part."""
    total = 0
    for member in family(pid):
        try:
            lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
    return total


def family(pid: int) -> list[int]:
    """Return a process and its descendants."""
    try:
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        lists = []
    return [pid, *(one for text in lists for child in text.split() for one in family(int(child)))]


def run_with_kills(source: Path, output: Path, workers: int, kills: int, seconds: float) -> int:
    """Score a file, killed at random moments and begun again; return how often it was killed."""
    pick = random.Random(1)
    done = 0
    while True:
        process = subprocess.Popen(
            command(source, output, workers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            # Later than its start, so that each run adds some rows.
            process.wait(START + pick.uniform(0.0, seconds / kills) if done < kills else None)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            done += 1
            continue
        return done


def digest(path: Path) -> str:
    """Return a digest of the scores in a file of results."""
    found = hashlib.sha256()
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            found.update(f"{row['row']} {row['reward']} {row['status']} {row['digest']}\n".encode())
    return found.hexdigest()


def main() -> int:
    """Print the figures; return 1 if the rows of the killed run differ."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rollouts", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--kills", type=int, default=10)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        short, source = Path(folder, "short.jsonl"), Path(folder, "rollouts.jsonl")
        write_rollouts(short, arguments.rollouts // 10)
        write_rollouts(source, arguments.rollouts)
        _, little = run(short, Path(folder, "short.scored.jsonl"), arguments.workers)
        seconds, much = run(source, Path(folder, "whole.jsonl"), arguments.workers)
        print(
            f"{arguments.rollouts} rollouts in {seconds:.1f} s: {arguments.rollouts / seconds:.0f} a second"
        )
        print(f"memory: {much} MiB; with a tenth of them {little} MiB")
        killed = run_with_kills(
            source, Path(folder, "killed.jsonl"), arguments.workers, arguments.kills, seconds
        )
        is_same = digest(Path(folder, "whole.jsonl")) == digest(Path(folder, "killed.jsonl"))
        print(f"killed {killed} times: {'the same rows' if is_same else 'other rows'} as in one run")
    return 0 if is_same else 1


if __name__ == "__main__":
    sys.exit(main())
