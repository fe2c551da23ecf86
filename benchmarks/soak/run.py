"""Load a service with everything, and print the account; the exit status is 1 if it is not clean."""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.chaos.asked import Judge
from benchmarks.chaos.load import Account, Client
from benchmarks.chaos.mixture import judged, mixed
from benchmarks.chaos.run import outlived, settled, usage
from benchmarks.chaos.site import family
from rule_rm import start_server
from rule_rm.journal.reader import Reader

CLIENTS = 6
KINDS = ("rules", "judge", "groups", "code")
WARMING = 60.0
"""Seconds after which the use of memory is compared: workers and caches are there by then."""
RELOAD_PAUSE, LOOK_PAUSE = 20.0, 5.0
"""Seconds between two reloads, and between two looks at the pages."""
RELOAD_TIMEOUT = 600.0
"""Seconds that a reload may take: it starts all workers anew, and the others are under load."""
SPARE_MB = 128
"""MiB that the caches of verdicts may add."""
# The line of the log with the address of the viewer: `The viewer is at http://127.0.0.1:6080`.
_VIEWER = re.compile(r"The viewer is at (\S+)")


def get(url: str, data: bytes | None = None, timeout: float = 60.0) -> bytes:
    """Return the body of a reply. Raises OSError if the status is not 200."""
    with urllib.request.urlopen(url, data, timeout=timeout) as reply:
        body: bytes = reply.read()
    return body


class Onlooker(threading.Thread):
    """Somebody who reads every page again and again, and reloads the rewards."""

    def __init__(self, url: str, viewer: str) -> None:
        super().__init__(name="onlooker", daemon=True)
        self._url, self._viewer = url, viewer
        self.is_over = threading.Event()
        self.seen: Counter[str] = Counter()
        self.failures: list[str] = []

    def run(self) -> None:
        """Look until `is_over` is set."""
        reloaded = time.monotonic()
        while not self.is_over.wait(LOOK_PAUSE):
            for page in ("/metrics", "/health"):
                self._look(self._url, page)
            for page in ("/", "/rollouts"):
                self._look(self._viewer, page)
            if time.monotonic() - reloaded > RELOAD_PAUSE:
                reloaded = time.monotonic()
                # One that is given up goes on, and the next one would be refused with 409.
                self._look(self._url, "/reload", b"", RELOAD_TIMEOUT)

    def _look(self, url: str, page: str, data: bytes | None = None, timeout: float = 60.0) -> None:
        try:
            get(url + page, data, timeout)
            self.seen[page] += 1
        except urllib.error.HTTPError as error:
            self.failures.append(f"{page}: {error}: {error.read(1000).decode(errors='replace')}")
        except OSError as error:
            self.failures.append(f"{page}: {error}")


@contextmanager
def service(folder: str, judge: Judge) -> Iterator[Any]:
    """Serve every kind of reward, with a journal and a viewer."""
    server = start_server(
        port=0,
        workers=2,
        reward_type="weigh",
        reward_file=Path(__file__).parents[1] / "chaos" / "rules.py",
        judge_url=judge.url,
        judge_model="judge",
        request_timeout=60.0,
        rollout_timeout=20.0,
        journal=folder,
        viewer_port="0",
        serve_sandbox=True,
        allow_weak_sandbox=True,
    )
    try:
        yield server
    finally:
        server.stop()


def run(seconds: float, seed: int = 1) -> dict[str, Any]:
    """Return the account of a run, with the journal's share of it."""
    account, lock, judge = Account(), threading.Lock(), Judge(judged)
    with tempfile.TemporaryDirectory(prefix="soak_") as folder:
        with service(folder, judge) as server:
            port = int(server.url.rpartition(":")[2])
            viewer = _VIEWER.search(server.log.read_text())
            onlooker = Onlooker(server.url, viewer[1] if viewer is not None else "")
            clients = [
                Client(port, account, lock, f"{seed}-{number}", mixed(KINDS)) for number in range(CLIENTS)
            ]
            threads: list[Onlooker | Client] = [onlooker, *clients]
            for thread in threads:
                thread.start()
            began = time.monotonic()
            time.sleep(min(WARMING, seconds / 2))
            before = usage(server.pid)
            time.sleep(max(0.0, began + seconds - time.monotonic()))
            for thread in threads:
                thread.is_over.set()
            for thread in threads:
                thread.join()
            account.leaked = settled(server.pid, before, spare_mb=SPARE_MB)
            kept = _written(server.url)
            kin = family(server.pid)
        account.leaked["processes"] = len(outlived(kin))
        rows = sum(1 for _ in Reader(Path(folder)).every())
    judge.close()
    journal = {"rows": rows, "missing": account.answered - rows, "lost": kept["lost"]}
    return {**vars(account), "journal": journal, "pages": dict(onlooker.seen), "failures": onlooker.failures}


def _written(url: str) -> dict[str, int]:
    """Wait until the journal has written all that it was given, and return its state."""
    while True:
        state: dict[str, int] = json.loads(get(f"{url}/health"))["journal"]
        if state["waiting"] == 0:
            return state
        time.sleep(0.2)


def is_clean(account: dict[str, Any]) -> bool:
    """Return True if nothing was lost, wrong, answered twice or left behind, here and in the journal."""
    bad = [account[name] for name in ("lost", "wrong", "twice")]
    bad += [*account["leaked"].values(), account["journal"]["missing"], account["journal"]["lost"]]
    return not any(bad) and not account["failures"] and not account["unscored"]


def main() -> int:
    """Run, and return 1 if the account is not clean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600.0, help="how long it takes")
    parser.add_argument("--seed", type=int, default=1, help="the rollouts that are sent")
    given = parser.parse_args()
    account = run(given.seconds, given.seed)
    print(json.dumps(account))
    return 0 if is_clean(account) else 1


if __name__ == "__main__":
    sys.exit(main())
