"""The cost of the journal: two servers side by side, one of them with a journal, in alternating turns.

`python benchmarks/journal.py` prints the throughput of both and the median of the ratios of the turns.
Responses are distinct, so that no verdict is remembered; `--chars` sets their length.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from rule_rm.web import start_server


def request(url: str, size: int, chars: int, source: random.Random) -> int:
    """Send a request of `size` groups of 8; return the number of scored rollouts."""
    prompts, responses, golden = [], [], []
    for _ in range(size):
        left, right = source.randrange(10**6), source.randrange(10**6)
        for member in range(8):
            filler = "so we add them and see that it is fine " * (chars // 39)
            prompts.append(f"What is {left} + {right}?")
            responses.append(f"{source.random()} {filler}\\boxed{{{left + right + member % 2}}}")
            golden.append(str(left + right))
    body = {"prompts": prompts, "responses": responses, "golden_responses": golden}
    call = urllib.request.Request(
        f"{url}/get_reward", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(call, timeout=120) as reply:
        return len(json.load(reply)["rewards"])


def turn(url: str, options: argparse.Namespace, seed: int) -> float:
    """Return the rollouts of one turn for each second."""
    sources = [random.Random(f"{seed} {number}") for number in range(options.clients)]
    counts: list[int] = []

    def send(source: random.Random) -> None:
        counts.extend(request(url, options.groups, options.chars, source) for _ in range(options.requests))

    began = time.perf_counter()
    threads = [threading.Thread(target=send, args=(source,)) for source in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--turns", type=int, default=8)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--requests", type=int, default=4)
    parser.add_argument("--groups", type=int, default=16, help="groups of 8 in a request")
    parser.add_argument("--chars", type=int, default=2_000)
    parser.add_argument("--reward-type", default="math_verifier")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        start_server(port=0, reward_type=options.reward_type, journal="none") as without,
        start_server(
            port=0, reward_type=options.reward_type, journal=Path(folder), viewer_port="none"
        ) as with_one,
    ):
        for url in (without.url, with_one.url):
            turn(url, options, -1)
        ratios, speeds = [], {without.url: [], with_one.url: []}
        for number in range(options.turns):
            order = (without.url, with_one.url) if number % 2 else (with_one.url, without.url)
            measured = {url: turn(url, options, number) for url in order}
            for url, speed in measured.items():
                speeds[url].append(speed)
            ratios.append(measured[with_one.url] / measured[without.url])
        print(f"without a journal: {statistics.median(speeds[without.url]):.0f} rollouts/s")
        print(f"with a journal:    {statistics.median(speeds[with_one.url]):.0f} rollouts/s")
        print(f"the median of the ratios: {statistics.median(ratios):.3f} of {len(ratios)} turns")


if __name__ == "__main__":
    main()
