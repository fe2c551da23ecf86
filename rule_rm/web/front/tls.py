"""A connection that speaks TLS, with the interface of the socket that the loop uses."""

from __future__ import annotations

import socket
import ssl
import threading

RECORD = 1 << 14
"""Bytes of the largest record of TLS. OpenSSL wants a write that was put off repeated with the same bytes,
so no more are given to it at a time."""


class TlsSocket:
    """A non-blocking socket. It shakes hands when it is first read from.

    The loop reads while a thread of a crew writes, which OpenSSL does not allow at the same time.
    """

    def __init__(self, client: socket.socket, context: ssl.SSLContext) -> None:
        """Take over the socket. Raises OSError if its client is gone."""
        self._tls = context.wrap_socket(client, server_side=True, do_handshake_on_connect=False)
        self._lock = threading.Lock()

    def fileno(self) -> int:
        """Return the descriptor; -1 if it is closed."""
        return self._tls.fileno()

    def recv(self, size: int) -> bytes:
        """Return the bytes that have arrived, at most `size`. Raises BlockingIOError if there are none."""
        parts: list[bytes] = []
        left = size
        with self._lock:
            while left > 0:
                try:
                    part = self._tls.recv(left)
                except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    if not parts:
                        raise BlockingIOError from None
                    break
                if not part:
                    break
                parts.append(part)
                left -= len(part)
        return b"".join(parts)

    def send(self, data: bytes | memoryview) -> int:
        """Send and return the number of bytes that were sent. Raises BlockingIOError if none can be now."""
        sent = 0
        with self._lock:
            while sent < len(data):
                try:
                    sent += self._tls.send(data[sent : sent + RECORD])
                except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    if not sent:
                        raise BlockingIOError from None
                    break
        return sent

    def shutdown(self, how: int) -> None:
        """Tell the client that nothing more comes, in TLS and below it."""
        with self._lock:
            self._say_goodbye()
            self._tls.shutdown(how)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._say_goodbye()
            self._tls.close()

    def _say_goodbye(self) -> None:
        try:
            # It sends its part, and does not wait for the client's.
            self._tls.unwrap()
        except (OSError, ValueError):
            pass
