"""The HTTP server: one thread reads and writes, a crew of others computes the answers.

    clients ── loop: accepts, reads whole requests, within deadlines ──► crew: the application
                 ▲                                                        │
                 └───────────── idle again, or more to write ◄────────────┘

A request takes a thread when all of it is there, and gives it back while it waits for its scores. The loop
itself answers requests that the shortcut can answer at once. So a client that stalls, drips or goes away
costs a connection at most. Connections are bounded too: the one that has been idle for longest makes room for
a new one.
"""

from __future__ import annotations

import logging
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from typing import Any

from rule_rm.web.front.adopting import Adopting
from rule_rm.web.front.connections import Caller, Connection, State
from rule_rm.web.front.crew import Crew
from rule_rm.web.front.gateway import CALLER, LATER, Gateway, WsgiApp
from rule_rm.web.front.limits import Limits
from rule_rm.web.front.requests import Request, refusal
from rule_rm.web.front.shortcut import Pending, Response, Shortcut

logger = logging.getLogger(__name__)

OPERATIONS = (b"/ready", b"/health", b"/metrics")
"""Ends of the paths that a thread of their own answers, even if all others are busy."""
BLOCKING = (b"/run_code", b"/test_program", b"/test_program_stdio", b"/graders/run", b"/reload")
"""Ends of the paths whose threads wait: for a program, for a judge of a grader, or for rewards to load."""
_FOREVER = float("inf")


Finish = Callable[[dict[str, Any], Any], WsgiApp]
"""Makes a WSGI application of a pending answer that is known by now."""


class HttpServer(Adopting):
    """A server of a WSGI application, until it is stopped."""

    def __init__(
        self,
        app: WsgiApp,
        listener: socket.socket,
        limits: Limits,
        finish: Finish | None = None,
        shortcut: Shortcut | None = None,
        tls: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        """Serve from a listening socket. Raises ConfigurationError if there are no threads left."""
        host, port = listener.getsockname()[:2]
        super().__init__(listener, limits, tls)
        self._gateway = Gateway(app, host, port, "http" if tls is None else "https")
        self._finish = finish
        self._shortcut = shortcut
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
        self._listen()
        self._epoll.register(self._wake_read, select.EPOLLIN)
        self._loop.start()

    def stop(self) -> None:
        """Accept no more connections; requests that are under way get their answers."""
        self._is_stopping.set()
        self._wake()

    def wait(self, timeout: float) -> bool:
        """Wait after `stop` until everything is answered; return False after `timeout` seconds."""
        finished = self._is_done.wait(timeout)
        for connection in list(self._connections.values()):
            self._close(connection)
        for channel in list(self._channels.values()):
            self._close_channel(channel)
        for crew in self._crews:
            crew.close()
        return finished

    def is_alive(self) -> bool:
        """Return True if the loop runs."""
        return self._loop.is_alive() and self.failure is None

    def state(self) -> dict[str, int]:
        """Return the entry for `/health`: connections by their state, and counts of outcomes."""
        return {**self.states(), "queued": self._computing.waiting, **self.counts}

    @property
    def limits(self) -> Limits:
        """The limits of its clients."""
        return self._limits

    def _dispatch(self, connection: Connection) -> None:
        """Give the next request of a connection to the crew that answers it."""
        request = connection.reader.complete.popleft()
        with connection.lock:
            connection.become(State.BUSY, _FOREVER)
        self.counts["requests"] += 1
        path = request.path
        if path.endswith(OPERATIONS):
            crew = self._operating
        elif connection.is_for_operators:
            self._refuse(connection, 503, "the service has no connection left")
            return
        elif self._shortcut is not None and (route := self._shortcut.route(request)) is not None:
            if route.is_short:
                self._hurry(self._shortcut, connection, request, route)
            else:
                shortcut = self._shortcut
                self._computing.give(lambda: self._hurry(shortcut, connection, request, route))
            return
        else:
            crew = self._blocking if path.endswith(BLOCKING) else self._computing
        caller = connection.pending = Caller() if crew is self._blocking else None
        crew.give(lambda: self._answer(connection, request, caller))

    def _hurry(self, shortcut: Shortcut, connection: Connection, request: Request, route: Any) -> None:
        """Answer by the shortcut: in the loop's thread if that is short, else in one of a crew."""
        if connection.gone:
            self._close(connection)
            return
        begun = self._guarded(shortcut, connection, request, route, lambda: shortcut.begin(request, route))
        if isinstance(begun, tuple):
            self._send_response(connection, request, *begun)
        elif begun is not None:
            give = self._do_soon if route.is_short else self._computing.give
            self._wait_for(
                connection, begun, lambda: give(lambda: self._hurry_on(shortcut, connection, request, begun))
            )

    def _hurry_on(
        self, shortcut: Shortcut, connection: Connection, request: Request, pending: Pending
    ) -> None:
        connection.pending = connection.overdue = None
        if connection.gone:
            self._close(connection)
            return
        response = self._guarded(shortcut, connection, request, pending, lambda: shortcut.finish(pending))
        if response is not None:
            self._send_response(connection, request, *response)

    def _guarded(
        self,
        shortcut: Shortcut,
        connection: Connection,
        request: Request,
        asked: Any,
        call: Callable[[], Any],
    ) -> Any:
        """Return what a call returns, or the response to its error; None if even that one was sent."""
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - the application answers all of them
            failure = error
        environ = self._gateway.environ(request, connection.address)

        def refuse(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            return shortcut.refused(environ, failure, asked)(environ, start_response)

        return self._respond(connection, environ, refuse)

    def _answer(self, connection: Connection, request: Request, caller: Caller | None) -> None:
        """Call the application, in a thread of a crew."""
        if connection.gone:
            self._close(connection)
            return
        environ = self._gateway.environ(request, connection.address)
        later: list[Pending] = []
        if self._finish is not None:
            environ[LATER] = later
        if caller is not None:
            environ[CALLER] = caller
        response = self._respond(connection, environ)
        if self._has_gone(connection) or response is None:
            return
        if later:
            pending = later[0]
            self._wait_for(
                connection,
                pending,
                lambda: self._computing.give(
                    lambda: self._finish_answer(connection, request, environ, pending)
                ),
            )
        else:
            self._send_response(connection, request, *response)

    def _has_gone(self, connection: Connection) -> bool:
        """Ask the client no more whether it is there; return True, and close the connection, if it is not."""
        with connection.lock:
            connection.pending = None
        if connection.gone:
            self._close(connection)
        return connection.gone

    def _respond(
        self, connection: Connection, environ: dict[str, Any], app: WsgiApp | None = None
    ) -> Response | None:
        """Return the application's response; None if it failed and the client has a 500."""
        try:
            return self._gateway.respond(environ, app)
        except Exception:
            logger.exception("the application failed to answer a request")
            connection.then_closes = True
            self._send(connection, refusal(500, "something went wrong in the service"))
            return None

    def _wait_for(self, connection: Connection, pending: Pending, when_known: Callable[[], object]) -> None:
        """Hold no thread until the answer is known, or its time is over."""
        once = threading.Lock()

        def go_on() -> None:
            if once.acquire(blocking=False):
                when_known()

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
        response = self._respond(connection, environ, self._finish(environ, pending))
        if response is not None:
            self._send_response(connection, request, *response)
