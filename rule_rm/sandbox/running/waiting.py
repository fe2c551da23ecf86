"""Who waits for a program, and until when. Both are known to the thread that works for a request."""

from __future__ import annotations

import math
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar

from rule_rm.errors import SandboxError

Answer = TypeVar("Answer")

RESTARTING = 30.0
"""Seconds for which a request waits at most for a host that is started again.

That takes less than one if it died, and five if it was stopped."""
LOOK = 0.02
"""Seconds between two looks for that host."""

_until: ContextVar[float] = ContextVar("until", default=math.inf)


@contextmanager
def within(until: float) -> Iterator[None]:
    """Wait for no answer, and in no queue, beyond a monotonic time, within the block in this thread."""
    before = _until.set(until)
    try:
        yield
    finally:
        _until.reset(before)


def end_of_request() -> float:
    """Return the monotonic time beyond which nothing is waited for; infinite for a rollout."""
    return _until.get()


class Caller(Protocol):
    """Someone who waits for a program, and may go away."""

    is_gone: bool

    def interrupting(self, call: Callable[[], object]) -> AbstractContextManager[None]:
        """Make a call when they go within the block; at once if they have gone."""


_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)


@contextmanager
def on_behalf_of(caller: Caller | None) -> Iterator[None]:
    """Run programs for a caller within the block in this thread: none any more when they have gone."""
    before = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(before)


def check_caller() -> None:
    """Raise SandboxError if nobody waits for the program any more."""
    caller = _caller.get()
    if caller is not None and caller.is_gone:
        raise SandboxError("nobody waits for the program any more")


@contextmanager
def ended_with_caller(connection: socket.socket) -> Iterator[None]:
    """Break a connection when the caller goes: what it asked for is then not begun, or killed."""
    caller = _caller.get()
    if caller is None:
        yield
        return

    def hang_up() -> None:
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            # The other end was faster.
            return

    with caller.interrupting(hang_up):
        yield


def await_host(connect: Callable[[], Answer]) -> Answer:
    """Return what a call returns, within a request's time also if the host is being started again.

    Raises OSError if there is no host by then, and SandboxError if nobody waits for the program any more. A
    reward waits for no host: the time would be its rollout's.
    """
    now = time.monotonic()
    until = min(_until.get(), now + RESTARTING) if _until.get() < math.inf else now
    while True:
        try:
            return connect()
        except (FileNotFoundError, ConnectionRefusedError):
            if time.monotonic() >= until:
                raise
        check_caller()
        time.sleep(LOOK)
