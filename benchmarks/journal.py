"""The cost of the journal: two servers side by side, one of them with a journal, in alternating turns.

`python benchmarks/journal.py` sends batches and single requests, first with responses that nobody has seen,
then the same ones again, whose verdicts are known. For each it prints the processor time of the server's own
process for a rollout, and the throughput: medians of the turns. `--chars` sets the length of responses.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from rule_rm.web import start_server

WRITTEN = 1.2
"""Seconds after which the journal has written what it was given."""


def body(size: int, chars: int, source: random.Random) -> bytes:
    """Return a request of `size` responses in groups of 8, half of them wrong."""
    prompts, responses, golden = [], [], []
    filler = "so we add them and see that it is fine " * (chars // 39)
    for number in range(size):
        if number % 8 == 0:
            left, right = source.randrange(10**6), source.randrange(10**6)
        prompts.append(f"What is {left} + {right}?")
        responses.append(f"{source.random()} {filler}\\boxed{{{left + right + number % 2}}}")
        golden.append(str(left + right))
    request = {"prompts": prompts, "responses": responses, "golden_responses": golden}
    return json.dumps(request).encode()


def seconds_of(pid: int) -> float:
    """Return the processor time of the threads of a process, to the nanosecond."""
    files = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9


def send(url: str, bodies: Sequence[bytes]) -> None:
    """Send requests one after the other over one connection."""
    address = urlsplit(url)
    with closing(http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)) as connection:
        for data in bodies:
            connection.request("POST", "/get_reward", data, {"Content-Type": "application/json"})
            reply = connection.getresponse()
            if reply.status != 200:
                raise RuntimeError(reply.read().decode())
            reply.read()


def measure(urls: dict[str, int], bodies: Sequence[bytes], turns: int, rollouts: int) -> str:
    """Return a line: processor time for a rollout without and with a journal, and the ratio of speeds."""
    costs: dict[str, list[float]] = {url: [] for url in urls}
    seconds: dict[str, list[float]] = {url: [] for url in urls}
    for turn in range(turns):
        for url in sorted(urls, reverse=turn % 2 == 1):
            used, began = seconds_of(urls[url]), time.perf_counter()
            send(url, bodies)
            seconds[url].append(time.perf_counter() - began)
            time.sleep(WRITTEN)
            costs[url].append((seconds_of(urls[url]) - used) / rollouts * 1e6)
    without, with_one = (statistics.median(costs[url]) for url in urls)
    slower = statistics.median(b / a for a, b in zip(*seconds.values(), strict=True)) - 1
    return (
        f"{without:.1f} µs without, {with_one:.1f} µs with a journal: {with_one / without - 1:+.1%} of "
        f"processor time, {slower:+.1%} of time"
    )


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--batches", type=int, default=24, help="requests of 128 responses in a turn")
    parser.add_argument("--singles", type=int, default=1000, help="requests of one response in a turn")
    parser.add_argument("--chars", type=int, default=2_000)
    parser.add_argument("--reward-type", default="math_verifier")
    options = parser.parse_args()
    workers = len(os.sched_getaffinity(0))
    source = random.Random(0)
    with (
        tempfile.TemporaryDirectory() as folder,
        start_server(port=0, reward_type=options.reward_type, workers=workers, journal="none") as without,
        start_server(
            port=0,
            reward_type=options.reward_type,
            workers=workers,
            journal=Path(folder),
            viewer_port="none",
        ) as with_one,
    ):
        urls = {without.url: without.pid, with_one.url: with_one.pid}
        for name, size, number in (("batches", 128, options.batches), ("singles", 1, options.singles)):
            bodies = [body(size, options.chars, source) for _ in range(number)]
            print(f"{name}, new:   {measure(urls, bodies, 1, size * number)}")
            print(f"{name}, known: {measure(urls, bodies, options.turns, size * number)}")


if __name__ == "__main__":
    main()
