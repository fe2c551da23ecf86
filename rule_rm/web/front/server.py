"""The HTTP server: one thread reads and writes, a crew of others computes the answers.

    clients ── loop: accepts, reads whole requests, within deadlines ──► crew: the application
                 ▲                                                        │
                 └───────────── idle again, or more to write ◄────────────┘

A request takes a thread when all of it is there, and gives it back while it waits for its scores. So a client
that stalls, drips or goes away costs a connection at most. Connections are bounded too: the one that has
been idle for longest makes room for a new one.
"""

from __future__ import annotations

import errno
import logging
import os
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from rule_rm.web.front.connections import Connection, State
from rule_rm.web.front.crew import Crew
from rule_rm.web.front.gateway import LATER, Gateway, WsgiApp, as_bytes
from rule_rm.web.front.limits import Limits
from rule_rm.web.front.requests import RefusedError, Request, refusal

logger = logging.getLogger(__name__)

OPERATIONS = (b"/ready", b"/health", b"/metrics")
"""Ends of the paths that a thread of their own answers, even if all others are busy."""
BLOCKING = (b"/run_code", b"/test_program", b"/test_program_stdio")
"""Ends of the paths whose answers take as long as a program runs."""
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_PART = 1 << 16
_PARTS_AT_ONCE = 16
_FOREVER = float("inf")
_IN = select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLET
_WAITING = (State.IDLE, State.LINGERING)
_GIVE_WAY = (*_WAITING, State.READING)
_BROKEN = select.EPOLLHUP | select.EPOLLERR


class Pending(Protocol):
    """An answer that is not known yet."""

    until: float
    """The monotonic time at which it is given as it is."""

    def when_complete(self, callback: Callable[[], object]) -> None:
        """Call back when it is known, at once if it already is."""

    def abandon(self) -> None:
        """Nobody waits for it any more."""


Finish = Callable[[dict[str, Any], Any], WsgiApp]
"""Makes a WSGI application of a pending answer that is known by now."""


class HttpServer:
    """A server of a WSGI application, until it is stopped."""

    def __init__(
        self, app: WsgiApp, listener: socket.socket, limits: Limits, finish: Finish | None = None
    ) -> None:
        """Serve from a listening socket. Raises ConfigurationError if there are no threads left."""
        host, port = listener.getsockname()[:2]
        self._gateway = Gateway(app, host, port)
        self._finish = finish
        self._limits = limits
        self._listener = listener
        listener.setblocking(False)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._epoll = select.epoll()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._spare: int | None = os.open(os.devnull, os.O_RDONLY)
        self._connections: dict[int, Connection] = {}
        self._again: deque[Connection] = deque()
        self._is_stopping = threading.Event()
        self._is_done = threading.Event()
        self._deafness = 0.0
        self.failure: str | None = None
        """Why the loop ended, if it did so by itself."""
        self.counts = {"accepted": 0, "refused": 0, "timed_out": 0, "evicted": 0, "requests": 0}
        self._crews: list[Crew] = []
        self._computing = self._crew("request", limits.threads)
        self._operating = self._crew("operations", 1)
        self._blocking = self._crew("program", limits.blocking_threads)
        self._loop = threading.Thread(target=self._run, name="http", daemon=True)

    def _crew(self, name: str, size: int) -> Crew:
        self._crews.append(crew := Crew(name, size))
        return crew

    def start(self) -> None:
        """Accept connections from now on, in threads of the server's own."""
        self._epoll.register(self._listener, select.EPOLLIN)
        self._epoll.register(self._wake_read, select.EPOLLIN)
        self._loop.start()

    def stop(self) -> None:
        """Accept no more connections; requests that are under way get their answers."""
        self._is_stopping.set()
        self._wake()

    def wait(self, timeout: float) -> bool:
        """After `stop`: wait until everything is answered. False if it is not after `timeout` seconds."""
        finished = self._is_done.wait(timeout)
        for connection in list(self._connections.values()):
            self._close(connection)
        for crew in self._crews:
            crew.close()
        return finished

    def is_alive(self) -> bool:
        """Return True if the loop runs."""
        return self._loop.is_alive() and self.failure is None

    def state(self) -> dict[str, int]:
        """Return the entry for `/health`: connections by their state, and counts of outcomes."""
        states = [connection.state for connection in list(self._connections.values())]
        return {
            "connections": len(states),
            **{state.name.lower(): states.count(state) for state in State},
            "queued": self._computing.waiting,
            **self.counts,
        }

    # The loop's thread.

    def _run(self) -> None:
        try:
            swept = time.monotonic()
            while not (self._is_stopping.is_set() and self._settle()):
                for descriptor, event in self._epoll.poll(0.0 if self._again else self._limits.sweep):
                    self._handle(descriptor, event)
                for _ in range(len(self._again)):
                    self._look_again(self._again.popleft())
                if (now := time.monotonic()) - swept >= self._limits.sweep:
                    swept = now
                    self._sweep(now)
        except Exception as error:
            self.failure = f"the HTTP server's loop failed: {type(error).__name__}: {error}"
            logger.exception("the HTTP server's loop failed")
        finally:
            self._listener.close()
            self._is_done.set()

    def _handle(self, descriptor: int, event: int) -> None:
        if descriptor == self._wake_read:
            os.read(self._wake_read, 4096)
        elif descriptor == self._listener.fileno():
            self._accept_all()
        elif (connection := self._connections.get(descriptor)) is not None:
            self._notice(connection, event)

    def _settle(self) -> bool:
        """Close what waits for nothing; True when nobody is left. Called while stopping."""
        if self._listener.fileno() >= 0:
            # Who has connected already is heard out, even if nobody has accepted the connection yet.
            self._accept_all()
            self._epoll.unregister(self._listener)
            self._listener.close()
            for connection in list(self._connections.values()):
                if connection.state is State.IDLE:
                    self._read(connection)
        for connection in list(self._connections.values()):
            with connection.lock:
                is_idle = connection.state in _WAITING
            if is_idle:
                self._close(connection)
        return not self._connections

    def _accept_all(self) -> None:
        for _ in range(64):
            try:
                client, address = self._listener.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                    self._accept_without_room()
                    return
                # A client that left before it was accepted.
                continue
            self.counts["accepted"] += 1
            limit = self._limits.connections
            has_room = len(self._connections) < limit or self._make_room()
            if not has_room and len(self._connections) >= limit + self._limits.reserve:
                self._turn_away(client)
                continue
            client.setblocking(False)
            connection = Connection(client, address, self._limits.body)
            connection.is_for_operators = not has_room
            connection.become(State.IDLE, self._limits.idle)
            descriptor = client.fileno()
            self._connections[descriptor] = connection
            self._epoll.register(descriptor, _IN)

    def _accept_without_room(self) -> None:
        """No descriptor is left: let go of an idle connection, else tell the next client so."""
        if self._make_room():
            return
        if self._spare is None:
            # Not even the spare one; try again when somebody has let go of one.
            self._epoll.modify(self._listener, 0)
            self._deafness = time.monotonic() + self._limits.sweep
            return
        os.close(self._spare)
        self._spare = None
        try:
            client, _ = self._listener.accept()
            self._turn_away(client)
        except OSError as error:
            logger.debug("a client could not even be turned away: %s", error)
        self._take_spare()

    def _take_spare(self) -> None:
        try:
            self._spare = os.open(os.devnull, os.O_RDONLY)
        except OSError:
            self._spare = None

    def _make_room(self) -> bool:
        """Close the connection that has been idle for longest, else one that sends too slowly."""
        now = time.monotonic()

        # A connection that has just come is about to send its request.
        candidates = [
            one
            for one in list(self._connections.values())
            if one.state in _GIVE_WAY and now - one.since >= self._limits.patience
        ]
        oldest = min(candidates, key=lambda one: (one.state is State.READING, one.since), default=None)
        if oldest is None:
            return False
        with oldest.lock:
            if oldest.state is State.BUSY:
                return False
        self.counts["evicted"] += 1
        self._close(oldest)
        return True

    def _turn_away(self, client: socket.socket) -> None:
        self.counts["refused"] += 1
        try:
            client.setblocking(False)
            client.send(refusal(503, "the service has no connection left", retry_after=1))
            client.shutdown(socket.SHUT_WR)
            client.recv(_PART)
        except OSError:
            pass
        client.close()

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

    def _lose(self, connection: Connection) -> None:
        """Forget a client that is gone: its request is not started any more, and its reply is not sent."""
        connection.gone = True
        if (pending := connection.pending) is not None:
            pending.abandon()
            self._close(connection)

    def _probe(self, connection: Connection) -> None:
        """Find out whether a client that ended its side still listens: one that does not resets this.

        An interim response is the only thing that may be sent before the answer, and clients pass over it.
        """
        connection.is_probed = True
        try:
            connection.socket.send(CONTINUE)
        except OSError:
            self._lose(connection)

    def _look_again(self, connection: Connection) -> None:
        """Go on with a connection whose answer was sent, or which had more to read than fits into a turn."""
        if connection.is_closed or connection.state is State.BUSY:
            return
        if connection.out:
            self._epoll.modify(connection.socket, _IN | select.EPOLLOUT)
            return
        if connection.reader.complete:
            self._dispatch(connection)
        elif connection.state is not State.WRITING:
            self._read(connection)

    def _read(self, connection: Connection) -> None:
        for _ in range(_PARTS_AT_ONCE):
            try:
                data = connection.socket.recv(_PART)
            except BlockingIOError:
                return
            except OSError:
                self._close(connection)
                return
            if not data:
                self._hear_end(connection)
                return
            if connection.state is State.LINGERING:
                continue
            if not self._take(connection, data):
                return
            if len(data) < _PART and not connection.saw_end:
                return
        self._again.append(connection)

    def _take(self, connection: Connection, data: bytes) -> bool:
        """Read what arrived; True if more may be read now."""
        reader = connection.reader
        had_head = reader.has_head
        try:
            reader.feed(data)
        except RefusedError as error:
            self._refuse(connection, error.status, str(error))
            return False
        if reader.complete:
            self._dispatch(connection)
            return False
        if connection.is_for_operators and reader.has_head:
            self._refuse(connection, 503, "the service has no connection left")
            return False
        if reader.wants_continue and not had_head:
            reader.wants_continue = False
            self._send_continue(connection)
        if connection.state is State.IDLE:
            connection.become(State.READING, self._limits.head)
        if reader.has_head and not had_head:
            connection.deadline = time.monotonic() + self._limits.body_seconds + reader.declared / (1 << 20)
        if reader.has_head and reader.buffered > 1 << 20 and self._buffered() > self._limits.bodies:
            self._refuse(connection, 503, "the service receives too many large bodies at a time")
            return False
        return True

    def _buffered(self) -> int:
        return sum(connection.reader.buffered for connection in list(self._connections.values()))

    def _hear_end(self, connection: Connection) -> None:
        if connection.state is State.LINGERING or not connection.reader.is_begun:
            self._close(connection)
        else:
            self._refuse(connection, 400, "the request was cut off")

    def _dispatch(self, connection: Connection) -> None:
        """Give the next request of a connection to the crew that answers it."""
        request = connection.reader.complete.popleft()
        connection.noticed = False
        with connection.lock:
            connection.become(State.BUSY, _FOREVER)
        self.counts["requests"] += 1
        path = request.path
        if path.endswith(OPERATIONS):
            crew = self._operating
        elif connection.is_for_operators:
            self._refuse(connection, 503, "the service has no connection left")
            return
        else:
            crew = self._blocking if path.endswith(BLOCKING) else self._computing
        crew.give(lambda: self._answer(connection, request))

    def _send_continue(self, connection: Connection) -> None:
        try:
            connection.socket.send(CONTINUE)
        except OSError:
            self._close(connection)

    def _refuse(self, connection: Connection, status: int, why: str) -> None:
        """Answer a request that can't be read, and read nothing more of it."""
        self.counts["refused"] += 1
        logger.debug("a request was answered with %d: %s", status, why)
        connection.then_closes = connection.then_lingers = True
        self._send(connection, refusal(status, why, 1 if status == 503 else None))

    def _write(self, connection: Connection) -> None:
        try:
            while connection.out:
                sent = connection.socket.send(connection.out[: 1 << 20])
                connection.out = connection.out[sent:]
                connection.deadline = time.monotonic() + self._limits.write
        except BlockingIOError:
            return
        except OSError:
            self._close(connection)
            return
        self._epoll.modify(connection.socket, _IN)
        self._after_answer(connection)

    def _sweep(self, now: float) -> None:
        """End everything that takes too long: idle connections close, a request under way gets an error."""
        if self._deafness and now > self._deafness and not self._is_stopping.is_set():
            self._deafness = 0.0
            self._epoll.modify(self._listener, select.EPOLLIN)
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

    # Any thread.

    def _wake(self) -> None:
        try:
            os.write(self._wake_write, b"\0")
        except BlockingIOError:
            # It is awake already, with much to do.
            pass

    def _answer(self, connection: Connection, request: Request) -> None:
        """Call the application; a thread of a crew does so."""
        if connection.gone:
            self._close(connection)
            return
        environ = self._gateway.environ(request, connection.address)
        later: list[Pending] = []
        if self._finish is not None:
            environ[LATER] = later
        try:
            status, headers, body = self._gateway.respond(environ)
        except Exception:
            logger.exception("the application failed to answer a request")
            connection.then_closes = True
            self._send(connection, refusal(500, "something went wrong in the service"))
            return
        if later:
            self._answer_later(connection, request, environ, later[0])
        else:
            self._send_response(connection, request, status, headers, body)

    def _answer_later(
        self, connection: Connection, request: Request, environ: dict[str, Any], pending: Pending
    ) -> None:
        """Hold no thread until the answer is known, or its time is over."""
        once = threading.Lock()

        def go_on() -> None:
            if once.acquire(blocking=False):
                self._computing.give(lambda: self._finish_answer(connection, request, environ, pending))

        connection.pending, connection.overdue = pending, go_on
        connection.deadline = pending.until
        if connection.gone:
            pending.abandon()
        pending.when_complete(go_on)

    def _finish_answer(
        self, connection: Connection, request: Request, environ: dict[str, Any], pending: Pending
    ) -> None:
        connection.pending = connection.overdue = None
        if connection.gone:
            self._close(connection)
            return
        assert self._finish is not None  # noqa: S101 - without it nothing is put off
        status, headers, body = self._gateway.respond(environ, self._finish(environ, pending))
        self._send_response(connection, request, status, headers, body)

    def _send_response(
        self, connection: Connection, request: Request, status: str, headers: list[Any], body: bytes
    ) -> None:
        keeps_alive = request.keeps_alive and not self._is_stopping.is_set()
        connection.then_closes = not keeps_alive
        # A request refused before its end is still being sent.
        connection.then_lingers = request.size > self._limits.body
        is_head = request.method == b"HEAD"
        self._send(connection, as_bytes(status, headers, body, is_head=is_head, keeps_alive=keeps_alive))

    def _send(self, connection: Connection, data: bytes) -> None:
        try:
            # Under the lock, as the number of a socket that is closed meanwhile may be another client's.
            with connection.lock:
                sent = connection.socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._close(connection)
            return
        if sent < len(data):
            connection.out = memoryview(data)[sent:]
            with connection.lock:
                connection.become(State.WRITING, self._limits.write)
            self._again.append(connection)
            self._wake()
            return
        self._after_answer(connection)

    def _after_answer(self, connection: Connection) -> None:
        if connection.then_closes:
            if connection.then_lingers and not connection.saw_end:
                self._linger(connection)
            else:
                self._close(connection)
            return
        with connection.lock:
            connection.become(State.IDLE, self._limits.idle)
            has_more = connection.noticed or connection.saw_end or connection.reader.complete
            if connection.reader.is_begun:
                connection.become(State.READING, self._limits.head)
        if has_more or self._is_stopping.is_set():
            self._again.append(connection)
            self._wake()

    def _linger(self, connection: Connection) -> None:
        """Read on for a while: closing with unread bytes would take the answer away from the client."""
        try:
            connection.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(connection)
            return
        with connection.lock:
            connection.become(State.LINGERING, self._limits.linger)
        self._again.append(connection)
        self._wake()

    def _close(self, connection: Connection) -> None:
        with connection.lock:
            if connection.is_closed:
                return
            connection.is_closed = True
            # First forgotten, then closed: its number may belong to the next client at once.
            self._connections.pop(connection.socket.fileno(), None)
            connection.socket.close()
        if self._is_stopping.is_set():
            self._wake()
