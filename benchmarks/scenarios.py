"""The workloads of each server, and the figures that are read during them."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contestants import PEERS, Contestant, Running
from benchmarks.load import Load, in_batches, send
from benchmarks.report import HangRow, SizeRow, SpeedRow
from benchmarks.workloads import Sample

IDLE_SECONDS = 2.0


@dataclass(frozen=True)
class Step:
    """A workload sent in one way: in batches one after the other, or by single clients at once."""

    name: str
    samples: Sequence[Sample]
    batch: int = 512
    clients: int = 1
    is_repeat: bool = False
    """The samples of the step before, as in the next epoch."""
    keeps_alive: bool = False
    """Each client keeps its connection."""

    def send(self, port: int, samples: Sequence[Sample], limit: float) -> Load:
        """Send these samples in this step's way, for `limit` seconds at most."""
        return send(port, in_batches(samples, self.batch), self.clients, limit, keeps_alive=self.keeps_alive)


def speed(
    contestant: Contestant, running: Running, warm_up: Sequence[Sample], steps: Sequence[Step], limit: float
) -> tuple[list[SpeedRow], SizeRow]:
    """Send the steps to a server that has just become ready, each for `limit` seconds at most.

    Before that it may finish what it does at its start, and is given an eighth as many samples to warm up.
    """
    process = running.process
    process.wait_at_rest()
    memory = [process.memory_mb()]
    send(running.port, [warm_up[: max(contestant.samples // 8, 16)]], 1, limit)
    rows = []
    for step in steps:
        samples = step.samples[: contestant.samples]
        before = process.cpu_seconds()
        load = step.send(running.port, samples, limit)
        cpu = process.cpu_seconds() - before
        memory.append(process.memory_mb())
        rows.append(_speed_row(step.name, contestant.name, samples, load, cpu))
    return rows, SizeRow(contestant.name, running.questions, running.ready_seconds, memory[0], max(memory))


def plain_loop(step: Step, count: int, folder: Path, limit: float) -> SpeedRow:
    """math-verify in a loop in one process, without any server."""
    samples = step.samples[:count]
    path = folder / "samples.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for sample in samples:
            file.write(json.dumps({"response": sample.response, "golden": sample.golden}) + "\n")
    command = [sys.executable, str(PEERS / "plain_loop.py"), str(path)]
    reply = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=limit).stdout)
    return SpeedRow(
        workload=step.name,
        server="math-verify in a loop",
        samples=len(samples),
        per_second=len(samples) / reply["seconds"],
        cpu_ms=reply["cpu_seconds"] * 1000 / len(samples),
        p50=math.nan,
        p99=math.nan,
        agreement=_agreement(samples, reply["rewards"]),
        lost=0,
    )


def hangs(contestant: Contestant, running: Running, step: Step, limit: float) -> HangRow:
    """Send a workload with hangs, then its innocents alone, then see whether the server comes to rest.

    The first may take `limit` seconds, the second half of that.
    """
    load = step.send(running.port, step.samples, limit)
    lost, wrong = _harm(step.samples, load.rewards)
    innocents = [sample for sample in step.samples if not sample.is_hang]
    lost_after, wrong_after = _harm(innocents, step.send(running.port, innocents, limit / 2).rewards)
    busy = running.process.cpu_seconds()
    time.sleep(IDLE_SECONDS)
    busy = running.process.cpu_seconds() - busy
    alone = [
        exchange
        for exchange, batch in zip(load.exchanges, in_batches(step.samples, step.batch), strict=True)
        if not any(sample.is_hang for sample in batch)
    ]
    return HangRow(
        workload=step.name,
        server=contestant.name,
        hangs=len(step.samples) - len(innocents),
        innocents=len(innocents),
        seconds=load.seconds,
        lost=lost,
        wrong=wrong,
        paid=sum(
            sample.is_hang and _is_accurate(reward)
            for sample, reward in zip(step.samples, load.rewards, strict=True)
        ),
        p50=Load(alone, load.seconds).latency(0.5),
        p99=Load(alone, load.seconds).latency(0.99),
        lost_after=lost_after,
        wrong_after=wrong_after,
        idle_cpu=busy / IDLE_SECONDS,
        error=_commonest_error(load),
    )


def _speed_row(workload: str, server: str, samples: Sequence[Sample], load: Load, cpu: float) -> SpeedRow:
    scored = sum(map(_is_scored, load.rewards))
    return SpeedRow(
        workload=workload,
        server=server,
        samples=len(samples),
        per_second=scored / load.seconds,
        cpu_ms=cpu * 1000 / max(scored, 1),
        p50=load.latency(0.5),
        p99=load.latency(0.99),
        agreement=_agreement(samples, load.rewards),
        lost=len(samples) - scored,
        error=_commonest_error(load),
    )


def _is_scored(reward: float | None) -> bool:
    """Return True for a real reward: all responses here have the right format, so 0 means unscored."""
    return reward is not None and reward > 0


def _is_accurate(reward: float | None) -> bool:
    """Return True if the accuracy reward is in it: the format's alone is 0.5."""
    return reward is not None and reward >= 1


def _agreement(samples: Sequence[Sample], rewards: Sequence[float | None]) -> float:
    scored = [
        _is_accurate(reward) == sample.is_right
        for sample, reward in zip(samples, rewards, strict=True)
        if _is_scored(reward)
    ]
    return sum(scored) / len(scored) if scored else math.nan


def _harm(samples: Sequence[Sample], rewards: Sequence[float | None]) -> tuple[int, int]:
    """Count the innocents that are unscored, and those whose reward disagrees with the label."""
    innocent = [(s.is_right, reward) for s, reward in zip(samples, rewards, strict=True) if not s.is_hang]
    scored = [(is_right, reward) for is_right, reward in innocent if _is_scored(reward)]
    wrong = sum(_is_accurate(reward) != is_right for is_right, reward in scored)
    return len(innocent) - len(scored), wrong


def _commonest_error(load: Load) -> str:
    errors = Counter(exchange.error for exchange in load.exchanges if exchange.error)
    return "; ".join(f"{count} × {error}" for error, count in errors.most_common(2))
