"""One HTTP exchange that ends at its deadline, over connections that are kept and shared by threads.

It stands on urllib3's PoolManager, not on requests: the pool is made to be shared by threads, and it takes
nothing from the environment. A proxy set for downloads must not come between a trainer and its reward server,
nor a .netrc replace the token.

A socket's timeout starts anew with every byte, so a server that trickles could hold a trainer for ever. Here
what is left until the deadline is set before each read.
"""

from __future__ import annotations

import io
import os
import ssl
from collections.abc import Mapping
from http.client import HTTPResponse
from pathlib import Path
from socket import socket
from time import monotonic
from typing import Any, NamedTuple, cast

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Timeout
from urllib3 import exceptions as http_errors
from urllib3.connection import HTTPConnection, HTTPSConnection

from rule_rm.errors import RemoteRewardError
from rule_rm.http.endpoints import Endpoint

CONNECT_TIMEOUT = 10.0
"""Seconds for one connection to be made: scoring may take long, connecting may not."""
MAX_IDLE_CONNECTIONS = 64
MAX_REPLY_BYTES = 64 << 20


class PassingError(RemoteRewardError):
    """A failure that can pass: the same request may succeed later, but not before `retry_after` seconds."""

    def __init__(self, message: str, status_code: int | None = None, retry_after: float = 0.0) -> None:
        super().__init__(message, status_code)
        self.retry_after = retry_after


class Reply(NamedTuple):
    """What a server answered, whatever the status."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class Transport:
    """The connections to a few servers. Threads may share it, and a forked process opens its own."""

    def __init__(self, servers: int, tls: ssl.SSLContext | None) -> None:
        self._servers = servers
        self._tls = tls
        self._open()

    def _open(self) -> None:
        self._pool = PoolManager(self._servers, maxsize=MAX_IDLE_CONNECTIONS, ssl_context=self._tls)
        self._pool.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}
        self._pid = os.getpid()

    def post(self, endpoint: Endpoint, body: bytes, headers: Mapping[str, str], deadline: float) -> Reply:
        """Send a request and read the reply, until `deadline` on the monotonic clock.

        Name resolution and TLS handshakes alone can outlast it. Raises PassingError for a connection that
        can't be made or breaks, and RemoteRewardError for what will not be better next time.
        """
        if self._pid != os.getpid():
            # Two processes on one connection would read each other's replies.
            self._open()
        try:
            response = self._pool.urlopen(
                "POST",
                endpoint.url,
                body=body,
                headers=headers,
                timeout=Timeout(total=max(deadline - monotonic(), 0.001)),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            data = response.read(MAX_REPLY_BYTES + 1)
        except (http_errors.TimeoutError, http_errors.ProtocolError, http_errors.SSLError) as error:
            if any(isinstance(reason, ssl.SSLCertVerificationError) for reason in error.args):
                raise RemoteRewardError(f"{endpoint} can't be trusted: {error}") from error
            raise PassingError(f"{endpoint} can't be reached: {error}") from error
        except http_errors.HTTPError as error:
            raise RemoteRewardError(f"{endpoint}: {type(error).__name__}: {error}") from error
        if len(data) > MAX_REPLY_BYTES:
            response.close()
            raise RemoteRewardError(f"{endpoint} answered more than {MAX_REPLY_BYTES} bytes", response.status)
        return Reply(response.status, response.headers, data)

    def close(self) -> None:
        """Close the connections that are kept. A later request opens new ones."""
        self._pool.clear()


def tls_context(verify: bool | str) -> ssl.SSLContext:
    """True trusts the system's store, a text the CA certificates in that file or directory, False anyone."""
    if isinstance(verify, str):
        if Path(verify).is_dir():
            return ssl.create_default_context(capath=verify)
        return ssl.create_default_context(cafile=verify)
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class _UntilDeadline(io.RawIOBase):
    """The incoming half of a socket, until the timeout that it has now is over."""

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
    """A connection whose replies end at the deadline; messages of urllib3 name the class."""

    response_class = _Response

    def connect(self) -> None:
        """Connect within the connect timeout, and send within all the time there is.

        urllib3 would send within the connect timeout too, too short for a large batch on a busy line.
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


class _Pool(HTTPConnectionPool):
    ConnectionCls = Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = TLSConnection
