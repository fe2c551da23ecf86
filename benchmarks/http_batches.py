"""`code_tests` end to end: a real server, asked over HTTP in batches as a trainer asks."""

import json
import os
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from benchmarks.load import fetch_status
from benchmarks.processes import Process, free_port
from benchmarks.workloads import ROOT

BATCH = 64
CLIENTS = (1, 4)


def report(rows, workers, rounds=3):
    """Print the cost of HumanEval over HTTP: for each problem, its solution and a stub that does nothing."""
    samples = [
        (row, f"{row['prompt']}{body}", passes)
        for row in rows
        for body, passes in ((row["canonical_solution"], True), ("    return None\n", False))
    ]
    with tempfile.TemporaryDirectory(prefix="bench_http_") as folder:
        port = free_port()
        command = [sys.executable, "-m", "rule_rm.run_reward_server", "--reward-type", "code_tests"]
        command += ["--port", str(port), "--workers", str(workers), "--request-timeout", "300"]
        paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        variables = {"PYTHONPATH": paths, "OUTPUT_DIR": folder}
        with Process(command, Path(folder) / "server.log", variables) as server:
            server.wait_ready(lambda: fetch_status(port, "/ready") == 200)
            for clients in CLIENTS:
                # The first round is not measured: workers and caches are warm then.
                found = [_round(server, port, samples, clients, number) for number in range(rounds + 1)][1:]
                rate, cost = (statistics.median(one[place] for one in found) for place in (0, 1))
                right = min(one[2] for one in found)
                print(
                    f"code_tests over HTTP, batches of {BATCH}, {clients} at a time: {rate:.0f} responses/s,"
                    f" {cost:.2f} CPU ms each, {right} of {len(samples)} rewards right"
                )


def _round(server, port, samples, clients, number):
    batches = [samples[start : start + BATCH] for start in range(0, len(samples), BATCH)]
    waiting, right, lock = iter(batches), [], threading.Lock()

    def work():
        while True:
            with lock:
                batch = next(waiting, None)
            if batch is None:
                return
            rewards = _ask(port, batch, number)
            right.extend(
                reward == float(passes) for reward, (_, _, passes) in zip(rewards, batch, strict=True)
            )

    before, started = server.cpu_seconds(), time.monotonic()
    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - started
    return len(samples) / took, (server.cpu_seconds() - before) / len(samples) * 1000, sum(right)


def _ask(port, batch, number):
    tests = ("test", "entry_point", "prompt")
    body = {
        "prompts": [row["prompt"] for row, _, _ in batch],
        # Each round's programs differ, so that the cache of earlier scores does not answer.
        "responses": [f"```python\n{program}\n# {number}\n```" for _, program, _ in batch],
        "golden_responses": [json.dumps({key: row[key] for key in tests}) for row, _, _ in batch],
    }
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/get_reward",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=300) as reply:
        return json.load(reply)["rewards"]
