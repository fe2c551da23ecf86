"""Faults: each is done to the service for a moment, and undone."""

from __future__ import annotations

import os
import random
import resource
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from benchmarks.chaos.judge import MOODS, Judge

HALF = b"POST /get_reward HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"


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


def _signal(pids: list[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


class Faults:
    """The faults that one service can suffer."""

    def __init__(self, pid: int, port: int, judge: Judge, seed: str) -> None:
        self._pid = pid
        self._port = port
        self._judge = judge
        self._random = random.Random(seed)
        self.kinds: tuple[Callable[[], None], ...] = (
            self.kill_worker,
            self.kill_template,
            self.stop_template,
            self.stop_workers,
            self.pause_all,
            self.stall,
            self.drip,
            self.flood,
            self.leave,
            self.talk_nonsense,
            self.take_descriptors,
            self.upset_judge,
        )

    def any(self) -> str:
        """Do one of them; return its name."""
        kind = self._random.choice(self.kinds)
        kind()
        return kind.__name__

    def _templates(self) -> list[int]:
        return [pid for pid in children(self._pid) if b"engine.template" in _command(pid)]

    def _workers(self) -> list[int]:
        return [worker for template in self._templates() for worker in children(template)]

    def kill_worker(self) -> None:
        """Kill one of the workers."""
        if workers := self._workers():
            _signal([self._random.choice(workers)], signal.SIGKILL)

    def kill_template(self) -> None:
        """Kill the template process, and with it every worker."""
        _signal(self._templates(), signal.SIGKILL)

    def stop_template(self) -> None:
        """Stop the template process for a while."""
        with self._stopped(self._templates()):
            time.sleep(self._random.uniform(0.1, 2.0))

    def stop_workers(self) -> None:
        """Stop some workers for a while, some of them for longer than a rollout may take."""
        with self._stopped([one for one in self._workers() if self._random.random() < 0.5]):
            time.sleep(self._random.uniform(0.5, 4.0))

    def pause_all(self) -> None:
        """Stop every process, as a machine that sleeps does."""
        with self._stopped(family(self._pid)):
            time.sleep(self._random.uniform(0.5, 4.0))

    @contextmanager
    def _stopped(self, pids: list[int]) -> Iterator[None]:
        _signal(pids, signal.SIGSTOP)
        try:
            yield
        finally:
            _signal(pids[::-1], signal.SIGCONT)

    def _connect(self, number: int, stack: ExitStack) -> list[socket.socket]:
        connections = []
        for _ in range(number):
            with suppress(OSError):
                connection = socket.create_connection(("127.0.0.1", self._port), timeout=5.0)
                connections.append(stack.enter_context(connection))
        return connections

    def _say(self, connections: list[socket.socket], data: bytes) -> None:
        for connection in connections:
            with suppress(OSError):
                connection.sendall(data)

    def stall(self) -> None:
        """Begin many requests and go on with none."""
        with ExitStack() as stack:
            self._say(self._connect(200, stack), HALF)
            time.sleep(self._random.uniform(0.1, 2.0))

    def drip(self) -> None:
        """Send many requests, a byte at a time."""
        with ExitStack() as stack:
            connections = self._connect(50, stack)
            for place in range(40):
                self._say(connections, HALF[place : place + 1])
                time.sleep(0.02)

    def flood(self) -> None:
        """Open many connections and say nothing."""
        with ExitStack() as stack:
            self._connect(500, stack)
            time.sleep(self._random.uniform(0.1, 1.0))

    def leave(self) -> None:
        """Ask for much and go away."""
        body = b'{"query": ["1 200"], "prompts": [""], "labels": [""]}'
        head = b"POST /get_reward/weigh HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
        with ExitStack() as stack:
            self._say(self._connect(50, stack), head + body)

    def talk_nonsense(self) -> None:
        """Send random bytes that are not a request."""
        with ExitStack() as stack:
            for connection in self._connect(50, stack):
                self._say([connection], self._random.randbytes(self._random.randrange(1, 5_000)))

    def take_descriptors(self) -> None:
        """Leave the service without a descriptor for a while."""
        soft, hard = resource.prlimit(self._pid, resource.RLIMIT_NOFILE)
        used = len(list(Path(f"/proc/{self._pid}/fd").iterdir()))
        resource.prlimit(self._pid, resource.RLIMIT_NOFILE, (max(used - 2, 16), hard))
        try:
            self.kill_worker()
            time.sleep(self._random.uniform(0.1, 2.0))
        finally:
            resource.prlimit(self._pid, resource.RLIMIT_NOFILE, (soft, hard))

    def upset_judge(self) -> None:
        """Have the judge misbehave while many ask it."""
        self._judge.feel(self._random.choice(MOODS))
        body = b'{"query": ["what?4"], "prompts": ["what?"], "labels": ["4"]}'
        head = b"POST /get_reward/llm_judge HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
        with ExitStack() as stack:
            self._say(self._connect(100, stack), head + body)
            time.sleep(self._random.uniform(0.1, 1.0))
        self._judge.feel("fine")


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
