"""Send a million rollouts to a service and watch the memory of each of its processes.

    python -m benchmarks.memory --rollouts 1000000

The journal is on. Most batches are new, some were sent before. Between them some requests are refused, and
some clients go away. Most rollouts are decided in the server's process. Others need a worker, a program runs,
or the time of one is over. A line is printed every 50,000 rollouts. The slope is that of a line through the
figures of the second half: caches have filled by then.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.chaos.site import command, family
from benchmarks.memory_mixture import TIMEOUT, Mixture
from rule_rm import start_server

SLOPE_MB = 8.0
"""MiB for each million rollouts, of one kind of process, above which it leaks."""
_WARM = 0.5
"""The share of the rollouts after which the figures count."""
_REFUSED, _LEFT = 0.1, 0.05
"""How many requests are refused, and how many clients leave, for each batch."""


def private(pid: int) -> float:
    """Return the MiB of a process that no other process shares; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def resident(pid: int) -> float:
    """Return the MiB of a process that are in memory, shared ones too; 0 if it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
    except OSError:
        return 0.0


def kind(pid: int, server: int) -> str:
    """Return what a process of the service is: the module that its parent started."""
    if pid == server:
        return "server"
    words = command(pid).split(b"\0")
    module = words[words.index(b"-m") + 1].decode() if b"-m" in words else "other"
    return module.removeprefix("rule_rm.")


def usage(server: int) -> dict[str, float]:
    """Return the private MiB of each kind of process, the resident ones of all, and some counts."""
    found: Counter[str] = Counter()
    processes = family(server)
    for pid in processes:
        found[kind(pid, server)] += private(pid)  # type: ignore[assignment]
    descriptors = len(list(Path(f"/proc/{server}/fd").iterdir()))
    return {
        **found,
        "server resident": resident(server),
        "all resident": sum(map(resident, processes)),
        "processes": len(processes),
        "descriptors": descriptors,
    }


def slope(figures: list[tuple[int, float]]) -> float:
    """Return the MiB that a million rollouts add, by least squares.

    >>> slope([(0, 10.0), (500_000, 11.0), (1_000_000, 12.0)])
    2.0
    """
    mean_x = sum(x for x, _ in figures) / len(figures)
    mean_y = sum(y for _, y in figures) / len(figures)
    above = sum((x - mean_x) * (y - mean_y) for x, y in figures)
    below = sum((x - mean_x) ** 2 for x, _ in figures)
    return 1e6 * above / below if below else 0.0


class Run:
    """A service, the connection to it, and the figures of its memory."""

    def __init__(self, url: str, pid: int, every: int) -> None:
        self._port, self._pid, self._every = int(url.rpartition(":")[2]), pid, every
        self._connection = http.client.HTTPConnection("127.0.0.1", self._port)
        self._mixture = Mixture(0)
        self._begun = time.monotonic()
        self.seen: list[tuple[int, dict[str, float]]] = []

    def send(self, rollouts: int) -> None:
        """Send at least as many rollouts. Raises SystemExit if a reward is wrong."""
        sent, mixture = 0, self._mixture
        while sent < rollouts:
            batch = mixture.batch()
            status, reply = self._ask(f"/get_reward/{batch.reward_type}", batch.body())
            if status != 200 or json.loads(reply).get("rewards") != batch.worth:
                raise SystemExit(f"other rewards than the right ones: {status}, {reply[:4000]!r}")
            sent += len(batch.worth)
            if mixture.is_time(_REFUSED):
                path, body = mixture.refused()
                if (status := self._ask(path, body)[0]) < 400:
                    raise SystemExit(f"{path} was answered with {status}")
            if mixture.is_time(_LEFT):
                mixture.leave_early(self._port)
            if sent // self._every > len(self.seen):
                self._look(sent)

    def _ask(self, path: str, body: bytes) -> tuple[int, bytes]:
        self._connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        return response.status, response.read()

    def _look(self, sent: int) -> None:
        self.seen.append((sent, usage(self._pid)))
        figures = ", ".join(f"{name} {value:.1f}" for name, value in self.seen[-1][1].items())
        print(f"{sent:>9,} after {time.monotonic() - self._begun:6.0f} s: {figures}", flush=True)


def run(rollouts: int, every: int) -> list[tuple[int, dict[str, float]]]:
    """Return the memory after about every `every` rollouts. Raises SystemExit if a reward is wrong."""
    with tempfile.TemporaryDirectory(prefix="memory_") as output:
        server = start_server(
            port=0, workers=2, reward_type="weigh", output_dir=output, journal=f"{output}/journal",
            rollout_timeout=TIMEOUT, viewer_port="none", serve_sandbox=True, allow_weak_sandbox=True,
            reward_file=Path(__file__).parent / "chaos" / "rules.py",
        )  # fmt: skip
        try:
            watched = Run(server.url, server.pid, every)
            watched.send(rollouts)
        finally:
            server.stop()
    return watched.seen


def main() -> int:
    """Print the figures; return 1 if the memory of a process grows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rollouts", type=int, default=1_000_000)
    parser.add_argument("--every", type=int, default=50_000, help="rollouts between two looks at the memory")
    given = parser.parse_args()
    seen = run(given.rollouts, given.every)
    late = seen[int(len(seen) * _WARM) :]
    slopes = {name: slope([(sent, figures.get(name, 0.0)) for sent, figures in late]) for name in late[-1][1]}
    print(", ".join(f"{name} {value:+.1f}" for name, value in slopes.items()), "for a million rollouts")
    return int(any(value > SLOPE_MB for value in slopes.values()))


if __name__ == "__main__":
    sys.exit(main())
