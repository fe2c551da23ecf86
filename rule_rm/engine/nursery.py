"""The nursery: the server's end of the template process. It has idle workers ready before they are needed.

If the template dies, so do its workers; the nursery starts another, and rollouts that were being scored are
scored again by the pool. A template that does not answer is killed, and started again too.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Mapping

from rule_rm.engine.control import (
    FROM_TEMPLATE,
    PACKET,
    Configuration,
    Died,
    Fork,
    Forked,
    Kill,
    Ping,
    Unforked,
)
from rule_rm.engine.stopped_workers import StoppedWorkers
from rule_rm.engine.template_process import Begun, start_template
from rule_rm.engine.worker_process import KILLED, WorkerProcess
from rule_rm.errors import ChildDiedError, ConfigurationError, WorkerUnavailableError
from rule_rm.processes import child, records
from rule_rm.processes.ending import ending
from rule_rm.processes.failures import Failures
from rule_rm.processes.guarded import Guarded
from rule_rm.processes.kernel import state
from rule_rm.processes.starting import STOPPED_STATES

logger = logging.getLogger(__name__)

PULSE = 1.0
"""Seconds after which a silent template is asked whether it is there."""
SILENT, DEAD = 5, 20
"""Pulses without an answer after which nothing is ready, and after which the template is killed.

One that is stopped is killed after the first number: it neither waits for a disk nor for a processor.

Pulses are counted rather than seconds: while this process does not run, none passes.
"""
STARVED = 5.0
"""Seconds that somebody may wait for a worker before nothing is ready: a fork takes milliseconds."""
RESTART_PAUSE = 1.0
CLOSING = 5.0
"""Seconds that a template may take to end its workers before it is killed."""


class Nursery:
    """The owner of the workers, with one idle and ready. All methods may be called from any thread."""

    def __init__(
        self,
        configuration: Configuration,
        keep_idle: int,
        environment: Mapping[str, str] | None = None,
        begun: Begun | None = None,
    ) -> None:
        """Start the template process; returns when it has loaded and warmed up every reward function.

        `environment` is added to that of the workers. `begun` is a template process that was begun before.
        Raises ConfigurationError if it can't be started.
        """
        self._configuration = configuration
        self._keep_idle = keep_idle
        self._environment = environment
        self._changed = threading.Condition()
        self._idle: list[WorkerProcess] = []
        self._alive: dict[int, WorkerProcess] = {}
        self._ordered = 0
        self._missed = 0
        self._down: str | None = None
        """Why there is no template process."""
        self._is_lost = False
        """True if a template could not be started again: waiting for a worker makes no sense."""
        self._unforked: str | None = None
        """Why the last worker that was ordered did not come."""
        self._starving: float | None = None
        """The monotonic time since which a worker has been waited for in vain."""
        self._failures = Failures()
        self._stopped = StoppedWorkers(PULSE, SILENT, lambda pid: self._tell(Kill(pid)))
        self.restarts = 0
        self._closed = threading.Event()
        self._process, self._control = start_template(configuration, environment, PULSE, begun)
        self._keeper = Guarded("nursery", self._keep, self._closed)
        self._keeper.start()
        with self._changed:
            self._order(keep_idle)

    def hire(self, until: float) -> WorkerProcess:
        """Return an idle worker, which is the caller's until it is released.

        Raises WorkerUnavailableError if there is none at the monotonic time `until`, or can't be one.
        """
        with self._changed:
            # Workers end with their template, one after the other: those still idle have only moments left.
            while not self._idle or self._process.poll() is not None:
                if self._closed.is_set():
                    raise WorkerUnavailableError("the engine is closed")
                if self._is_lost:
                    raise WorkerUnavailableError(f"no worker can be started: {self._down}")
                self._order(1)
                self._starving = self._starving or time.monotonic()
                if not self._changed.wait(until - time.monotonic()) and time.monotonic() >= until:
                    why = self._down or self._unforked or "none came in time"
                    raise WorkerUnavailableError(f"no worker could be had: {why}")
            hired = self._idle.pop()
            # Ready before it is needed: the lane that takes the last one orders the next.
            self._order(1)
            return hired

    def release(self, hired: WorkerProcess) -> None:
        """Take back a worker that has answered and is as good as new."""
        with self._changed:
            if hired.pid in self._alive and len(self._idle) < self._keep_idle and not self._closed.is_set():
                self._idle.append(hired)
                self._starving = None
                self._changed.notify()
                return
        self.dismiss(hired)

    def dismiss(self, hired: WorkerProcess) -> None:
        """Kill a worker, busy or not."""
        hired.close()
        self._tell(Kill(hired.pid))

    def workers(self) -> dict[str, int]:
        """Return how many workers live, how many are idle, and how often the template was started again."""
        with self._changed:
            return {"alive": len(self._alive), "idle": len(self._idle), "restarts": self.restarts}

    @property
    def is_closed(self) -> bool:
        """True once it hands out no more workers."""
        return self._closed.is_set()

    def why_not_ready(self) -> str | None:
        """Return why no rollout would be scored now; None if one would be."""
        if self._closed.is_set():
            return "the engine is closed"
        if self._keeper.failure or self._down:
            return self._keeper.failure or self._down
        if self._process.poll() is not None:
            return "the template process has ended"
        if self._missed >= SILENT:
            return "the template process does not answer"
        if self._unforked and not self._idle:
            return f"no worker can be started: {self._unforked}"
        starving = self._starving
        if starving is not None and not self._idle and time.monotonic() - starving > STARVED:
            return "no worker has come for some time"
        return None

    def close(self) -> None:
        """End the template process and every worker; returns when they are gone, soon in any case."""
        with self._changed:
            self._closed.set()
            self._changed.notify_all()
        try:
            self._control.shutdown(socket.SHUT_RDWR)
        except OSError:
            logger.debug("the template process had closed its control socket")
        child.end(self._process, CLOSING)
        self._keeper.join(ending.left(CLOSING))
        self._lose_all()

    def _order(self, enough: int) -> None:
        """Order workers until `enough` are idle or being started, if they can be. The lock is held."""
        while len(self._idle) + self._ordered < enough and not self._closed.is_set():
            # A lost order never brings a worker, so it must not be counted as one.
            if not self._tell(Fork()):
                return
            self._ordered += 1

    def _tell(self, message: Fork | Kill | Ping) -> bool:
        """Send a message; return False if it was lost."""
        try:
            self._control.send(records.encode(message), socket.MSG_DONTWAIT)
        except OSError:
            logger.debug("the template process is gone or does not read; the keeper sees to it")
            return False
        return True

    def _keep(self) -> None:
        """Receive the template's messages, and start another if it dies. The body of the keeper thread."""
        while not self._closed.is_set():
            self._stopped.look(self._alive)
            try:
                packet, descriptors, _, _ = socket.recv_fds(self._control, PACKET, 1)
            except TimeoutError:
                self._feel_pulse()
                continue
            except OSError:
                packet, descriptors = b"", []
            if packet:
                self._missed = 0
                self._hear(packet, list(descriptors))
            elif not self._closed.is_set():
                self._lose_all()
                self._restart()

    def _hear(self, packet: bytes, descriptors: list[int]) -> None:
        message = records.decode(packet, FROM_TEMPLATE)
        with self._changed:
            if isinstance(message, Forked):
                self._ordered = max(self._ordered - 1, 0)
                if descriptors:
                    self._welcome(WorkerProcess(message.pid, socket.socket(fileno=descriptors[0])))
                else:
                    # Its socket was lost on the way, at which it ends.
                    self._miss("this process has no descriptor left for its socket")
            elif isinstance(message, Unforked):
                self._ordered = max(self._ordered - 1, 0)
                self._miss(message.reason)
            elif isinstance(message, Died):
                self._bury(message.pid, message.status)

    def _welcome(self, born: WorkerProcess) -> None:
        self._unforked = self._starving = None
        self._alive[born.pid] = born
        self._idle.append(born)
        self._changed.notify()

    def _miss(self, why: str) -> None:
        """Note that a worker did not come; the next pulse orders another."""
        self._unforked = why
        if self._failures.is_worth_telling():
            logger.error("a worker could not be started (failure %d): %s", self._failures.count, why)

    def _feel_pulse(self) -> None:
        """Ping a silent template, kill one that never answers, and order missing workers again."""
        self._missed += 1
        with self._changed:
            self._order(1 if self._unforked is None else self._keep_idle)
        if self._missed >= DEAD or (self._missed >= SILENT and state(self._process.pid) in STOPPED_STATES):
            logger.error("the template process does not answer and is killed")
            self._process.kill()
        self._tell(Ping())

    def _bury(self, pid: int, status: int) -> None:
        """Forget a worker that died; wake who waits for it even if a grandchild holds its socket open."""
        if (dead := self._alive.pop(pid, None)) is None:
            return
        dead.end_with(status)
        if dead in self._idle:
            self._idle.remove(dead)
            dead.close()
            self._order(1)
        else:
            dead.hang_up()

    def _lose_all(self) -> None:
        with self._changed:
            self._down = "the template process died and is started again"
            for pid in list(self._alive):
                self._bury(pid, KILLED)
            self._ordered = self._missed = 0
            self._control.close()

    def _restart(self) -> None:
        """Start another template, however often that takes."""
        logger.error("the template process died; starting another")
        child.end(self._process, 0.0)
        while not self._closed.is_set():
            try:
                process, control = start_template(
                    self._configuration, self._environment, PULSE, is_over=self._closed.is_set
                )
            except (ConfigurationError, OSError) as error:
                # If it died, a new one may start soon; if it can't load a reward file, no new one will.
                is_lost = not isinstance(error, (OSError, ChildDiedError))
                self._stay_down(str(error), is_lost=is_lost)
                self._closed.wait(RESTART_PAUSE)
                continue
            with self._changed:
                self._process, self._control = process, control
                # Orders that the last one took, in the moment of its death.
                self._ordered = 0
                self._down, self._is_lost = None, False
                self.restarts += 1
                if not self._closed.is_set():
                    self._order(self._keep_idle)
                    return
            # Closed meanwhile: nobody else knows this one.
            control.close()
            child.end(process, CLOSING)

    def _stay_down(self, why: str, *, is_lost: bool) -> None:
        if self._failures.is_worth_telling():
            logger.error("the template process can't be started (failure %d): %s", self._failures.count, why)
        with self._changed:
            self._down, self._is_lost = why, is_lost
            self._changed.notify_all()
