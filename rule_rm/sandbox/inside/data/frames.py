"""Messages: JSON lines between two sandboxed processes, JSON packets between a client and its server."""

from __future__ import annotations

import json
import os
import select
import socket
from collections.abc import Callable, Iterator
from typing import Any

LIMIT = 64 << 20
"""Bytes of one message, so that the other end can't make the reader use more memory."""
_PACKET = 1 << 16
_DESCRIPTORS = 8
_IDLE_TIMEOUT_MS = 30_000
"""A client that holds a session and asks for nothing is hung up on, as it keeps its server busy."""

_CHUNK = 1 << 13
"""Bytes that are read at a time, or as much again as there are: most messages are small."""
_LARGEST_CHUNK = 1 << 20


def _encoder() -> Callable[[Any], str]:
    """Return the function that writes a message: one object for all, where `json` makes one for each."""
    # A message is made of lists and dicts that were built for it: none holds itself.
    plain = json.JSONEncoder(separators=(",", ":"), check_circular=False)
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return plain.encode
    write = json.encoder.encode_basestring_ascii
    parts = make(None, plain.default, write, None, ":", ",", False, False, True)
    return lambda message: "".join(parts(message, 0))


_encode = _encoder()
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # what all of its methods call
_read, _write = os.read, os.write
"""Kept, as a test may replace them in its process while it talks to the program."""


def send(descriptor: int, message: Any) -> None:
    """Send one line. Raises OSError if the other end is gone, ValueError if the message is too large."""
    line = _encode(message).encode() + b"\n"
    if len(line) > LIMIT:
        raise ValueError("the message is too large")
    written = _write(descriptor, line)
    if written < len(line):
        left = memoryview(line)[written:]
        while left:
            left = left[_write(descriptor, left) :]


def parsed(text: str) -> Any:
    """Return the message of a line. Raises ValueError if it is none."""
    try:
        message, end = _scan(text, 0)
    except StopIteration:
        raise ValueError("the line is not a message") from None
    except RecursionError:
        raise ValueError("the message is nested too deeply") from None
    if end != len(text):
        raise ValueError("more than one message on a line")
    return message


class Lines:
    """The lines that come in on a descriptor, which nobody else reads from."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""

    def receive(self) -> Any:
        """Wait for one message.

        Raises EOFError when the stream has ended, ValueError if the line is not a message.
        """
        line, ended, rest = self._rest.partition(b"\n")
        parts, size = [line], len(line)
        while not ended:
            if size > LIMIT:
                raise ValueError("the message is too large")
            part = _read(self._descriptor, min(max(_CHUNK, size), _LARGEST_CHUNK))
            if not part:
                raise EOFError("the other end is gone")
            part, ended, rest = part.partition(b"\n")
            parts.append(part)
            size += len(part)
        line, self._rest = b"".join(parts), rest
        return parsed(line.decode())


def jobs(connection: socket.socket, lifeline: int) -> Iterator[tuple[dict[str, Any], list[int]]]:
    """Yield a client's jobs with the descriptors that it sends, until the client or the host hangs up.

    The descriptors are closed when the next job is asked for.
    """
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    poll.register(lifeline, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in poll.poll(_IDLE_TIMEOUT_MS)}
        if not ready or lifeline in ready:
            return
        packet, descriptors, _, _ = socket.recv_fds(connection, _PACKET, _DESCRIPTORS)
        if not packet:
            return
        try:
            yield json.loads(packet), descriptors
        finally:
            for descriptor in descriptors:
                os.close(descriptor)


def reply(connection: socket.socket, answer: dict[str, Any]) -> None:
    """Answer a job. Raises OSError if the client is gone."""
    # The signal that says so has its default here, as in programs, and would end this process.
    connection.send(_encode(answer).encode(), socket.MSG_NOSIGNAL)


def read_all(descriptor: int) -> str:
    """Return the text of a file in memory, from its beginning."""
    size, data = os.lseek(descriptor, 0, os.SEEK_END), b""
    while len(data) < size and (part := os.pread(descriptor, size - len(data), len(data))):
        data += part
    return data.decode("utf-8", "surrogateescape")
