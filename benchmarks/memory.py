"""Send a million rollouts to a service and watch the memory of each of its processes.

    python -m benchmarks.memory --rollouts 1000000

Every response is new, so that nothing is answered from a cache. Most are decided in the server's process, a
fifth need a worker, and some have no answer. A line is printed every 50,000 rollouts. The slope is that of a
line through the figures of the second half: caches have filled by then.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.chaos.site import children
from rule_rm import start_server

BATCH = 500
SLOPE_MB = 8.0
"""MiB for each million rollouts, of one process, above which it leaks: the noise of an allocator is below."""


def batch(pick: random.Random) -> tuple[str, list[str], list[str], list[float]]:
    """Return a reward type, responses, golden answers and rewards; a batch in eight has an own function."""
    if pick.random() < 1 / 8:
        worth = [float(pick.randrange(10**6)) for _ in range(BATCH)]
        return "weigh", [f"{one:g} 0" for one in worth], [""] * BATCH, worth
    made = [rollout(pick) for _ in range(BATCH)]
    responses, golden, worth = map(list, zip(*made, strict=True))
    return "math_equal", responses, golden, worth


def rollout(pick: random.Random) -> tuple[str, str, float]:
    """Return a response, its golden answer and its reward."""
    number, is_right = pick.randrange(10**9), pick.random() < 0.5
    said = number + (not is_right)
    padding = f"Step {pick.random()}: " + "so we go on. " * pick.randrange(60)
    kind = pick.random()
    if kind < 0.10:
        return rf"{padding}\boxed{{\sqrt{{2}} + {said}}}", rf"{number} + \sqrt{{2}}", float(is_right)
    if kind < 0.15:
        return f"{padding} I do not know.", str(number), 0.0
    return rf"{padding}\boxed{{{said}}}", str(number), float(is_right)


def resident(pid: int) -> float:
    """Return the MiB of a process that no other process shares."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def usage(server: int) -> dict[str, float]:
    """Return the MiB of the server, of its template process and of the largest worker."""
    templates = children(server)
    workers = [worker for template in templates for worker in children(template)]
    return {
        "server": resident(server),
        "template": max(map(resident, templates), default=0.0),
        "worker": max(map(resident, workers), default=0.0),
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


def run(rollouts: int, every: int) -> list[tuple[int, dict[str, float]]]:
    """Return the memory after every `every` rollouts. Raises SystemExit if a reward is wrong."""
    pick = random.Random(0)
    seen: list[tuple[int, dict[str, float]]] = []
    with tempfile.TemporaryDirectory(prefix="memory_") as output:
        server = start_server(
            port=0, workers=2, reward_type="weigh", output_dir=output,
            reward_file=Path(__file__).parent / "chaos" / "rules.py",
        )  # fmt: skip
        try:
            connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]))
            begun = time.monotonic()
            for sent in range(BATCH, rollouts + 1, BATCH):
                _ask(connection, *batch(pick))
                if sent % every == 0:
                    seen.append((sent, usage(server.pid)))
                    figures = ", ".join(f"{name} {mb:.1f}" for name, mb in seen[-1][1].items())
                    print(f"{sent:>9,} after {time.monotonic() - begun:6.0f} s: {figures} MiB", flush=True)
        finally:
            server.stop()
    return seen


def _ask(
    connection: http.client.HTTPConnection,
    reward_type: str,
    responses: list[str],
    golden: list[str],
    worth: list[float],
) -> None:
    body = json.dumps({"prompts": [""] * BATCH, "responses": responses, "golden_responses": golden})
    connection.request(
        "POST", f"/get_reward/{reward_type}", body.encode(), {"Content-Type": "application/json"}
    )
    reply = json.loads(connection.getresponse().read())
    if reply.get("rewards") != worth:
        raise SystemExit(f"other rewards than the right ones: {str(reply)[:500]}")


def main() -> int:
    """Print the figures; return 1 if the memory of a process grows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rollouts", type=int, default=1_000_000)
    parser.add_argument("--every", type=int, default=50_000, help="rollouts between two looks at the memory")
    given = parser.parse_args()
    seen = run(given.rollouts, given.every)
    late = seen[len(seen) // 2 :]
    slopes = {name: slope([(sent, figures[name]) for sent, figures in late]) for name in late[0][1]}
    print(", ".join(f"{name} {value:+.1f}" for name, value in slopes.items()), "MiB for a million rollouts")
    return int(any(value > SLOPE_MB for value in slopes.values()))


if __name__ == "__main__":
    sys.exit(main())
