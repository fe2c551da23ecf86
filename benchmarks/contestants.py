"""The servers that are compared: how each is started, when it is ready, and how much of the work it is given.

A slow one gets fewer samples, so that a run ends within minutes; the tables say how many.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import fetch_status
from benchmarks.processes import Process, free_port
from benchmarks.workloads import ROOT

PEERS = ROOT / "benchmarks/peers"


@dataclass(frozen=True)
class Contestant:
    """A server's name, its command but for port and dataset, and the samples that it is given at most."""

    name: str
    command: tuple[str, ...]
    samples: int
    ready_path: str = "/"
    ready_status: int = 404
    patience: float = 60.0
    """Seconds that it may take to be ready."""

    @contextmanager
    def serve(
        self, folder: Path, goldens: Mapping[str, str], environ: Mapping[str, str] | None = None
    ) -> Iterator[Running]:
        """Start it with a golden dataset, and end it afterwards.

        Its files go into `folder`. Raises ServerFailedError if it does not become ready.
        """
        port = free_port()
        dataset = folder / f"golden-{port}.json"
        items = [{"question": question, "answer": answer} for question, answer in goldens.items()]
        dataset.write_text(json.dumps(items), encoding="utf-8")
        command = [*self.command, "--port", str(port), "--dataset", str(dataset)]
        log = folder / f"server-{port}.log"
        paths = [str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        variables = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "OUTPUT_DIR": str(folder)}
        with Process(command, log, {**variables, **(environ or {})}) as process:
            seconds = process.wait_ready(
                lambda: fetch_status(port, self.ready_path) == self.ready_status, self.patience
            )
            yield Running(process, port, seconds, len(goldens))


@dataclass(frozen=True)
class Running:
    """A server that is ready, how many seconds that took, and its golden questions."""

    process: Process
    port: int
    ready_seconds: float
    questions: int


def rule_rm(workers: int, samples: int, *more: str) -> Contestant:
    """Return the server of this project, with `more` command-line options."""
    command = (sys.executable, "-m", "rule_rm.run_reward_server", "--workers", str(workers), *more)
    return Contestant("rule_rm", command, samples, "/ready", 200)


def lmm_r1(workers: int, samples: int) -> Contestant:
    """Return a server over a process pool."""
    command = (sys.executable, str(PEERS / "lmm_r1.py"), "--workers", str(workers))
    return Contestant(f"lmm-r1, {workers} workers", command, samples)


def align_anything(samples: int, *more: str) -> Contestant:
    """Return a server that does everything in the request's thread."""
    name = " ".join(("align-anything", *(option.strip("-") for option in more)))
    return Contestant(name, (sys.executable, str(PEERS / "align_anything.py"), *more), samples)
