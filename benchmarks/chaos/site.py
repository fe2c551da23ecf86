"""The service under attack: its processes, its port, its directories, and what it asks."""

from __future__ import annotations

import os
import random
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chaos.asked import Asked


@dataclass(frozen=True, slots=True)
class Site:
    """A service, with all that a fault needs to know of it."""

    pid: int
    port: int
    judge: Asked
    model: Asked
    temporary: Path
    """Its directory for temporary files."""
    chance: random.Random
    blame: Callable[[str, str], None]
    """Enter into the account what should not have been: its kind and a line on it."""

    @property
    def asked_ports(self) -> tuple[int, int]:
        """The ports of the judge and of the reward model."""
        return self.judge.port, self.model.port

    def templates(self) -> list[int]:
        """Return the template processes, whose children are the workers."""
        return [pid for pid in children(self.pid) if b"engine.template" in command(pid)]

    def workers(self) -> list[int]:
        """Return the workers."""
        return [worker for template in self.templates() for worker in children(template)]

    def sandboxes(self) -> list[int]:
        """Return the sandbox hosts."""
        return [pid for pid in children(self.pid) if b"rule_rm.sandbox" in command(pid)]

    def nap(self, shortest: float, longest: float) -> None:
        """Wait for a while."""
        time.sleep(self.chance.uniform(shortest, longest))

    @contextmanager
    def stopped(self, pids: Sequence[int]) -> Iterator[None]:
        """Stop processes within the block."""
        send(pids, signal.SIGSTOP)
        try:
            yield
        finally:
            send(pids[::-1], signal.SIGCONT)

    def connect(self, number: int, stack: ExitStack) -> list[socket.socket]:
        """Return as many connections as can be had, which end with the stack."""
        connections = []
        for _ in range(number):
            with suppress(OSError):
                connection = socket.create_connection(("127.0.0.1", self.port), timeout=5.0)
                connections.append(stack.enter_context(connection))
        return connections


def say(connections: Sequence[socket.socket], data: bytes) -> None:
    """Send bytes on each connection that takes them."""
    for connection in connections:
        with suppress(OSError):
            connection.sendall(data)


def send(pids: Sequence[int], number: int) -> None:
    """Send a signal to processes, those that ended left out."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def command(pid: int) -> bytes:
    """Return the command line of a process; empty if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def children(pid: int) -> list[int]:
    """Return the children of a process; none if it has ended."""
    try:
        return [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return []


def family(pid: int) -> list[int]:
    """Return a process and all its descendants, parents first."""
    return [pid, *(one for child in children(pid) for one in family(child))]
