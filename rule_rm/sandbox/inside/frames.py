"""Messages between two sandboxed processes: a length of four bytes, then that much JSON, on a stream."""

from __future__ import annotations

import json
import os
import struct
from typing import Any

_LENGTH = struct.Struct("<I")
LIMIT = 8 << 20
"""Bytes of one message; whoever reads it trusts the other end with no more memory than that."""


def send(descriptor: int, message: Any) -> None:
    """Send one message. Raises OSError if the other end is gone, ValueError if the message is too large."""
    payload = json.dumps(message, separators=(",", ":")).encode()
    if len(payload) > LIMIT:
        raise ValueError("the message is too large")
    rest = memoryview(_LENGTH.pack(len(payload)) + payload)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def receive(descriptor: int) -> Any:
    """Wait for one message. Raises EOFError at the end of the stream, ValueError for what is no message."""
    (length,) = _LENGTH.unpack(_exactly(descriptor, _LENGTH.size))
    if length > LIMIT:
        raise ValueError("the message is too large")
    try:
        return json.loads(_exactly(descriptor, length))
    except RecursionError:
        raise ValueError("the message is nested too deeply") from None


def _exactly(descriptor: int, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = os.read(descriptor, min(size - len(parts), 1 << 20))
        if not part:
            raise EOFError("the other end is gone")
        parts += part
    return bytes(parts)


def read_all(descriptor: int) -> str:
    """The text of a file in memory, from its beginning."""
    size, parts, position = os.fstat(descriptor).st_size, [], 0
    while position < size:
        part = os.pread(descriptor, size - position, position)
        if not part:
            break
        parts.append(part)
        position += len(part)
    return b"".join(parts).decode("utf-8", "surrogateescape")
