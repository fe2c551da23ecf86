"""A front: accepts clients, answers what it knows, and hands every other client over to the main process.

It has one thread. The main process has the scores before the client has the reply. So a front that is
killed loses nothing but the connections that it holds.
"""

from __future__ import annotations

import logging
import os
import select
import socket
from typing import Any, Protocol

from rule_rm.journal import Journal, Scored
from rule_rm.processes import frames
from rule_rm.web.front import Limits, Request, Response
from rule_rm.web.front.adopting import hand_over
from rule_rm.web.front.connections import Connection, State
from rule_rm.web.front.loop import Loop
from rule_rm.web.front.requests import RefusedError
from rule_rm.web.fronts.orders import Entered, Figures, Line, Message, encode

logger = logging.getLogger(__name__)

MOST_READ = 80 << 10
"""Bytes of an incomplete request above which the main process reads on: no known one is as large."""


class Route(Protocol):
    """The destination of a usual request."""

    @property
    def is_short(self) -> bool:
        """True if it is answered at once."""


class Short(Protocol):
    """Answers usual requests at once, or raises an error."""

    def route(self, request: Request) -> Any:
        """Return the destination of a usual request; None for any other."""

    def begin(self, request: Request, route: Any) -> Any:
        """Return the response."""


class Main:
    """The main process, as a front reaches it. When it is gone, so is the front."""

    def __init__(self, clients: socket.socket, records: socket.socket) -> None:
        self._clients = clients
        self._records = records

    def tell(self, message: Message) -> None:
        """Send a message; wait while the main process has too many."""
        try:
            frames.send(self._records, encode(message))
        except ConnectionError:
            os._exit(1)

    def take_over(self, connection: Connection, read: bytes) -> None:
        """Send a client, with the bytes that were read from it. Raises OSError if it can't be sent."""
        try:
            hand_over(self._clients, connection.socket, connection.address, read)  # type: ignore[arg-type]
        except ConnectionError:
            os._exit(1)


class Relay(Journal):
    """A journal that leaves scored requests to the main process."""

    def __init__(self) -> None:
        super().__init__()
        self._latest: Scored | None = None

    def record(self, scored: Scored) -> None:
        """Keep a request until its reply is there: an error after this is answered by the main process."""
        self._latest = scored

    def take(self) -> Scored | None:
        """Return the latest request, once; None if there is none."""
        latest, self._latest = self._latest, None
        return latest


class Lines(logging.Handler):
    """A handler that leaves the lines of the log to the main process."""

    def __init__(self, main: Main) -> None:
        super().__init__()
        self._main = main

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record as text."""
        self._main.tell(Line(record.name, record.levelno, self.format(record)))


class Front(Loop):
    """The loop of a front process."""

    def __init__(
        self, listener: socket.socket, limits: Limits, express: Short, relay: Relay, main: Main
    ) -> None:
        """Accept from a listening socket that other processes have too."""
        super().__init__(listener, limits)
        self._express = express
        self._relay = relay
        self._main = main
        self._read_so_far: dict[Connection, bytes] = {}
        """The bytes of requests that are not complete."""
        self.counts["handed_over"] = 0

    def serve(self) -> None:
        """Serve until `stop`, and return when no client is left."""
        self._listen()
        self._epoll.register(self._wake_read, select.EPOLLIN)
        self._run()
        self._report()

    def stop(self) -> None:
        """Accept nobody any more, hand over who has begun to send, and end."""
        self._is_stopping.set()
        try:
            os.write(self._wake_write, b"\0")
        except BlockingIOError:
            # It is awake already.
            pass

    def _accept_all(self) -> bool:
        if len(self._connections) < self._limits.connections:
            return super()._accept_all()
        # The others have room, or the main process says that there is none.
        self._pass_on()
        self._be_deaf()
        return False

    def _pass_on(self) -> None:
        """Hand over who has connected: no other process was woken for them."""
        while True:
            try:
                client, address = self._listener.accept()
            except OSError:
                return
            with client:
                self._give(Connection(client, address, self._limits.body), b"")

    def _take(self, connection: Connection, data: bytes) -> bool:
        read = self._read_so_far.pop(connection, b"") + data
        reader = connection.reader
        had_head = reader.has_head
        try:
            reader.feed(data)
        except RefusedError:
            self._hand_over(connection, read)
            return False
        if reader.complete:
            # Two requests can't be read half here and half there, so they go together.
            request = reader.complete.popleft()
            is_all = not reader.complete and not reader.is_begun
            self._answer(connection, request if is_all else None, read)
            return False
        if reader.wants_continue or len(read) > MOST_READ:
            self._hand_over(connection, read)
            return False
        self._read_so_far[connection] = read
        self._await_rest(connection, had_head=had_head)
        return True

    def _answer(self, connection: Connection, request: Request | None, read: bytes) -> None:
        response = None if request is None else self._respond(request)
        if request is None or response is None:
            self._hand_over(connection, read)
            return
        self.counts["requests"] += 1
        connection.become(State.BUSY, float("inf"))
        self._send_response(connection, request, *response)

    def _respond(self, request: Request) -> Response | None:
        """Return the response; None if the main process has to answer."""
        route: Route | None = self._express.route(request)
        if route is None or not route.is_short:
            return None
        self._relay.take()
        try:
            response = self._express.begin(request, route)
        except Exception:  # noqa: BLE001 - the main process answers all errors, and logs them
            return None
        if not isinstance(response, tuple):
            return None
        if (scored := self._relay.take()) is not None:
            self._main.tell(Entered.of(scored))
        return response

    def _hand_over(self, connection: Connection, read: bytes) -> None:
        self._give(connection, read)
        self._forget(connection)
        self._close(connection)

    def _give(self, connection: Connection, read: bytes) -> None:
        self.counts["handed_over"] += 1
        try:
            self._main.take_over(connection, read)
        except OSError as error:
            logger.warning("a client could not be handed over, and is lost: %s", error)

    def _forget(self, connection: Connection) -> None:
        """Watch a socket no longer: it outlives its descriptor here."""
        try:
            self._epoll.unregister(connection.socket)
        except (FileNotFoundError, ValueError):
            # It has just come, and was not watched yet.
            return

    def _close(self, connection: Connection) -> None:
        self._read_so_far.pop(connection, None)
        super()._close(connection)

    def _settle(self) -> bool:
        """Leave the port, and all who wait or send, to the main process, which goes on listening."""
        if self._is_open():
            self._stop_listening()
            self._pass_on()
            self._listener.close()
        for connection in list(self._connections.values()):
            if connection.state in (State.IDLE, State.READING):
                self._hand_over(connection, self._read_so_far.get(connection, b""))
        return super()._settle()

    def _sweep(self, now: float) -> None:
        super()._sweep(now)
        self._report()

    def _report(self) -> None:
        self._main.tell(Figures(self.states(), dict(self.counts)))
