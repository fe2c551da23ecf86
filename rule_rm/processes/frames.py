"""Frames on a stream socket: a length of four bytes, then that many bytes."""

from __future__ import annotations

import socket
import struct
import time

_LENGTH = struct.Struct("!I")


def send(connection: socket.socket, payload: bytes) -> None:
    """Send one frame. Raises OSError if the other end is gone, TimeoutError after the socket's timeout."""
    connection.sendall(_LENGTH.pack(len(payload)) + payload)


def receive(connection: socket.socket, limit: int) -> bytes:
    """Wait for one frame. Raises EOFError if the stream ends or the frame has over `limit` bytes."""
    (length,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size))
    if length > limit:
        raise EOFError(f"a frame of {length} bytes where {limit} are allowed")
    return _exactly(connection, length)


def _exactly(connection: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(size - len(parts))
        if not part:
            raise EOFError("the other end closed the connection")
        parts += part
    return bytes(parts)


class FrameReader:
    """A reader of frames with a deadline; it keeps a partial frame for the next call."""

    def __init__(self, connection: socket.socket, limit: int) -> None:
        self._connection = connection
        self._limit = limit
        self._buffer = bytearray()

    def read(self, until: float) -> bytes | None:
        """Return the next frame, or None if it is not there at the monotonic time `until`.

        Raises EOFError if the stream ends or a frame is past the limit, OSError if the socket breaks.
        """
        while (frame := self._complete()) is None:
            self._connection.settimeout(max(until - time.monotonic(), 1e-6))
            try:
                part = self._connection.recv(65536)
            except TimeoutError:
                return None
            if not part:
                raise EOFError("the other end closed the connection")
            self._buffer += part
        return frame

    def _complete(self) -> bytes | None:
        if len(self._buffer) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._buffer)
        if length > self._limit:
            raise EOFError(f"a frame of {length} bytes where {self._limit} are allowed")
        end = _LENGTH.size + length
        if len(self._buffer) < end:
            return None
        frame = bytes(self._buffer[_LENGTH.size : end])
        del self._buffer[:end]
        return frame
