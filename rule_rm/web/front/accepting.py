"""Accept clients, as many as there is room for, and turn the others away."""

from __future__ import annotations

import errno
import logging
import os
import select
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable

from rule_rm.web.front.connections import Connection, State
from rule_rm.web.front.limits import Limits
from rule_rm.web.front.tls import TlsSocket
from rule_rm.web.front.writing import NO_ROOM, WATCHED, Writing

logger = logging.getLogger(__name__)

ACCEPTED_AT_ONCE = 16
"""Clients that are accepted in a turn: of several processes at one port, an idle one takes the others."""
WAITING = (State.IDLE, State.LINGERING)
_SORT_PAUSE = 0.05
"""Seconds after which the connections are looked at again, if none of them could make room."""
_GIVE_WAY = (*WAITING, State.READING)
_LISTENED = select.EPOLLIN | select.EPOLLEXCLUSIVE
"""The events of the listening socket: of the processes that wait for a client, one is woken."""


class Accepting(Writing):
    """The listening socket, and the room for those who connect to it."""

    def __init__(
        self,
        listener: socket.socket,
        limits: Limits,
        tls: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        super().__init__(limits)
        self._tls = tls
        self._listener = listener
        listener.setblocking(False)
        # Connections inherit it.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._spare: int | None = os.open(os.devnull, os.O_RDONLY)
        """A descriptor in reserve, with which a client can be refused when there is no other."""
        self._giving_way: deque[tuple[float, int]] = deque()
        """The connections that may be closed to make room: the begin of their state, and their number."""
        self._sorted = 0.0
        """The monotonic time at which they were listed."""
        self._reserved: deque[Connection] = deque()
        """The connections in reserve, the oldest first; some may be closed."""
        self._is_listening = False
        self._deafness = 0.0
        """The monotonic time at which it listens again; 0 if it does."""

    def _read(self, connection: Connection) -> None:
        """Read what a client has sent."""
        raise NotImplementedError

    def _listen(self) -> None:
        """Accept clients from now on."""
        self._deafness = 0.0
        if not self._is_listening:
            self._is_listening = True
            self._epoll.register(self._listener, _LISTENED)

    def _be_deaf(self) -> None:
        """Accept nobody until the next sweep."""
        self._deafness = time.monotonic() + self._limits.sweep
        self._stop_listening()

    def _stop_listening(self) -> None:
        if self._is_listening:
            self._is_listening = False
            self._epoll.unregister(self._listener)

    def _accept_all(self) -> bool:
        """Accept those who have connected; return True if there may be more of them."""
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                client, address = self._listener.accept()
            except BlockingIOError:
                return False
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                    self._accept_without_room()
                    return False
                # A client that left before it was accepted.
                continue
            self.counts["accepted"] += 1
            if (connection := self._admit(client, address)) is not None:
                self._begin(connection)
        return True

    def _admit(self, client: socket.socket, address: tuple[str, int]) -> Connection | None:
        """Return the connection of a client; None if there is no room for it, or it is gone."""
        limit = self._limits.connections
        has_room = len(self._connections) < limit or self._make_room()
        if not has_room and len(self._connections) >= limit + self._limits.reserve and not self._relieve():
            self._turn_away(client)
            return None
        client.setblocking(False)
        if (ours := self._secured(client)) is None:
            return None
        connection = Connection(ours, address, self._limits.body)
        connection.is_for_operators = not has_room
        connection.become(State.IDLE, self._limits.idle)
        self._connections[ours.fileno()] = connection
        if not has_room:
            self._reserved.append(connection)
        return connection

    def _begin(self, connection: Connection) -> None:
        """Read what a new client has sent already, then watch it, unless it is answered and gone by now.

        Under load most requests have arrived before they are accepted. An event is reported for what came
        between the reading and the watching.
        """
        self._read(connection)
        self._watch(connection)

    def _watch(self, connection: Connection) -> None:
        with connection.lock:
            if not connection.is_closed:
                self._epoll.register(connection.socket, WATCHED)

    def _secured(self, client: socket.socket) -> socket.socket | TlsSocket | None:
        """Return the socket to use, of TLS if the server speaks it; None if the client is gone."""
        if self._tls is None:
            return client
        try:
            return TlsSocket(client, self._tls())
        except OSError:
            client.close()
            return None

    def _accept_without_room(self) -> None:
        """Let go of an idle connection when no descriptor is left, else tell the next client so."""
        if self._make_room():
            return
        if self._spare is None:
            # Not even the spare one; try again when somebody has let go of one.
            self._be_deaf()
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
        if not self._giving_way and time.monotonic() - self._sorted >= _SORT_PAUSE:
            self._sort()
        while self._giving_way:
            since, number = self._giving_way.popleft()
            connection = self._connections.get(number)
            if connection is None:
                continue
            with connection.lock:
                # It may have sent a request since it was listed, or be another one with its number.
                is_so_still = connection.since == since and connection.state in _GIVE_WAY
            if is_so_still:
                self.counts["evicted"] += 1
                self._close(connection)
                return True
        return False

    def _relieve(self) -> bool:
        """Turn away the client that has been silent in the reserve for longest; return False if none is.

        Those who come for health and readiness ask at once. A crowd that keeps coming must not keep them out.
        """
        for _ in range(len(self._reserved)):
            connection = self._reserved.popleft()
            with connection.lock:
                is_silent = not connection.is_closed and connection.state in _GIVE_WAY
            if is_silent:
                self.counts["evicted"] += 1
                try:
                    connection.socket.send(NO_ROOM)
                except OSError:
                    logger.debug("a client in the reserve had gone")
                self._close(connection)
                return True
            if not connection.is_closed:
                self._reserved.append(connection)
        return False

    def _sort(self) -> None:
        """List the connections that may be closed to make room, in their order.

        One look at all of them serves for many clients: with a crowd, the loop would do nothing else.
        """
        self._sorted = time.monotonic()
        # A connection that has just come is about to send its request.
        latest = self._sorted - self._limits.patience
        found = [
            (one.state is State.READING, one.since, number)
            for number, one in list(self._connections.items())
            if one.state in _GIVE_WAY and one.since <= latest
        ]
        self._giving_way = deque((since, number) for _, since, number in sorted(found))
