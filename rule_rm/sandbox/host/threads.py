"""Threads and processes of programs, counted from outside, where the kernel counts a user's together."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path


def of_user() -> int:
    """Return how many threads this process's user has."""
    uid, count = os.getuid(), 0
    for status in Path("/proc").glob("[0-9]*"):
        try:
            if status.stat().st_uid == uid:
                count += len(list((status / "task").iterdir()))
        except OSError:
            continue
    return count


def end_hogs(parent: int, most: int) -> None:
    """Kill the programs below a zygote or launcher if they have more than `most` threads together."""
    below = list(_below(parent))
    if sum(count for _, count in below) > most:
        for pid, _ in below:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def _below(parent: int) -> Iterator[tuple[int, int]]:
    """Yield the processes below one, each with how many threads it has."""
    for task in _tasks(parent):
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in map(int, children):
            yield child, len(_tasks(child))
            yield from _below(child)


def _tasks(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []
