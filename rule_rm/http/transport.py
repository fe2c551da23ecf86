"""Send one HTTP request to a server and read its reply before a deadline, over kept connections.

The connections are urllib3's, without its pool and without requests.

Nothing comes from the environment unless the caller passes a `proxy`. A proxy for downloads must not come
between a trainer and its reward server, and a .netrc must not replace the token. Redirects are not followed,
since the key would go with them.

Idle connections form a stack. Appending and popping are atomic, so no lock is needed, and surplus connections
age at the bottom.
"""

from __future__ import annotations

import os
import ssl
import warnings
import weakref
from collections import deque
from collections.abc import Mapping
from http.client import HTTPException, RemoteDisconnected
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from urllib3.exceptions import HTTPError, InsecureRequestWarning, NameResolutionError, NewConnectionError
from urllib3.exceptions import TimeoutError as Urllib3TimeoutError
from urllib3.util import Url

from rule_rm.errors import InternalError
from rule_rm.http.connections import Connection, TLSConnection
from rule_rm.http.proxies import Proxy

MAX_IDLE_CONNECTIONS = 512
"""Idle connections kept per server; more than any client has in flight by default (256)."""
MAX_REPLY_BYTES = 64 << 20
"""Bytes of the longest reply that is read: 64 MiB, far above the details of the largest batch."""
_STALE = (
    ConnectionResetError,
    BrokenPipeError,
    RemoteDisconnected,
    ssl.SSLEOFError,
    ssl.SSLZeroReturnError,
)
"""The errors of a kept connection that the server closed while it was idle."""


class ExchangeError(InternalError):
    """No whole reply arrived. The message names the server but holds no key and no part of the reply."""

    def __init__(self, kind: str, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        """untrusted (its certificate), unreachable, reset, timeout or too_large."""
        self.status = status
        """The HTTP status, if one arrived."""


class HTTPReply(NamedTuple):
    """A server's reply of any status."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class Transport:
    """The connections to one server. Threads may share it; a forked process opens its own."""

    def __init__(
        self,
        base: Url,
        headers: Mapping[str, str],
        *,
        tls: ssl.SSLContext | None = None,
        proxy: Proxy | None = None,
        longest_reply: int | None = None,
        name: str | None = None,
        deadline_header: str | None = None,
    ) -> None:
        """Send to `base`: the host, a path before that of each request, and a query after it.

        `tls` is the default context for https if None. `longest_reply` is in bytes. `name` is the address for
        messages; by default the base without its query, which may hold a token. `deadline_header` is the name
        of a header with the seconds that are left for a request, if the server reads one.
        """
        self._base = base
        self._query = f"?{base.query}" if base.query else ""
        self._tls = (tls or tls_context(True)) if base.scheme == "https" else None
        self._proxy = proxy
        self._longest = longest_reply
        self._deadline_header = deadline_header
        self._headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "rule_rm",
            **headers,
        }
        self.name = name or base._replace(query=None).url
        self._is_closed = False
        self._start()

    def _start(self) -> None:
        self._idle: deque[Connection] = deque()
        self._pid = os.getpid()
        # A client that is dropped without `close`, or closed during a request, leaves none open.
        weakref.finalize(self, _close_all, self._idle)

    def exchange(self, method: str, path: str, body: bytes | None, until: float) -> HTTPReply:
        """Send a request and return the reply, before `until` on the monotonic clock.

        Name resolution and TLS handshakes alone can outlast it. Raises ExchangeError if no whole reply came.
        """
        if self._pid != os.getpid():
            # Two processes on one connection would read each other's replies.
            self._start()
        try:
            return self._exchange(method, f"{self._base.path or ''}{path}{self._query}", body, until)
        except (OSError, HTTPException, HTTPError) as error:
            raise self._failure(error, until) from error

    def close(self, *, for_good: bool = True) -> None:
        """Close the idle connections, and those in use once their reply is read if it is `for_good`."""
        self._is_closed = for_good
        while (connection := self._pop()) is not None:
            connection.close()

    def _exchange(self, method: str, target: str, body: bytes | None, until: float) -> HTTPReply:
        idle = self._pop()
        if idle is not None:
            try:
                return self._once(idle, method, target, body, until)
            except _STALE:
                # The server closed it while it was idle, which says nothing about the server.
                pass
        return self._once(self._connect(until), method, target, body, until)

    def _pop(self) -> Connection | None:
        """Return an idle connection that the server has not visibly closed."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:
                break
            if connection.is_connected:
                return connection
            connection.close()
        return None

    def _connect(self, until: float) -> Connection:
        connection = self._connection(_left(until))
        try:
            connection.connect()
        except BaseException:
            connection.close()
            raise
        if self._tls is not None and not connection.is_verified:
            message = f"{self.name} is not verified: verify=False trusts whoever answers there"
            warnings.warn(message, InsecureRequestWarning, stacklevel=2)
        return connection

    def _connection(self, timeout: float) -> Connection:
        """Make a connection that is not connected yet, through the proxy if there is one."""
        host = (self._base.host or "").strip("[]")
        port = self._base.port or (443 if self._tls else 80)
        at, at_port = (self._proxy.host, self._proxy.port) if self._proxy else (host, port)
        if self._tls is None:
            return Connection(at, at_port, timeout=timeout)
        connection = TLSConnection(at, at_port, timeout=timeout, ssl_context=self._tls)
        if self._proxy is not None:
            connection.set_tunnel(host, port, headers=self._proxy.headers)
        return connection

    def _once(
        self, connection: Connection, method: str, target: str, body: bytes | None, until: float
    ) -> HTTPReply:
        response = None
        is_whole = False
        headers = self._headers
        if self._proxy is not None and self._tls is None:
            # Without TLS there is no tunnel: the proxy is asked for the whole address.
            target = f"http://{self._base.netloc}{target}"
            headers = {**headers, **self._proxy.headers}
        longest = MAX_REPLY_BYTES if self._longest is None else self._longest
        try:
            connection.timeout = _left(until)
            connection.sock.settimeout(connection.timeout)
            if self._deadline_header is not None:
                headers = {**headers, self._deadline_header: f"{connection.timeout:.3f}"}
            connection.request(method, target, body, headers, preload_content=False)
            connection.timeout = _left(until)
            response = connection.getresponse()
            data = response.read(longest + 1)
            if len(data) > longest:
                message = f"{self.name} answered more than {longest} bytes"
                raise ExchangeError("too_large", message, response.status)
            is_whole = True
        finally:
            if is_whole and connection.sock is not None and self._keeps():
                self._idle.append(connection)
            else:
                connection.close()
                if response is not None:
                    # A reply that ends with its connection has taken the socket over.
                    response.close()
        return HTTPReply(response.status, response.headers, data)

    def _keeps(self) -> bool:
        return not self._is_closed and len(self._idle) < MAX_IDLE_CONNECTIONS

    def _failure(self, error: Exception, until: float) -> ExchangeError:
        """Return the exception for an error of the connection."""
        reasons = (error, *error.args, error.__cause__, error.__context__)
        if any(isinstance(reason, ssl.SSLCertVerificationError) for reason in reasons):
            return ExchangeError("untrusted", f"{self.name} can't be trusted: {error}")
        # In older urllib3 the error of a refused connection is a kind of timeout, so it comes first.
        if isinstance(error, NameResolutionError):
            kind, why = "unreachable", "its host is not known"
        elif isinstance(error, NewConnectionError):
            kind, why = "unreachable", str(error.__cause__)
        elif isinstance(error, (TimeoutError, Urllib3TimeoutError)):
            what = "did not reply" if monotonic() >= until else "can't be reached"
            return ExchangeError("timeout", f"{self.name} {what} in time")
        else:
            kind, why = "reset", f"it broke off: {error}"
        return ExchangeError(kind, f"{self.name} can't be reached: {why}")


def tls_context(verify: bool | str) -> ssl.SSLContext:
    """Return a context that trusts the system's store (True), a CA file or directory, or anyone (False)."""
    if isinstance(verify, str):
        if Path(verify).is_dir():
            return ssl.create_default_context(capath=verify)
        return ssl.create_default_context(cafile=verify)
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _close_all(connections: deque[Connection]) -> None:
    while connections:
        connections.pop().close()


def _left(until: float) -> float:
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left
