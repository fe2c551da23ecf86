"""Run chaos against a service and print the account; the exit status is 1 if it is not clean."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from benchmarks.chaos.faults import Faults, family
from benchmarks.chaos.judge import Judge
from benchmarks.chaos.load import Account, Client, wait_ready
from rule_rm import start_server

CLIENTS = 8
HEALING = 60.0
"""Seconds within which the service must be ready again after the last fault."""
SETTLING = 10.0
"""Seconds for which leaks are looked for: connections and workers of the last moment go first."""
SPARE_DESCRIPTORS, SPARE_THREADS, SPARE_MB = 24, 4, 64
"""Descriptors, threads and MiB that may be added without a leak: by idle workers and filled caches."""


def run(seed: int, seconds: float) -> tuple[Account, Counter[str]]:
    """Return the account of one run, and the faults that were done."""
    account, lock, done = Account(), threading.Lock(), Counter[str]()
    judge = Judge()
    with tempfile.TemporaryDirectory(prefix="chaos_") as output:
        server = start_server(
            port=0,
            workers=2,
            reward_type="weigh",
            reward_file=Path(__file__).with_name("rules.py"),
            judge_url=judge.url,
            judge_model="judge",
            request_timeout=20.0,
            rollout_timeout=2.0,
            output_dir=output,
        )
        port = int(server.url.rpartition(":")[2])
        try:
            clients = [Client(port, account, lock, f"{seed}-{number}") for number in range(CLIENTS)]
            for client in clients:
                client.start()
            time.sleep(min(3.0, seconds / 5))
            before = usage(server.pid)
            faults = Faults(server.pid, port, judge, f"{seed}")
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                done[faults.any()] += 1
                time.sleep(0.1)
            if wait_ready(port, HEALING) is None:
                account.blame("lost", f"the service was not ready {HEALING:g} s after the last fault")
            for client in clients:
                client.is_over.set()
            for client in clients:
                client.join()
            account.leaked = settled(server.pid, before)
            kin = family(server.pid)
        finally:
            server.stop()
            judge.close()
        account.leaked["processes"] = sum(is_running(pid) for pid in kin)
    return account, done


def usage(pid: int) -> dict[str, int]:
    """Return the descriptors, threads and MiB of a process."""
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line
    )
    return {
        "descriptors": len(list(Path(f"/proc/{pid}/fd").iterdir())),
        "threads": int(status["Threads"]),
        "memory_mb": int(status["VmRSS"].split()[0]) // 1024,
    }


def settled(pid: int, before: dict[str, int], spare_mb: int = SPARE_MB) -> dict[str, int]:
    """Return the usage above `before` plus the allowance, once it is 0 or SETTLING seconds are over."""
    spare = {"descriptors": SPARE_DESCRIPTORS, "threads": SPARE_THREADS, "memory_mb": spare_mb}
    until = time.monotonic() + SETTLING
    while True:
        now = usage(pid)
        more = {name: max(now[name] - before[name] - spare[name], 0) for name in spare}
        if not any(more.values()) or time.monotonic() > until:
            return more
        time.sleep(0.2)


def is_running(pid: int) -> bool:
    """Return True unless a process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def main() -> int:
    """Run with each seed; return 1 if an account is not clean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help="the scenarios to run")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each of them takes")
    given = parser.parse_args()
    is_clean = True
    for seed in given.seed:
        account, done = run(seed, given.seconds)
        is_clean = is_clean and account.is_clean
        print(json.dumps({"seed": seed, "faults": dict(done), **vars(account)}))
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
