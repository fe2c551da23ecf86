"""Leftovers of many programs, and the effect of endless programs on the others."""

import os
import tempfile
import time
from pathlib import Path

from benchmarks.sandbox_workers import spread, tree
from rule_rm import sandbox
from rule_rm.sandbox import Ended, Limits, Program


def soak(host, programs, workers):
    """Run many programs, some endless or hostile, and print the leftovers and the memory."""
    before = _state(host)
    kinds = [
        "while True: pass",
        "x = []\nwhile True: x.append(x * 2)",
        "open('/tmp/left', 'w')",
        "print(1)\nimport os\nos._exit(3)",
    ]
    jobs = [
        kinds[number // 100 % 4] if number % 100 == 7 else f"print({number})" for number in range(programs)
    ]

    def run(code):
        with sandbox.default().session(Program(code)) as session:
            result = session.run(b"", Limits(wall=0.5, memory_mb=128))
        wanted = f"{code[6:-1]}\n".encode() if code.startswith("print(") and "\n" not in code else None
        return result.stdout == wanted if wanted is not None else result.ended in Ended

    started = time.monotonic()
    right = spread(run, jobs, workers)
    return sum(right), time.monotonic() - started, before, _state(host)


def _state(host):
    time.sleep(0.5)
    pids = tree(host.pid)
    memory = sum(
        int(line.split()[1])
        for pid in pids
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith(("RssAnon", "RssShmem"))
    )
    return {
        "processes": len(pids),
        "descriptors": sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in [os.getpid(), *pids]),
        "files": len(list(Path(tempfile.gettempdir()).rglob("*"))),
        "mounts": len(Path("/proc/mounts").read_text().splitlines()),
        "memory_mib": round(memory / 1024, 1),
    }


def mixed(workers):
    """Run a batch with 5 % endless programs; print its duration and whether the others were unharmed."""
    jobs = ["while True: pass" if number % 20 == 3 else f"print({number})" for number in range(200)]

    def run(code):
        with sandbox.default().session(Program(code)) as session:
            result = session.run(b"", Limits(wall=1.0))
        return result.ended is Ended.TIMEOUT if code.startswith("while") else result.succeeded

    started = time.monotonic()
    return sum(spread(run, jobs, workers)), len(jobs), time.monotonic() - started
