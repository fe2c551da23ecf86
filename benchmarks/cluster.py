"""The local engine and `--engine ray` on one machine, in alternating turns of one run.

    python -m benchmarks.cluster --data ../shared/data     # with the extra `ray`

Both servers have the same number of workers and get the same batches of new rollouts. One workload is plain
mathematics with a fifth of symbolic answers (`cold_mix`). In the other all answers need a worker. Rewards
must be equal. The ratio of rates is taken within each turn. Processor time includes all processes of the
server, Ray's among them.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.contestants import Running, rule_rm
from benchmarks.load import in_batches, send
from benchmarks.workloads import Data, Sample, cold_mix

BATCH = 512
LIMIT = 300.0


@dataclass(frozen=True)
class Turn:
    """Rollouts a second, processor time for one of them, and the rewards."""

    rate: float
    cpu_us: float
    rewards: Sequence[float | None]


def main() -> int:
    """Print a row for each workload; 1 if rewards differ."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", metavar="DIR", help="the labelled data")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rollouts", type=int, default=1024, help="in one turn")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    data = Data.load(options.data)
    count = options.rollouts
    mix = cold_mix(data, count * options.rounds)
    works: dict[str, Callable[[int], Sequence[Sample]]] = {
        "cold mix": lambda number: mix[number * count :][:count],
        "all by workers": lambda number: by_workers(number, count),
    }
    made = [one for number in range(-1, options.rounds) for one in by_workers(number, count)]
    goldens = {**data.math, **{one.prompt: one.golden for one in made}}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = [
            stack.enter_context(
                replace(rule_rm(options.workers, 0, *more), patience=LIMIT).serve(folder, goldens)
            )
            for more in ((), ("--engine", "ray"))
        ]
        for running in servers:
            turn(running, by_workers(-1, count))
        print("| | local: rollouts/s, CPU µs | ray | ray × rate | × CPU | rewards that differ |")
        print("|---|---|---|---|---|---|")
        differ = sum(measured(name, make, servers, options.rounds) for name, make in works.items())
    return int(differ > 0)


def by_workers(number: int, count: int) -> list[Sample]:
    """Return rollouts whose answers are equal by symbols alone, a few milliseconds of work each."""
    found = []
    for place in range(count):
        a, b = (number + 1) * count + place + 2, place % 97 + 2
        golden = f"x^2 + {a + b} x + {a * b}"
        answer = rf"(x + {a})(x + {b})"
        found.append(
            Sample(
                f"Expand it, {a}, {b}.",
                rf"<think>I try.</think><answer>\boxed{{{answer}}}</answer>",
                golden,
                True,
            )
        )
    return found


def measured(
    name: str, make: Callable[[int], Sequence[Sample]], servers: Sequence[Running], rounds: int
) -> int:
    """Print the row of a workload; return how many rewards differ."""
    turns: list[tuple[Turn, Turn]] = []
    for number in range(rounds):
        order = servers if number % 2 else servers[::-1]
        taken = {running.port: turn(running, make(number)) for running in order}
        turns.append((taken[servers[0].port], taken[servers[1].port]))
    differ = sum(a != b for one, other in turns for a, b in zip(one.rewards, other.rewards, strict=True))
    cells = []
    for column in zip(*turns, strict=True):
        rate, cpu_us = (
            statistics.median(one.rate for one in column),
            statistics.median(one.cpu_us for one in column),
        )
        cells.append(f"{rate:.0f}, {cpu_us:.0f}")
    rates = [other.rate / one.rate for one, other in turns]
    used = [other.cpu_us / one.cpu_us for one, other in turns]
    cells += [f"{statistics.median(each):.2f} ({min(each):.2f} to {max(each):.2f})" for each in (rates, used)]
    print(f"| {name} | {' | '.join(cells)} | {differ} |", flush=True)
    return differ


def turn(running: Running, samples: Sequence[Sample]) -> Turn:
    """Send the samples. Raises RuntimeError if a request is not answered."""
    running.process.wait_at_rest()
    before = running.process.cpu_seconds()
    load = send(running.port, in_batches(samples, BATCH), 2, LIMIT)
    used = running.process.cpu_seconds() - before
    failed = [exchange for exchange in load.exchanges if exchange.status != 200]
    if failed:
        raise RuntimeError(f"{len(failed)} requests failed: {failed[0].error}")
    return Turn(len(samples) / load.seconds, used / len(samples) * 1e6, load.rewards)


if __name__ == "__main__":
    sys.exit(main())
