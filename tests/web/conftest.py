"""Servers in processes of their own, started and stopped by the test."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rule_rm.web import start_server

from ..waiting import PATIENCE, until
from .processes import alive, descendants

collect_ignore = ["rules.py"]

ROOT = Path(__file__).resolve().parents[2]
RULES = Path(__file__).with_name("rules.py")


class Served:
    """`rule-rm serve` with its log, line by line."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rule_rm", "serve", *arguments],
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self.log: list[str] = []
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        if not self._ready.wait(PATIENCE):
            self.end()
            raise AssertionError(f"it is not ready: {self.log}")
        running = [line for line in self.log if "Running on" in line]
        self.url = running[0].split()[-1] if running else ""
        self.family = descendants(self.process.pid)

    def _read(self) -> None:
        with self.process.stderr as lines:
            for line in lines:
                self.log.append(line.rstrip("\n"))
                if "Running on" in line:
                    self._ready.set()
        self._ready.set()

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def wait(self) -> int:
        """The exit status; everything that it started must be gone with it."""
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        until(lambda: not any(map(alive, self.family)), "its processes to end")
        return status

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._reader.join(PATIENCE)


@pytest.fixture
def serve():
    """Start `rule-rm serve` on a free port and wait until it runs, or has failed."""
    started = []

    def start(*arguments: str) -> Served:
        started.append(Served("--port", "0", "--workers", "2", *arguments))
        return started[-1]

    yield start
    for served in started:
        served.end()


@pytest.fixture(scope="session")
def slow_server(tmp_path_factory):
    """Yield a server whose rule `slow` takes as many seconds as the response says."""
    with start_server(
        port=0, workers=2, reward_type="slow", reward_file=RULES, output_dir=tmp_path_factory.mktemp("slow")
    ) as server:
        yield server
