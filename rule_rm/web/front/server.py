"""The HTTP server: one thread reads and writes, a crew of others computes the answers.

    clients ── loop: accepts, reads whole requests, within deadlines ──► crew: the application
                 ▲                                                        │
                 └───────────── idle again, or more to write ◄────────────┘

A request takes a thread when all of it is there, and gives it back while it waits for its scores. So a client
that stalls, drips or goes away costs a connection at most. Connections are bounded too: the one that has
been idle for longest makes room for a new one.
"""

from __future__ import annotations

import logging
import select
import socket
import threading
from collections.abc import Callable
from typing import Any, Protocol

from rule_rm.web.front.connections import Connection, State
from rule_rm.web.front.crew import Crew
from rule_rm.web.front.gateway import LATER, Gateway, WsgiApp, as_bytes
from rule_rm.web.front.limits import Limits
from rule_rm.web.front.loop import Loop
from rule_rm.web.front.requests import Request, refusal

logger = logging.getLogger(__name__)

OPERATIONS = (b"/ready", b"/health", b"/metrics")
"""Ends of the paths that a thread of their own answers, even if all others are busy."""
BLOCKING = (b"/run_code", b"/test_program", b"/test_program_stdio")
"""Ends of the paths whose answers take as long as a program runs."""
_FOREVER = float("inf")


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


class HttpServer(Loop):
    """A server of a WSGI application, until it is stopped."""

    def __init__(
        self, app: WsgiApp, listener: socket.socket, limits: Limits, finish: Finish | None = None
    ) -> None:
        """Serve from a listening socket. Raises ConfigurationError if there are no threads left."""
        host, port = listener.getsockname()[:2]
        super().__init__(listener, limits)
        self._gateway = Gateway(app, host, port)
        self._finish = finish
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
