"""Messages on a stream socket: one JSON object a line.

JSON has no line break of its own, so a line is a frame. Reading one runs nothing, even if the sender is
hostile.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Mapping
from typing import Any

LIMIT = 256 << 20
"""Bytes of one message; a request of the service is smaller."""
_PART = 1 << 18


def encode(messages: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the messages as bytes to send.

    >>> encode([{"id": 1, "score": 0.5}])
    b'{"id":1,"score":0.5}\\n'
    """
    return b"".join(json.dumps(message, separators=(",", ":")).encode() + b"\n" for message in messages)


class Reader:
    """The messages that come in on a socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()
        self._searched = 0

    def read(self) -> dict[str, Any]:
        """Wait for the next message.

        Raises EOFError at the end, for half a message, for one past the limit or one that is none; OSError if
        the socket breaks or its timeout is over, and what has arrived is kept then.
        """
        while (end := self._buffer.find(b"\n", self._searched)) < 0:
            self._searched = len(self._buffer)
            if len(self._buffer) > LIMIT:
                raise EOFError(f"a message of more than {LIMIT} bytes")
            part = self._connection.recv(_PART)
            if not part:
                raise EOFError("the other end closed the connection")
            self._buffer += part
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._searched = 0
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            raise EOFError("the other end sent no valid message")
        return message
