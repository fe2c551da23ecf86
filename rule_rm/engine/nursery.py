"""The nursery: the server's end of the template process. It has idle workers ready before they are needed.

If the template dies, so do its workers; the nursery starts another, and rollouts that were being scored are
scored again by the pool.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.engine import frames
from rule_rm.engine.frames import PACKET
from rule_rm.engine.kernel import CpuTime, cpu_time
from rule_rm.engine.messages import RESULT_LIMIT
from rule_rm.errors import ConfigurationError

logger = logging.getLogger(__name__)

START_TIMEOUT = 120.0
RESTART_PAUSE = 1.0


class WorkerProcess:
    """A worker as the server sees it: a process id and a socket."""

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self._connection = connection
        self._reader = frames.FrameReader(connection, RESULT_LIMIT)

    def send(self, task: bytes, timeout: float) -> None:
        """Hand over a task. Raises OSError if the worker does not take it."""
        self._connection.settimeout(timeout)
        frames.send(self._connection, task)

    def receive(self, until: float) -> bytes | None:
        """The result, or None if it is not there at `until`, a monotonic time. Raises EOFError, OSError."""
        return self._reader.read(until)

    def cpu_time(self) -> CpuTime:
        """How long this worker ran, and waited for a processor, in its life."""
        return cpu_time(self.pid)

    def yield_processor(self) -> None:
        """Give way to every other worker from now on."""
        try:
            os.setpriority(os.PRIO_PROCESS, self.pid, 19)
        except OSError:
            return

    def hang_up(self) -> None:
        """End the connection, for whoever waits on it too."""
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def close(self) -> None:
        """Release the socket; only the lane that has the worker may do so."""
        self._connection.close()


class Nursery:
    """Keeps at least one idle worker ready. All methods may be called from any thread."""

    def __init__(
        self,
        sources: Sequence[str],
        options: Mapping[str, Sequence[str]],
        mixture: Mapping[str, Any] | None,
        memory_mb: int,
        keep_idle: int,
        environment: Mapping[str, str],
    ) -> None:
        """Start the template process; returns when it has loaded and warmed up every reward function.

        `mixture` is one as `mixture.build` takes it; `environment` is added to that of the workers. Raises
        ConfigurationError if it can't be started.
        """
        self._environment = dict(environment)
        configuration = {
            "sources": list(sources),
            "options": dict(options),
            "mixture": mixture,
            "memory_mb": memory_mb,
        }
        self._configuration = json.dumps(configuration).encode()
        self._keep_idle = keep_idle
        self._changed = threading.Condition()
        self._idle: list[WorkerProcess] = []
        self._alive: dict[int, WorkerProcess] = {}
        self._ordered = 0
        self._closed = threading.Event()
        self._process, self._control = self._start()
        self._keeper = threading.Thread(target=self._keep, name="nursery", daemon=True)
        self._keeper.start()
        with self._changed:
            self._order(keep_idle)

    def hire(self, until: float) -> WorkerProcess | None:
        """An idle worker, which is the caller's until it is released; None if there is none in time."""
        with self._changed:
            while not self._idle:
                if self._closed.is_set():
                    return None
                self._order(1)
                if not self._changed.wait(until - time.monotonic()):
                    return None
            hired = self._idle.pop()
            # Ready before it is needed: whoever takes the last one orders the next.
            self._order(1)
            return hired

    def release(self, hired: WorkerProcess) -> None:
        """Take back a worker that has answered and is as good as new."""
        with self._changed:
            if hired.pid in self._alive and len(self._idle) < self._keep_idle and not self._closed.is_set():
                self._idle.append(hired)
                self._changed.notify()
                return
        self.dismiss(hired)

    def dismiss(self, hired: WorkerProcess) -> None:
        """Kill a worker, whatever it is doing."""
        hired.close()
        self._tell({"kill": hired.pid})

    def workers(self) -> dict[str, int]:
        """How many workers live, and how many of them are idle."""
        with self._changed:
            return {"alive": len(self._alive), "idle": len(self._idle)}

    def is_ready(self) -> bool:
        """True if the template process is there to fork workers."""
        return not self._closed.is_set() and self._process.poll() is None

    def close(self) -> None:
        """End the template process and every worker; returns when they are gone."""
        with self._changed:
            self._closed.set()
            self._changed.notify_all()
        try:
            self._control.shutdown(socket.SHUT_RDWR)
        except OSError:
            logger.debug("the template process had closed its control socket")
        self._keeper.join()
        self._process.wait()

    def _start(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", "rule_rm.engine.template", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={
                    **os.environ,
                    **self._environment,
                    "PYTHONPATH": os.pathsep.join(filter(None, map(os.path.abspath, sys.path))),
                },
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        ours.settimeout(START_TIMEOUT)
        try:
            ours.send(self._configuration)
            answer = json.loads(ours.recv(PACKET) or b'{"failed": "the template process died"}')
        except (OSError, ValueError) as error:
            answer = {"failed": f"the template process did not answer: {error}"}
        if "failed" in answer:
            process.kill()
            process.wait()
            ours.close()
            raise ConfigurationError(f"the reward functions can't be loaded: {answer['failed']}")
        ours.settimeout(None)
        return process, ours

    def _order(self, enough: int) -> None:
        """Have workers forked until `enough` are idle or on their way. The lock is held."""
        while len(self._idle) + self._ordered < enough and not self._closed.is_set():
            self._ordered += 1
            self._tell({"fork": True})

    def _tell(self, message: dict[str, Any]) -> None:
        try:
            self._control.send(json.dumps(message).encode())
        except OSError:
            logger.debug("the template process is gone; the keeper starts another")

    def _keep(self) -> None:
        """Hear what the template says, and start another if it dies. The body of the keeper thread."""
        while True:
            packet, descriptors = self._hear()
            if not packet:
                self._lose_all()
                if self._closed.is_set() or not self._restart():
                    return
                continue
            message = json.loads(packet)
            with self._changed:
                if "forked" in message:
                    self._ordered -= 1
                    born = WorkerProcess(message["forked"], socket.socket(fileno=descriptors[0]))
                    self._alive[born.pid] = born
                    self._idle.append(born)
                    self._changed.notify()
                else:
                    self._bury(message["died"])

    def _hear(self) -> tuple[bytes, list[int]]:
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._control, PACKET, 1)
        except OSError:
            return b"", []
        return packet, list(descriptors)

    def _bury(self, pid: int) -> None:
        """Forget a worker that died; wake who waits for it even if a grandchild holds its socket open."""
        dead = self._alive.pop(pid, None)
        if dead is None:
            return
        if dead in self._idle:
            self._idle.remove(dead)
            dead.close()
            self._order(1)
        else:
            dead.hang_up()

    def _lose_all(self) -> None:
        with self._changed:
            for pid in list(self._alive):
                self._bury(pid)
            self._ordered = 0
            self._control.close()

    def _restart(self) -> bool:
        """Start another template; False if the nursery was closed meanwhile."""
        logger.error("the template process died; starting another")
        self._process.wait()
        while not self._closed.is_set():
            try:
                process, control = self._start()
            except ConfigurationError:
                logger.exception("the template process can't be started; trying again")
                self._closed.wait(RESTART_PAUSE)
                continue
            with self._changed:
                self._process, self._control = process, control
                if not self._closed.is_set():
                    self._order(self._keep_idle)
                    return True
            control.close()
        return False
