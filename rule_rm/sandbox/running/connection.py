"""A client's connection to the sandbox host: small requests as packets, everything large as files in memory.

A program's output goes to a file in memory whose size its limits bound. So a flood of output blocks no pipe,
and nobody has to read while the program runs.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from rule_rm.errors import SandboxError
from rule_rm.sandbox.running.execution import Ended, ExecResult, Limits
from rule_rm.sandbox.running.waiting import (
    Answer,
    await_host,
    check_caller,
    end_of_request,
    ended_with_caller,
)

PACKET = 1 << 16
ERROR_BYTES = 1 << 16
RESULT_BYTES = 8 << 20
RESIDENT_MB = 64
"""Memory of a runtime, on top of the program's own limit."""
_MIB = 1 << 20
GRACE = 20.0
"""Seconds that an answer may take on top of the run's own limits, as other runs may be ahead in the queue.

It is less than a reward function's time limit, so that a slow sandbox is not mistaken for a slow program.
"""


_LATE = 0.5
"""Seconds after the end of a request's time in which the answer about a program that ended then arrives."""


STARVED = 9.0
"""The waits for a processor that do not count, as a multiple of a run's limit: it needs a tenth of one."""
PATIENCE = 20.0
"""Seconds of such waits that do not count at most, for one run."""


class _Patience:
    """The seconds that several runs may be kept waiting for a processor without being charged for it."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds
        self.used_up = False
        """Whether a run has reached its limit all the same: what others lack then is the program's fault."""


_patience: ContextVar[_Patience | None] = ContextVar("patience", default=None)


@contextmanager
def patient(seconds: float) -> Iterator[None]:
    """Spare the runs within the block in this thread these seconds of waits for a processor, together."""
    before = _patience.set(_Patience(seconds))
    try:
        yield
    finally:
        _patience.reset(before)


def _account_for(answer: dict[str, Any]) -> None:
    """Subtract the waits that a run was spared. Raises SandboxError if it would have needed more."""
    patience = _patience.get()
    if patience is not None:
        patience.left = max(patience.left - answer.get("starved", 0.0), 0.0)
        if patience.used_up and answer.get("stopped") == "starved":
            answer["stopped"] = "timeout"
        patience.used_up |= answer.get("stopped") == "timeout"
    if answer.get("stopped") == "starved":
        raise SandboxError(
            f"the machine was too busy for the program: it ran or slept for {answer['wall']:.1f} s only, "
            f"and waited for a processor"
        )


@contextmanager
def memory_files(*contents: bytes) -> Iterator[list[int]]:
    """Yield descriptors of files in memory with these contents, and close them at the end."""
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
    """Return the content of a file in memory, at most `limit` bytes of it."""
    return os.pread(descriptor, limit, 0)


def with_another_try(ask: Callable[[], Answer]) -> Answer:
    """Return an answer. A process that died under a request was replaced meanwhile; two in a row are none."""
    try:
        return ask()
    except LostError:
        return ask()


class Connection:
    """One session with a zygote or launcher; its programs are killed when the connection closes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket: socket.socket | None = None

    def ask(self, request: dict[str, Any], descriptors: Sequence[int], seconds: float) -> dict[str, Any]:
        """Send a request, wait for its answer. Raises SandboxError: LostError if the other end died."""
        check_caller()
        connection = self._connected()
        try:
            left = end_of_request() + _LATE - time.monotonic()
            spared = request.get("patience", 0.0)
            connection.settimeout(max(min(seconds + spared + GRACE, left), 0.001))
            with ended_with_caller(connection):
                socket.send_fds(connection, [json.dumps(request).encode()], descriptors)
                packet = connection.recv(PACKET)
        except TimeoutError:
            self.close()
            if time.monotonic() > end_of_request():
                raise SandboxError("the time of the request was over before the program ended") from None
            raise SandboxError("the sandbox host does not answer") from None
        except OSError as error:
            self.close()
            check_caller()
            raise LostError(f"the sandbox host hung up: {error}") from None
        if not packet:
            self.close()
            check_caller()
            raise LostError("the sandbox host hung up")
        answer: dict[str, Any] = json.loads(packet)
        if answer.get("confined") is False:
            raise SandboxError("a process could not be confined, so the program was not run")
        _account_for(answer)
        return answer

    def close(self) -> None:
        """End the session."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connected(self) -> socket.socket:
        if self._socket is None:
            try:
                self._socket = await_host(self._connect)
            except OSError as error:
                raise SandboxError(f"no sandbox host listens on {self._path}: {error}") from None
        return self._socket

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            connection.settimeout(GRACE)
            connection.connect(str(self._path))
        except OSError:
            connection.close()
            raise
        return connection


class LostError(SandboxError):
    """The process at the other end died while it had a request of ours."""


def request(mode: str, limits: Limits, total: float | None = None) -> dict[str, Any]:
    """Return a request to a zygote or launcher, by its kind and limits.

    With `total`, that is what all results together may take, in seconds, and `limits.wall` what each may.
    """
    patience = _patience.get()
    return {
        "patience": min(STARVED * limits.wall, PATIENCE if patience is None else patience.left),
        "mode": mode,
        "wall": limits.wall if total is None else total,
        "each": None if total is None else limits.wall,
        "cpu": limits.wall if total is None else total,
        "memory": limits.memory_mb,
        "output": limits.output_bytes,
        "files": limits.files,
        "total": limits.file_mb * _MIB,
    }


def result(
    answer: dict[str, Any], out: int, err: int, limits: Limits, resident_mb: int = RESIDENT_MB
) -> ExecResult:
    """Return the result of a run, from the answer to its request and the contents of its two outputs."""
    stdout = content(out, limits.output_bytes + 1)
    return ExecResult(
        ended=_ended(answer, len(stdout), limits, resident_mb),
        exit_code=answer["exit"],
        stdout=stdout[: limits.output_bytes],
        stderr=content(err, ERROR_BYTES),
        wall=answer["wall"],
        cpu=answer["cpu"],
        memory_mb=answer["rss"] / 1024,
        starved=answer["starved"],
    )


def _ended(answer: dict[str, Any], written: int, limits: Limits, resident_mb: int) -> Ended:
    if answer["stopped"]:
        return Ended.TIMEOUT if answer["stopped"] == "timeout" else Ended.FILE_LIMIT
    if answer["rss"] / 1024 > limits.memory_mb + resident_mb:
        return Ended.MEMORY_LIMIT
    if answer["exit"] == -signal.SIGXCPU or (
        answer["exit"] == -signal.SIGKILL and answer["cpu"] >= limits.wall
    ):
        return Ended.TIMEOUT
    if answer["exit"] == -signal.SIGXFSZ or written >= limits.output_bytes:
        return Ended.OUTPUT_LIMIT
    return Ended.EXITED if answer["exit"] >= 0 else Ended.CRASHED
