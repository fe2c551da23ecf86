"""Measure mathematics and `/ready` amid 1,000 stalled, 1,000 idle and 500 judge-waiting clients.

    python -m benchmarks.crowd

Each round is a new connection and one request, as a trainer's first request is. The exit status is 1 if the
p99 of mathematics is above 0.1 s or that of `/ready` above 0.05 s. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from benchmarks.chaos.asked import Judge
from rule_rm import start_server

STALLED, IDLE, JUDGED = 1000, 1000, 500
MATHEMATICS, READY = 0.1, 0.05
"""Seconds that are allowed at p99."""
RIGHT = json.dumps({"query": [r"37+48= \boxed{85}"], "prompts": ["37+48= "], "labels": ["85"]})
ASKING = json.dumps({"query": ["what?4"], "prompts": ["what?"], "labels": ["4"]}).encode()
HEAD = b"POST /get_reward/%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"


@contextmanager
def crowd(port: int) -> Iterator[None]:
    """Keep the crowd's connections open; the judge must hang."""
    said = [(STALLED, HEAD % (b"math_equal", 1000) + b"{"), (IDLE, b"")]
    said.append((JUDGED, HEAD % (b"llm_judge", len(ASKING)) + ASKING))
    with ExitStack() as connections:
        for number, data in said:
            for _ in range(number):
                one = connections.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
                one.sendall(data)
        until = time.monotonic() + 30
        while state(port)["busy"] < JUDGED and time.monotonic() < until:
            time.sleep(0.1)
        yield


def state(port: int) -> dict[str, int]:
    """Return the counts of connections that `/health` shows."""
    found: dict[str, int] = json.loads(asked(port, "GET", "/health")[1])["http"]
    return found


def asked(port: int, method: str, path: str, body: str | None = None) -> tuple[float, bytes]:
    """Return the seconds of a request on a new connection, and its reply.

    Raises OSError for any other status than 200.
    """
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json"} if body else {}
    connection.request(method, path, body, headers)
    reply = connection.getresponse()
    data = reply.read()
    connection.close()
    if reply.status != 200:
        raise OSError(f"{path}: {reply.status} {data[:200]!r}")
    return time.perf_counter() - begun, data


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Return the median, p99 and maximum in milliseconds."""
    ordered = sorted(seconds)
    return {
        "median_ms": round(ordered[len(ordered) // 2] * 1000, 2),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 2),
        "max_ms": round(ordered[-1] * 1000, 2),
    }


def measured(port: int, times: int) -> dict[str, dict[str, float]]:
    """Return the percentiles of both, asked in turn."""
    mathematics, ready = [], []
    for _ in range(times):
        mathematics.append(asked(port, "POST", "/get_reward", RIGHT)[0])
        ready.append(asked(port, "GET", "/ready")[0])
    return {"mathematics": percentiles(mathematics), "ready": percentiles(ready)}


def main() -> int:
    """Print the percentiles without and with the crowd, and the connections of the crowd."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1000, help="the requests of each kind")
    times = parser.parse_args().times
    judge = Judge()
    with (
        tempfile.TemporaryDirectory() as folder,
        start_server(
            port=0,
            workers=2,
            reward_type="math_equal",
            judge_url=judge.url,
            judge_model="judge",
            request_timeout=90.0,
            output_dir=folder,
        ) as server,
    ):
        port = int(server.url.rpartition(":")[2])
        judge.feel("hang")
        print(json.dumps({"alone": measured(port, times), "load": os.getloadavg()[0]}), flush=True)
        with crowd(port):
            before = state(port)
            found = measured(port, times)
            print(json.dumps({"amid": found, "before": before, "after": state(port)}), flush=True)
    judge.close()
    is_met = found["mathematics"]["p99_ms"] < MATHEMATICS * 1000 and found["ready"]["p99_ms"] < READY * 1000
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
