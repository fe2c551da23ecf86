"""Run chaos against a service and print the account; the exit status is 1 if it is not clean."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.chaos.asked import Judge, Model
from benchmarks.chaos.faults import Faults
from benchmarks.chaos.load import Account, Client, wait_ready
from benchmarks.chaos.mixture import judged, mixed
from benchmarks.chaos.site import Site, family
from rule_rm import start_server
from rule_rm.journal.reader import Reader
from rule_rm.web.background import RunningServer

CLIENTS = 8
HEALING = 60.0
"""Seconds within which the service must be ready again after the last fault."""
SETTLING = 10.0
"""Seconds for which leaks are looked for: connections and workers of the last moment go first."""
TELLING = 60.0
"""Seconds between two lines on the state of a run."""
SPARE_DESCRIPTORS, SPARE_THREADS, SPARE_MB = 24, 4, 64
"""Descriptors, threads and MiB that may be added without a leak: by idle workers and filled caches."""


@contextmanager
def service(folder: Path, judge: Judge, model: Model) -> Iterator[RunningServer]:
    """Serve every kind of reward, with a journal; its temporary files are in the folder's `tmp`."""
    environment = dict(os.environ)
    os.environ["TMPDIR"] = str(folder / "tmp")
    (folder / "tmp").mkdir()
    try:
        server = start_server(
            port=0,
            workers=2,
            reward_type="reward_model",
            reward_option=(f"rm_url={model.url.removesuffix('/v1')}", "rm_api=vllm_score", "timeout=5"),
            reward_file=Path(__file__).with_name("rules.py"),
            judge_url=judge.url,
            judge_model="judge",
            request_timeout=20.0,
            rollout_timeout=2.0,
            serve_sandbox=True,
            allow_weak_sandbox=True,
            journal=folder / "journal",
            viewer_port="0",
            output_dir=folder,
        )
    finally:
        os.environ.clear()
        os.environ.update(environment)
    try:
        yield server
    finally:
        server.stop()


def run(seed: int, seconds: float) -> tuple[Account, Counter[str]]:
    """Return the account of one run, and the faults that were done."""
    account, lock, judge, model = Account(), threading.Lock(), Judge(judged), Model()
    with tempfile.TemporaryDirectory(prefix="chaos_") as directory:
        folder = Path(directory)
        with service(folder, judge, model) as server:
            port = int(server.url.rpartition(":")[2])
            chance = random.Random(f"{seed}")

            def blame(kind: str, what: str) -> None:
                with lock:
                    account.blame(kind, what)

            site = Site(server.pid, port, judge, model, folder / "tmp", chance, blame)
            clients = [Client(port, account, lock, f"{seed}-{number}", mixed()) for number in range(CLIENTS)]
            for client in clients:
                client.start()
            time.sleep(min(3.0, seconds / 5))
            before = usage(server.pid, site.asked_ports)
            done = _torment(site, seconds, account)
            if wait_ready(port, HEALING) is None:
                account.blame("lost", f"the service was not ready {HEALING:g} s after the last fault")
            for client in clients:
                client.is_over.set()
            for client in clients:
                client.join()
            account.leaked = settled(server.pid, before, site.asked_ports)
            lost = _unwritten(server.url, account)
            kin = family(server.pid)
        account.leaked["processes"] = len(outlived(kin))
        account.leaked["files"] = len(left := [*(folder / "tmp").iterdir()])
        account.examples += [f"left behind: {path.name}" for path in left]
        rows = Counter(str(row["request_id"]) for row in Reader(folder / "journal").every())
        account.settle(rows, lost)
        if rows.total() + lost < account.answered:
            account.blame(
                "lost", f"the journal has {rows.total()} rows and lost {lost} of {account.answered}"
            )
    judge.close()
    model.close()
    return account, done


def _torment(site: Site, seconds: float, account: Account) -> Counter[str]:
    """Do one fault after the other; return how often each was done. Tell the state every minute."""
    faults, done = Faults(site), Counter[str]()
    begun = told = time.monotonic()
    while (now := time.monotonic()) < begun + seconds:
        done[faults.any()] += 1
        if now - told >= TELLING:
            told = now
            counts = {name: getattr(account, name) for name in ("sent", "answered", "late", "lost", "wrong")}
            state = {"seconds": round(now - begun), "faults": done.total(), **counts, **usage(site.pid)}
            print(json.dumps(state), file=sys.stderr, flush=True)
        time.sleep(0.1)
    return done


def _unwritten(url: str, account: Account) -> int:
    """Wait until the journal has caught up; return the number of rollouts that it says it lost."""
    until = time.monotonic() + HEALING
    while True:
        with urllib.request.urlopen(f"{url}/health", timeout=HEALING) as reply:
            state = json.load(reply)["journal"]
        if not state["waiting"] and state["failure"] is None:
            return int(state["lost"])
        if time.monotonic() > until:
            account.blame("lost", f"the journal did not recover: {state}")
            return int(state["lost"])
        time.sleep(0.2)


def usage(pid: int, asked: Collection[int] = ()) -> dict[str, int]:
    """Return the descriptors, threads and MiB of a process.

    Connections to the ports that it asks are left out: it keeps as many as it once used at a time.
    """
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line
    )
    kept = _connections(asked)
    return {
        "descriptors": sum(_goes_to(one) not in kept for one in Path(f"/proc/{pid}/fd").iterdir()),
        "threads": int(status["Threads"]),
        "memory_mb": int(status["VmRSS"].split()[0]) // 1024,
    }


def _connections(ports: Collection[int]) -> set[str]:
    """Return the connections to ports of this machine, as the links of descriptors show them."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    # A row has the remote address as `0100007F:1F90` in its third column, the inode in its tenth.
    return {f"socket:[{row[9]}]" for row in rows if int(row[2].rpartition(":")[2], 16) in ports}


def _goes_to(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except OSError:
        return ""


def settled(
    pid: int, before: dict[str, int], asked: Collection[int] = (), spare_mb: int = SPARE_MB
) -> dict[str, int]:
    """Return the usage above `before` plus the allowance, once it is 0 or SETTLING seconds are over."""
    spare = {"descriptors": SPARE_DESCRIPTORS, "threads": SPARE_THREADS, "memory_mb": spare_mb}
    until = time.monotonic() + SETTLING
    while True:
        now = usage(pid, asked)
        more = {name: max(now[name] - before[name] - spare[name], 0) for name in spare}
        if not any(more.values()) or time.monotonic() > until:
            return more
        time.sleep(0.2)


def outlived(pids: Collection[int]) -> list[int]:
    """Return the processes that still run SETTLING seconds after their service ended; none if all ended.

    Those of a service that was killed end when their connections to it close, a moment later.
    """
    until = time.monotonic() + SETTLING
    while (left := [pid for pid in pids if is_running(pid)]) and time.monotonic() < until:
        time.sleep(0.1)
    return left


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
