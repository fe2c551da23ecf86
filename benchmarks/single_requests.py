"""Single requests on new connections, against the floor, in turn and in one run.

The floor is `peers/bare_flask.py`: a Flask view that returns a constant, behind the same HTTP server. It
writes no journal, so rule_rm takes part with one and without. The verdicts are known; with `--new` each
response is another one. `--processes` adds servers with several processes. Processor time for
a request is the figure to trust. On a busy machine, rates of two runs can't be compared.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.contestants import PEERS, Contestant, Running, rule_rm
from benchmarks.load import send
from benchmarks.workloads import Sample

CLIENTS = (1, 32, 256)
LIMIT = 60.0
WITHOUT = "rule_rm, no journal"


@dataclass(frozen=True)
class Turn:
    """One turn of a server: its processor time for a request, requests a second, and the 99th percentile."""

    cpu_us: float
    rate: float
    p99_ms: float


def main() -> None:
    """Print a row for each number of clients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=3000, help="in one turn")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, nargs="+", default=list(CLIENTS))
    parser.add_argument("--new", action="store_true", help="responses that nobody has sent before")
    parser.add_argument("--kilobytes", type=int, default=2, help="of a response")
    parser.add_argument("--processes", type=int, nargs="+", default=[], help="of more servers")
    options = parser.parse_args()
    goldens, samples = samples_of(options.kilobytes << 10)
    floor = Contestant("bare Flask", (sys.executable, str(PEERS / "bare_flask.py")), 0, "/ready", 200)
    contestants = {"bare Flask": floor, "rule_rm": rule_rm(2, 0), WITHOUT: rule_rm(2, 0, "--journal", "none")}
    for number in options.processes:
        name = f"rule_rm, {number} processes"
        contestants[name] = rule_rm(2, 0, "--server-processes", str(number))
    marks = itertools.count()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = [stack.enter_context(one.serve(folder, goldens)) for one in contestants.values()]
        for running in servers[len(servers) - len(options.processes) :]:
            wait_for_fronts(running, options.processes[servers.index(running) - len(servers)])
        for running in servers:
            turn(running, samples, 32)
        print("| clients | | CPU µs/request | requests/s | p99 ms |\n|---|---|---|---|---|")
        for clients in options.clients:
            turns = []
            for _ in range(options.rounds):
                requests = [samples[number % len(samples)] for number in range(options.requests)]
                if options.new:
                    requests = [replace(one, response=f"{next(marks)} {one.response}") for one in requests]
                turns.append([turn(running, requests, clients) for running in servers])
            columns = list(zip(*turns, strict=True))
            for name, column in zip(contestants, columns, strict=True):
                print(row(str(clients), name, column))
            for name, column in list(zip(contestants, columns, strict=True))[1:]:
                print(ratios(name, list(zip(columns[0], column, strict=True))), flush=True)


def samples_of(size: int) -> tuple[dict[str, str], list[Sample]]:
    """Return golden answers and rollouts about them, of about `size` characters."""
    goldens = {f"What is {number} + {number}, and why is it so?": str(2 * number) for number in range(64)}
    step = "We add the numbers one by one, and write down each sum that we find. "
    thought = f"<think>{step * (size // len(step))}</think>"
    return goldens, [
        Sample(
            question,
            f"{thought}<answer>\\boxed{{{answer}}}</answer>",
            answer,
            True,
        )
        for question, answer in goldens.items()
    ]


def wait_for_fronts(running: Running, processes: int) -> None:
    """Wait until all processes of a server answer: the others start after the first."""
    while True:
        with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/health") as reply:
            if json.load(reply)["http"]["fronts"] == processes - 1:
                return
        time.sleep(0.1)


def turn(running: Running, samples: Sequence[Sample], clients: int) -> Turn:
    """Send every sample as a request of its own. Raises RuntimeError if one is not answered."""
    before = running.process.cpu_seconds()
    load = send(running.port, [[sample] for sample in samples], clients, LIMIT)
    # The journal is written after the replies.
    running.process.wait_at_rest()
    used = running.process.cpu_seconds() - before
    failed = [exchange for exchange in load.exchanges if exchange.status != 200]
    if failed:
        raise RuntimeError(f"{len(failed)} requests failed: {failed[0].error}")
    count = len(samples)
    return Turn(used / count * 1e6, count / load.seconds, load.latency(0.99) * 1e3)


def row(clients: str, name: str, turns: Sequence[Turn]) -> str:
    """Return a row of medians, with the least and the greatest."""
    columns = (
        [one.cpu_us for one in turns],
        [one.rate for one in turns],
        [one.p99_ms for one in turns],
    )
    cells = [f"{statistics.median(one):.0f} ({min(one):.0f} to {max(one):.0f})" for one in columns]
    return f"| {clients} | {name} | {' | '.join(cells)} |"


def ratios(name: str, pairs: Sequence[tuple[Turn, Turn]]) -> str:
    """Return the row of a server's ratios to the floor, taken within each round."""
    columns = (
        [ours.cpu_us / bare.cpu_us for bare, ours in pairs],
        [ours.rate / bare.rate for bare, ours in pairs],
        [ours.p99_ms / bare.p99_ms for bare, ours in pairs],
    )
    cells = [f"{statistics.median(one):.2f} ({min(one):.2f} to {max(one):.2f})" for one in columns]
    return f"| | {name} × | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
