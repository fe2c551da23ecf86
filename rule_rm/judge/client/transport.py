"""One HTTP exchange with an endpoint that ends at its deadline, over connections that are kept.

The connections are those of the package's client: urllib3's, with the rest of the time set before each read,
so that a reply which trickles ends at the deadline as well. They take nothing from the environment: no proxy
and no .netrc comes between the server and its judge. Redirects are not followed, as the key would go with
them.

Kept connections lie on a stack. No lock is needed for that, and those on its ground grow old unused.
"""

from __future__ import annotations

import ssl
from collections import deque
from collections.abc import Mapping
from http.client import HTTPException, RemoteDisconnected
from time import monotonic
from typing import NamedTuple

from urllib3.exceptions import HTTPError, InvalidHeader, NameResolutionError, NewConnectionError
from urllib3.exceptions import TimeoutError as Urllib3TimeoutError
from urllib3.util import Retry, Url

from rule_rm.http.transport import Connection, TLSConnection, tls_context
from rule_rm.judge.client.failure import Failure

MAX_REPLY_BYTES = 16 << 20
"""What a judge says is short, even with its logprobs."""
_STALE = (
    ConnectionResetError,
    BrokenPipeError,
    RemoteDisconnected,
    ssl.SSLEOFError,
    ssl.SSLZeroReturnError,
)


class HTTPReply(NamedTuple):
    """What a server answered, whatever the status."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class Transport:
    """The connections to one endpoint, shared by threads."""

    def __init__(self, base: Url, key: str) -> None:
        self._base = base
        self._query = f"?{base.query}" if base.query else ""
        self._tls = tls_context(True) if base.scheme == "https" else None
        # A connection that is kept open has been used: the newest lies on top.
        self._kept: deque[Connection] = deque()
        self._is_closed = False
        self._headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "rule_rm",
        }
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self.name = base._replace(query=None).url
        """The address for messages: its query may hold a token."""

    def exchange(self, method: str, path: str, body: bytes | None, until: float) -> HTTPReply:
        """Send a request and read the reply, until `until` on the monotonic clock.

        Name resolution and TLS handshakes alone can outlast it. Raises Failure if no whole reply came.
        """
        try:
            return self._exchange(method, f"{self._base.path}{path}{self._query}", body, until)
        except (OSError, HTTPException, HTTPError) as error:
            raise self._failure(error, until) from error

    def close(self) -> None:
        """Close the connections, those in use when they are not any more."""
        self._is_closed = True
        while (connection := self._pop()) is not None:
            connection.close()

    def _exchange(self, method: str, path: str, body: bytes | None, until: float) -> HTTPReply:
        kept = self._pop()
        if kept is not None:
            try:
                return self._once(kept, method, path, body, until)
            except _STALE:
                # The server closed it while it was idle, which says nothing of the server.
                pass
        return self._once(self._connect(until), method, path, body, until)

    def _pop(self) -> Connection | None:
        """A kept connection that the server has not closed, as far as can be seen."""
        while self._kept:
            try:
                connection = self._kept.pop()
            except IndexError:
                break
            if connection.is_connected:
                return connection
            connection.close()
        return None

    def _connect(self, until: float) -> Connection:
        base, timeout = self._base, _left(until)
        host = (base.host or "").strip("[]")
        connection: Connection
        if self._tls is not None:
            connection = TLSConnection(host, base.port or 443, timeout=timeout, ssl_context=self._tls)
        else:
            connection = Connection(host, base.port or 80, timeout=timeout)
        try:
            connection.connect()
        except BaseException:
            connection.close()
            raise
        return connection

    def _once(
        self, connection: Connection, method: str, path: str, body: bytes | None, until: float
    ) -> HTTPReply:
        response = None
        is_whole = False
        try:
            connection.timeout = _left(until)
            connection.sock.settimeout(connection.timeout)
            connection.request(method, path, body, self._headers, preload_content=False)
            connection.timeout = _left(until)
            response = connection.getresponse()
            data = response.read(MAX_REPLY_BYTES + 1)
            if len(data) > MAX_REPLY_BYTES:
                message = f"{self.name} answered more than {MAX_REPLY_BYTES} bytes"
                raise Failure("too_large", message, can_pass=True, is_well=False, status=response.status)
            is_whole = True
        finally:
            if is_whole and connection.sock is not None and not self._is_closed:
                self._kept.append(connection)
            else:
                connection.close()
                if response is not None:
                    # A reply that ends with its connection has taken the socket over.
                    response.close()
        return HTTPReply(response.status, response.headers, data)

    def _failure(self, error: Exception, until: float) -> Failure:
        """What an error of the connection means."""
        reasons = (error, *error.args, error.__cause__, error.__context__)
        if any(isinstance(reason, ssl.SSLCertVerificationError) for reason in reasons):
            return Failure("untrusted", f"{self.name} can't be trusted: {error}", is_well=False)
        # Of older urllib3 the error of a refused connection is a kind of timeout, so it comes first.
        if isinstance(error, NameResolutionError):
            kind, why = "unreachable", "its host is not known"
        elif isinstance(error, NewConnectionError):
            kind, why = "unreachable", str(error.__cause__)
        elif isinstance(error, (TimeoutError, Urllib3TimeoutError)):
            what = "did not reply" if monotonic() >= until else "can't be reached"
            return Failure("timeout", f"{self.name} {what} in time", can_pass=True)
        else:
            kind, why = "reset", f"it broke off: {error}"
        return Failure(kind, f"{self.name} can't be reached: {why}", can_pass=True, is_well=False)


def retry_after(headers: Mapping[str, str], longest: float) -> float | None:
    """Seconds of a Retry-After in seconds or as a date, at most `longest`; None without one, or a bad one."""
    value = headers.get("Retry-After")
    if value is None:
        return None
    try:
        return max(0.0, min(Retry().parse_retry_after(value), longest))
    except (InvalidHeader, ValueError, OverflowError):
        return None


def _left(until: float) -> float:
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left
