"""Write to clients: answers, refusals, the rest of either, and the end of a connection."""

from __future__ import annotations

import logging
import os
import select
import socket
import threading
import time
from collections import Counter, deque
from typing import Any

from rule_rm.web.front.connections import Connection, State
from rule_rm.web.front.gateway import as_bytes
from rule_rm.web.front.limits import Limits
from rule_rm.web.front.requests import Request, refusal

logger = logging.getLogger(__name__)

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
NO_ROOM = refusal(503, "the service has no connection left", retry_after=1)
PART = 1 << 16
"""Bytes that are read at a time."""
WATCHED = select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLET
"""The events of a connection, each reported once, when it comes."""


class Writing:
    """The connections of a server, with the answers written to them. Any thread may write an answer."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._epoll = select.epoll()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._connections: dict[int, Connection] = {}
        self._again: deque[Connection] = deque()
        """Connections that the loop should look at although no event came."""
        self._is_stopping = threading.Event()
        self._looping: int | None = None
        """The thread of the loop, which need not be woken by itself."""
        self.counts = Counter(dict.fromkeys(("accepted", "refused", "timed_out", "evicted", "requests"), 0))

    def states(self) -> dict[str, int]:
        """Return how many connections there are, in all and by state."""
        states = [connection.state for connection in list(self._connections.values())]
        return {"connections": len(states), **{state.name.lower(): states.count(state) for state in State}}

    def _wake(self) -> None:
        if threading.get_ident() == self._looping:
            return
        try:
            os.write(self._wake_write, b"\0")
        except BlockingIOError:
            # It is awake already, with much to do.
            pass

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

    def _turn_away(self, client: socket.socket) -> None:
        self.counts["refused"] += 1
        try:
            client.setblocking(False)
            # A client that expects TLS reads none of it, and sees the connection end.
            client.send(NO_ROOM)
            client.shutdown(socket.SHUT_WR)
            client.recv(PART)
        except OSError:
            pass
        client.close()

    def _probe(self, connection: Connection) -> None:
        """Find out whether a client that ended its side still listens: one that does not resets this.

        An interim response is the only thing that may be sent before the answer, and clients pass over it.
        """
        connection.is_probed = True
        try:
            with connection.lock:
                if connection.pending is not None:
                    connection.socket.send(CONTINUE)
        except OSError:
            self._lose(connection)

    def _lose(self, connection: Connection) -> None:
        """Forget a client that is gone: its request is not started any more, and its reply is not sent."""
        connection.gone = True
        if (pending := connection.pending) is not None:
            pending.abandon()
            self._close(connection)

    def _send_response(
        self, connection: Connection, request: Request, status: str, headers: list[Any], body: bytes
    ) -> None:
        """Send a response, and say whether the connection is kept."""
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
        self._epoll.modify(connection.socket, WATCHED)
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
            reader = connection.reader
            has_more = connection.noticed or connection.saw_end or reader.complete or reader.refusal
            if reader.is_begun:
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
