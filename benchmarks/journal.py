"""The cost of the journal: two servers side by side, one of them with a journal, in alternating turns.

`python -m benchmarks.journal` sends batches and single requests, first with responses that nobody has seen,
then the same ones again, whose verdicts are known. For each it prints the throughput of several clients at
once. It also prints the processor time for a rollout: of the server's own process, and of all its processes.
All are medians of the turns. The change of the throughput is the median of the pairs of turns. `--chars` sets
the length of responses to sums; `--work` takes groups of MATH or the cold mix instead.
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
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import urlopen

from benchmarks.score_file import family
from benchmarks.workloads import Data, Sample, cold_mix, math_groups
from rule_rm.web import start_server

WRITTEN = 1.2
"""Seconds after which a journal says truly how many rollouts it has to write."""


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


def bodies_of(samples: Sequence[Sample], size: int) -> list[bytes]:
    """Return requests of `size` responses each."""
    found = []
    for start in range(0, len(samples), size):
        part = samples[start : start + size]
        request = {
            "prompts": [one.prompt for one in part],
            "responses": [one.response for one in part],
            "golden_responses": [one.golden for one in part],
        }
        found.append(json.dumps(request).encode())
    return found


def requests_of(options: argparse.Namespace, size: int, number: int) -> list[list[bytes]]:
    """Return the requests of each turn, none of whose responses is in two of them."""
    source = random.Random(0)
    if options.work == "sums":
        return [[body(size, options.chars, source) for _ in range(number)] for _ in range(options.turns)]
    data = Data.load(options.data)
    samples = math_groups if options.work == "math" else cold_mix
    every = samples(data, size * number * options.turns)
    each = len(every) // options.turns
    return [bodies_of(every[turn * each : (turn + 1) * each], size) for turn in range(options.turns)]


class Cost(NamedTuple):
    """Processor time, in nanoseconds."""

    own: int
    """That of the server's own process."""
    whole: int
    """That of all its processes."""


def cost_of(pid: int) -> Cost:
    """Return the processor time of a server so far."""
    each = [_nanoseconds(member) for member in family(pid)]
    return Cost(each[0], sum(each))


def _nanoseconds(pid: int) -> int:
    return sum(int(file.read_text().split()[0]) for file in Path(f"/proc/{pid}/task").glob("*/schedstat"))


def send(url: str, bodies: Sequence[bytes], clients: int) -> None:
    """Send requests from several clients at once, each one after the other over one connection."""
    with ThreadPoolExecutor(clients) as pool:
        for _ in pool.map(partial(_send, url), [bodies[client::clients] for client in range(clients)]):
            pass


def await_written(url: str) -> None:
    """Wait until the journal, if there is one, has written all that it was given."""
    time.sleep(WRITTEN)
    while True:
        with urlopen(f"{url}/health", timeout=120) as reply:
            if not json.load(reply).get("journal", {}).get("waiting"):
                return
        time.sleep(WRITTEN)


def _send(url: str, bodies: Sequence[bytes]) -> None:
    address = urlsplit(url)
    with closing(http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)) as connection:
        for data in bodies:
            connection.request("POST", "/get_reward", data, {"Content-Type": "application/json"})
            reply = connection.getresponse()
            if reply.status != 200:
                raise RuntimeError(reply.read().decode())
            reply.read()


def measure(urls: dict[str, int], turns: Sequence[Sequence[bytes]], clients: int) -> str:
    """Return the processor time for a rollout and the throughput, without and with a journal."""
    # A data set may have fewer samples than were asked for.
    rollouts = sum(len(json.loads(data)["prompts"]) for data in turns[0])
    costs: dict[str, list[Cost]] = {url: [] for url in urls}
    seconds: dict[str, list[float]] = {url: [] for url in urls}
    for turn, bodies in enumerate(turns):
        for url in sorted(urls, reverse=turn % 2 == 1):
            used, began = cost_of(urls[url]), time.perf_counter()
            send(url, bodies, clients)
            seconds[url].append(time.perf_counter() - began)
            await_written(url)
            now = cost_of(urls[url])
            costs[url].append(Cost(now.own - used.own, now.whole - used.whole))
    rate = statistics.median(a / b for a, b in zip(*seconds.values(), strict=True)) - 1
    speeds = " to ".join(f"{rollouts / statistics.median(each):,.0f}" for each in seconds.values())
    parts = []
    for place, name in enumerate(Cost._fields):
        without, with_one = (
            statistics.median(cost[place] for cost in costs[url]) / rollouts / 1e3 for url in urls
        )
        parts.append(f"{name} {without:.1f} to {with_one:.1f} µs ({with_one / without - 1:+.1%})")
    return f"{speeds} rollouts/s ({rate:+.1%}); {', '.join(parts)}"


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--batches", type=int, default=24, help="requests of 128 responses in a turn")
    parser.add_argument("--singles", type=int, default=1000, help="requests of one response in a turn")
    parser.add_argument("--clients", type=int, default=4, help="clients that send at once")
    parser.add_argument("--chars", type=int, default=2_000)
    parser.add_argument("--work", choices=("sums", "math", "mix"), default="sums")
    parser.add_argument("--data", metavar="DIR", help="labelled data for MATH and the mix")
    parser.add_argument("--reward-type", default="math_equal")
    options = parser.parse_args()
    workers = len(os.sched_getaffinity(0))
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
            turns = requests_of(options, size, number)
            print(f"{name}, new:   {measure(urls, turns, options.clients)}", flush=True)
            known = turns[-1:] * options.turns
            print(f"{name}, known: {measure(urls, known, options.clients)}", flush=True)


if __name__ == "__main__":
    main()
