"""A client's connection to the sandbox host: small requests as packets, everything large as files in memory.

A program's output goes to a file in memory whose size its limits bound, so a flood of output fills nobody's
pipe and needs no reader while the program runs.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rule_rm.errors import SandboxUnavailable

PACKET = 1 << 16
GRACE = 20.0
"""Seconds on top of a run's own limits that an answer may take, as others may be in front in the queue; less
than a reward function has in all, so that a sandbox that is too slow is told from a program that is."""


@contextmanager
def memory_files(*contents: bytes) -> Iterator[list[int]]:
    """Descriptors of files in memory with these contents, closed at the end."""
    descriptors: list[int] = []
    try:
        for content in contents:
            descriptor = os.memfd_create("sandbox", os.MFD_CLOEXEC)
            descriptors.append(descriptor)
            if content:
                rest = memoryview(content)
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
                os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptors
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def content(descriptor: int, limit: int) -> bytes:
    """What a program wrote to a file in memory, at most `limit` bytes of it."""
    return os.pread(descriptor, limit, 0)


class Connection:
    """One session with a zygote or launcher; what it runs is killed when the connection closes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket: socket.socket | None = None

    def ask(self, request: dict[str, Any], descriptors: Sequence[int], seconds: float) -> dict[str, Any]:
        """Send a request, wait for its answer. Raises SandboxUnavailable: LostError if the other end died."""
        connection = self._connected()
        try:
            connection.settimeout(seconds + GRACE)
            socket.send_fds(connection, [json.dumps(request).encode()], descriptors)
            packet = connection.recv(PACKET)
        except TimeoutError:
            self.close()
            raise SandboxUnavailable("the sandbox host does not answer") from None
        except OSError as error:
            self.close()
            raise LostError(f"the sandbox host hung up: {error}") from None
        if not packet:
            self.close()
            raise LostError("the sandbox host hung up")
        answer: dict[str, Any] = json.loads(packet)
        if answer.get("confined") is False:
            raise SandboxUnavailable("a process could not be confined, so the program was not run")
        return answer

    def close(self) -> None:
        """End the session."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connected(self) -> socket.socket:
        if self._socket is None:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            try:
                connection.settimeout(GRACE)
                connection.connect(str(self._path))
            except OSError as error:
                connection.close()
                raise SandboxUnavailable(f"no sandbox host listens on {self._path}: {error}") from None
            self._socket = connection
        return self._socket


class LostError(SandboxUnavailable):
    """The process at the other end died while it had a request of ours."""
