"""The loop: reads whole requests, within deadlines and bounds."""

from __future__ import annotations

import logging
import os
import select
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable

from rule_rm.processes.failures import Failures
from rule_rm.web.front.accepting import WAITING, Accepting
from rule_rm.web.front.connections import Connection, State
from rule_rm.web.front.limits import Limits
from rule_rm.web.front.requests import RefusedError
from rule_rm.web.front.tcp import HALF_OPEN, close_port, let_nobody_connect, sockets
from rule_rm.web.front.writing import PART, WATCHED

logger = logging.getLogger(__name__)

_PARTS_AT_ONCE = 16
_FOREVER = float("inf")
_PAUSE = 0.01
"""Seconds of pause after a turn that failed, so that repeated failures don't occupy a processor."""
_LOOK_AGAIN = 0.005
"""Seconds between two looks at who is about to connect while the port is being closed."""
_BROKEN = select.EPOLLHUP | select.EPOLLERR


class Loop(Accepting):
    """One thread that accepts and reads. A subclass answers the requests that are complete."""

    def __init__(
        self,
        listener: socket.socket,
        limits: Limits,
        tls: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        """Use a listening socket, which is the loop's from now on."""
        super().__init__(listener, limits, tls)
        self._soon: deque[Callable[[], object]] = deque()
        """Calls that other threads leave to the loop."""
        self._swept = time.monotonic()
        self._closes_port = 0.0
        """The monotonic time by which the port is closed; 0 before it is being closed."""
        self._failures = Failures()
        self._is_done = threading.Event()
        self.failure: str | None = None
        """Why the last turn of the loop failed; None if it did not."""

    def _dispatch(self, connection: Connection) -> None:
        """Give the next request of a connection to a thread that answers it."""
        raise NotImplementedError

    def _hear_channel(self, descriptor: int) -> bool:
        """Take what another process hands over, if this is its channel; return True if there may be more."""
        return False

    def _run(self) -> None:
        self._looping = threading.get_ident()
        while not self._is_done.is_set():
            try:
                self._turn()
                self.failure = None
            except Exception as error:  # the service is gone if this thread is
                self.failure = f"the HTTP server's loop failed: {type(error).__name__}: {error}"
                if self._failures.is_worth_telling():
                    logger.exception("the HTTP server's loop failed (failure %d)", self._failures.count)
                time.sleep(_PAUSE)

    def _turn(self) -> None:
        """Handle the ready events; wait for them for at most the time between two sweeps."""
        if self._is_stopping.is_set() and self._settle():
            self._is_done.set()
            return
        for descriptor, event in self._epoll.poll(self._pause()):
            self._handle(descriptor, event)
        for _ in range(len(self._soon)):
            self._soon.popleft()()
        for _ in range(len(self._again)):
            self._look_again(self._again.popleft())
        if (now := time.monotonic()) - self._swept >= self._limits.sweep:
            self._swept = now
            self._sweep(now)

    def _pause(self) -> float:
        """Return the seconds for which to wait for events."""
        if self._again or self._soon:
            return 0.0
        return _LOOK_AGAIN if self._closes_port and self._is_open() else self._limits.sweep

    def _do_soon(self, call: Callable[[], object]) -> None:
        """Schedule a call in the loop, from any thread."""
        self._soon.append(call)
        self._wake()

    def _handle(self, descriptor: int, event: int) -> None:
        if descriptor == self._wake_read:
            os.read(self._wake_read, 4096)
        elif descriptor == self._listener.fileno():
            self._accept_all()
        elif (connection := self._connections.get(descriptor)) is not None:
            self._notice(connection, event)
        else:
            self._hear_channel(descriptor)

    def _settle(self) -> bool:
        """Close the port, then idle connections; return True once none is left. Called while stopping."""
        if self._is_open() and not self._close_port():
            return False
        for connection in list(self._connections.values()):
            with connection.lock:
                is_idle = connection.state in WAITING
            if is_idle:
                self._close(connection)
        return not self._connections

    def _is_open(self) -> bool:
        return self._listener.fileno() >= 0

    def _close_port(self) -> bool:
        """Close the port once all who have connected are heard out; return False until then."""
        now = time.monotonic()
        is_first = not self._closes_port
        if is_first:
            self._closes_port = now + self._limits.last_call
            let_nobody_connect(self._listener)
        port = self._listener.getsockname()[1]
        are_more = is_first or any(True for _ in sockets(port, HALF_OPEN))
        while self._accept_all():
            pass
        are_more = are_more or any(one.is_new for one in list(self._connections.values()))
        if are_more and now < self._closes_port:
            return False
        self._stop_listening()
        close_port(self._listener)
        for connection in list(self._connections.values()):
            if connection.state is State.IDLE:
                self._read(connection)
        return True

    def _notice(self, connection: Connection, event: int) -> None:
        with connection.lock:
            is_busy = connection.state is State.BUSY
            connection.noticed = connection.noticed or connection.state in (State.BUSY, State.WRITING)
        if event & select.EPOLLRDHUP:
            connection.saw_end = True
        if is_busy:
            if event & _BROKEN:
                self._lose(connection)
            return
        if event & _BROKEN:
            self._close(connection)
            return
        if event & select.EPOLLOUT and connection.state is State.WRITING:
            self._write(connection)
        if event & (select.EPOLLIN | select.EPOLLRDHUP) and connection.state is not State.WRITING:
            self._read(connection)

    def _look_again(self, connection: Connection) -> None:
        """Go on with a connection whose answer was sent, or which had more to read than fits into a turn."""
        if connection.is_closed or connection.state is State.BUSY:
            return
        if connection.out:
            self._epoll.modify(connection.socket, WATCHED | select.EPOLLOUT)
            return
        if connection.reader.complete:
            self._dispatch(connection)
        elif (refusal := connection.reader.refusal) is not None:
            connection.reader.refusal = None
            self._refuse(connection, refusal.status, str(refusal))
        elif connection.state is not State.WRITING:
            self._read(connection)

    def _read(self, connection: Connection) -> None:
        connection.noticed = False
        for _ in range(_PARTS_AT_ONCE):
            try:
                data = connection.socket.recv(PART)
            except BlockingIOError:
                return
            except OSError:
                self._close(connection)
                return
            if not data:
                self._hear_end(connection)
                return
            connection.is_new = False
            if connection.state is State.LINGERING:
                continue
            if not self._take(connection, data):
                return
            if len(data) < PART and not connection.saw_end:
                return
        self._again.append(connection)

    def _take(self, connection: Connection, data: bytes) -> bool:
        """Read the bytes that arrived; return True if more may be read now."""
        reader = connection.reader
        had_head = reader.has_head
        try:
            reader.feed(data)
        except RefusedError as error:
            self._refuse(connection, error.status, str(error))
            return False
        if reader.complete:
            # A full part may have more behind it, which the system does not report a second time.
            connection.noticed = len(data) == PART
            self._dispatch(connection)
            return False
        if connection.is_for_operators and reader.has_head:
            self._refuse(connection, 503, "the service has no connection left")
            return False
        if reader.wants_continue and not had_head:
            reader.wants_continue = False
            self._send_continue(connection)
        self._await_rest(connection, had_head=had_head)
        if reader.has_head and reader.buffered > 1 << 20 and self._buffered() > self._limits.bodies:
            self._refuse(connection, 503, "the service receives too many large bodies at a time")
            return False
        return True

    def _await_rest(self, connection: Connection, *, had_head: bool) -> None:
        """Set the time by which the rest of a request must be there."""
        if connection.state is State.IDLE:
            connection.become(State.READING, self._limits.head)
        reader = connection.reader
        if reader.has_head and not had_head:
            connection.deadline = time.monotonic() + self._limits.body_seconds + reader.declared / (1 << 20)

    def _buffered(self) -> int:
        return sum(connection.reader.buffered for connection in list(self._connections.values()))

    def _hear_end(self, connection: Connection) -> None:
        if connection.state is State.LINGERING or not connection.reader.is_begun:
            self._close(connection)
        else:
            self._refuse(connection, 400, "the request was cut off")

    def _sweep(self, now: float) -> None:
        """End everything that takes too long: idle connections close, a request under way gets an error."""
        if self._deafness and now > self._deafness and not self._is_stopping.is_set():
            self._listen()
        if self._spare is None:
            self._take_spare()
        for connection in list(self._connections.values()):
            if now < connection.deadline:
                is_quiet = connection.saw_end and not connection.is_probed
                if is_quiet and connection.pending and now - connection.since >= self._limits.half_closed:
                    self._probe(connection)
                continue
            if connection.state is State.READING:
                self.counts["timed_out"] += 1
                self._refuse(connection, 408, "the request did not arrive in time")
            elif connection.state is State.BUSY:
                connection.deadline = _FOREVER
                if connection.overdue is not None:
                    connection.overdue()
            else:
                self._close(connection)
