"""Two commits in one run: processor time for a rollout, and rewards that differ.

    python -m benchmarks.compare main HEAD

Each commit is unpacked into a folder of its own and served from there. Both servers get the same requests in
alternating turns, so that a busy machine slows both. Others on the machine can only add processor time, so
the least of all turns counts. The status is 1 if the second commit needs more than `--bound` allows, or gives
another reward. Changes that are not committed are not measured.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from benchmarks.contestants import Running, rule_rm
from benchmarks.load import in_batches, send
from benchmarks.single_requests import samples_of
from benchmarks.workloads import ROOT, Data, Sample, cold_mix

LIMIT = 120.0
BATCH = 512
MOST_QUESTIONS = 12_000


@dataclass(frozen=True)
class Work:
    """A workload: its samples for each round, the rollouts of a request, and the clients at once."""

    name: str
    samples: Callable[[int], Sequence[Sample]]
    size: int
    clients: int


@dataclass(frozen=True)
class Turn:
    """The processor time of one turn for a rollout, in microseconds, and its rewards."""

    cpu_us: float
    rewards: Sequence[float | None]


def main() -> int:
    """Print a row for each workload; 1 if the second commit is slower, or gives other rewards."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("before", help="a commit")
    parser.add_argument("after", help="another one")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rollouts", type=int, default=2048, help="in one turn")
    parser.add_argument("--bound", type=float, default=1.1, help="the ratio that is still accepted")
    parser.add_argument("--data", metavar="DIR", help="labelled data for the cold mix; else it is left out")
    options = parser.parse_args()
    goldens, works = workloads(options.rollouts, options.rounds, options.data)
    with ExitStack() as stack:
        servers = [
            stack.enter_context(served(commit, goldens, stack)) for commit in (options.before, options.after)
        ]
        for running in servers:
            turn(running, works[0], 0)
        print("| | least (median) CPU µs/rollout before | after | × | rewards that differ |")
        print("|---|---|---|---|---|")
        verdicts = [measured(work, servers, options.rounds, options.bound) for work in works]
    return 0 if all(verdicts) else 1


def workloads(count: int, rounds: int, folder: str | None) -> tuple[dict[str, str], list[Work]]:
    """Return golden answers and the workloads about them."""
    goldens, few = samples_of(2 << 10)
    known = [few[number % len(few)] for number in range(count)]

    def new(mark: str) -> list[Sample]:
        return [replace(one, response=f"{mark}.{place} {one.response}") for place, one in enumerate(known)]

    works = [
        Work("single requests, known", lambda _: known, 1, 32),
        Work("single requests, new", lambda number: new(f"single.{number}"), 1, 32),
        Work("batches, known", lambda _: known, BATCH, 1),
        Work("batches, new", lambda number: new(f"batch.{number}"), BATCH, 1),
    ]
    if folder is not None:
        data = Data.load(folder)
        goldens |= data.golden_set(MOST_QUESTIONS)
        mix = cold_mix(data, count * rounds)
        works.append(Work("cold mix", lambda number: mix[number * count :][:count], BATCH, 1))
    return goldens, works


def served(commit: str, goldens: Mapping[str, str], stack: ExitStack) -> AbstractContextManager[Running]:
    """Return the running server of a commit, as a context."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rule_rm_compare_")))
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True)
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as content:
        content.extractall(folder / "code", filter="data")
    return rule_rm(2, 0).serve(folder, goldens, {"PYTHONPATH": str(folder / "code")})


def measured(work: Work, servers: Sequence[Running], rounds: int, bound: float) -> bool:
    """Print the row of a workload; return False if the second server is slower or gives other rewards."""
    before: list[Turn] = []
    after: list[Turn] = []
    for number in range(rounds):
        pairs = [(before, servers[0]), (after, servers[1])]
        for turns, running in pairs if number % 2 else reversed(pairs):
            turns.append(turn(running, work, number))
    differ = sum(
        one != other
        for pair in zip(before, after, strict=True)
        for one, other in zip(pair[0].rewards, pair[1].rewards, strict=True)
    )
    ratio = least(after) / least(before)
    columns = " | ".join(f"{least(turns):.0f} ({_median(turns):.0f})" for turns in (before, after))
    print(f"| {work.name} | {columns} | {ratio:.2f} | {differ} |", flush=True)
    return ratio <= bound and not differ


def least(turns: Sequence[Turn]) -> float:
    """Return the least processor time of the turns."""
    return min(one.cpu_us for one in turns)


def _median(turns: Sequence[Turn]) -> float:
    return statistics.median(one.cpu_us for one in turns)


def turn(running: Running, work: Work, number: int) -> Turn:
    """Send the samples of a round. Raises RuntimeError if a request is not answered."""
    samples = work.samples(number)
    running.process.wait_at_rest()
    before = running.process.cpu_seconds()
    load = send(running.port, in_batches(samples, work.size), work.clients, LIMIT)
    running.process.wait_at_rest()
    used = running.process.cpu_seconds() - before
    failed = [exchange for exchange in load.exchanges if exchange.status != 200]
    if failed:
        raise RuntimeError(f"{len(failed)} requests failed: {failed[0].error}")
    return Turn(used / max(len(samples), 1) * 1e6, load.rewards)


if __name__ == "__main__":
    sys.exit(main())
