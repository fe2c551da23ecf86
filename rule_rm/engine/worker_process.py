"""A worker as the server sees it: its process id, and the socket to it."""

from __future__ import annotations

import os
import signal
import socket
import threading

from rule_rm.engine.messages import RESULT_LIMIT
from rule_rm.processes import frames
from rule_rm.processes.kernel import CpuTime, cpu_time, state

KILLED = -signal.SIGKILL
"""The status of a worker that somebody killed. Its template's end does so as well."""
NEWS = 1.0
"""Seconds within which the template reports the end of a worker that it reaps."""


class WorkerProcess:
    """A worker as the server sees it: a process id and a socket."""

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self._connection = connection
        self._reader = frames.FrameReader(connection, RESULT_LIMIT)
        self._has_ended = threading.Event()
        self._status = 0

    def send(self, task: bytes, timeout: float) -> None:
        """Hand over a task. Raises OSError if the worker does not take it."""
        self._connection.settimeout(timeout)
        frames.send(self._connection, task)

    def receive(self, until: float) -> bytes | None:
        """Return the result; None if it is not there at the monotonic time `until`.

        Raises EOFError and OSError if the worker is gone.
        """
        return self._reader.read(until)

    def cpu_time(self) -> CpuTime:
        """Return how long this worker ran, and waited for a processor, in its life."""
        return cpu_time(self.pid)

    def state(self) -> str:
        """Return its state as a letter, as the kernel reports it."""
        return state(self.pid)

    def yield_processor(self) -> None:
        """Give way to every other worker from now on."""
        try:
            os.setpriority(os.PRIO_PROCESS, self.pid, 19)
        except OSError:
            return

    def end_with(self, status: int) -> None:
        """Take down its exit status, or the signal that ended it as a negative number."""
        self._status = status
        self._has_ended.set()

    def was_killed(self) -> bool:
        """Return True if somebody killed it; False if it ended by itself, or still runs after NEWS seconds.

        A worker that crashes ends by another signal, or with a status.
        """
        return self._has_ended.wait(NEWS) and self._status == KILLED

    def hang_up(self) -> None:
        """End the connection, also for a thread that waits on it."""
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def close(self) -> None:
        """Release the socket; only the lane that has the worker may do so."""
        self._connection.close()
