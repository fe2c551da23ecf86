"""Connections whose replies end at a deadline.

A socket's timeout restarts with every byte, so a slow trickle could hold the caller forever. Here the
remaining time is set before each read.
"""

from __future__ import annotations

import io
from http.client import HTTPResponse
from socket import socket
from time import monotonic
from typing import Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection

CONNECT_TIMEOUT = 10.0
"""Seconds to make one connection: scoring may take long, connecting may not."""


class _UntilDeadline(io.RawIOBase):
    """The incoming half of a socket, which raises TimeoutError when the socket's present timeout is over."""

    def __init__(self, sock: socket, incoming: io.RawIOBase) -> None:
        self._sock = sock
        self._incoming = incoming
        self._deadline = monotonic() + (sock.gettimeout() or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        return cast("int | None", self._incoming.readinto(buffer))

    def close(self) -> None:
        self._incoming.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, sock: socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_UntilDeadline(sock, self.fp.detach()))


class Connection(HTTPConnection):
    """A connection whose replies end at the deadline; urllib3's messages show this class's name."""

    response_class = _Response

    def connect(self) -> None:
        """Connect within the connect timeout; send within all the time there is.

        urllib3 would also send within the connect timeout, too short for a large batch on a busy line.
        """
        whole = self.timeout
        self.timeout = min(whole or CONNECT_TIMEOUT, CONNECT_TIMEOUT)
        try:
            super().connect()
        finally:
            self.timeout = whole
        self.sock.settimeout(whole)


class TLSConnection(Connection, HTTPSConnection):
    """The same over TLS."""
