"""A client's connection as the server's loop sees it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Protocol

from rule_rm.web.front.requests import Reader
from rule_rm.web.front.tls import TlsSocket


class State(Enum):
    """The activity of a connection."""

    IDLE = "waits for a request"
    READING = "sends a request"
    BUSY = "waits for its answer"
    WRITING = "is sent the rest of its answer"
    LINGERING = "sends what nobody reads, after its last answer"


class Abandonable(Protocol):
    """An answer that is not known yet."""

    def abandon(self) -> None:
        """Drop the answer: nobody waits for it any more."""


class Caller:
    """A client as the thread sees it that works for its request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._call: Callable[[], object] | None = None
        self.is_gone = False
        """True if nobody waits for the answer any more."""

    @contextmanager
    def interrupting(self, call: Callable[[], object]) -> Iterator[None]:
        """Make a call when the client goes within the block; at once if it has gone."""
        with self._lock:
            self._call = call
            if self.is_gone:
                call()
        try:
            yield
        finally:
            with self._lock:
                self._call = None

    def abandon(self) -> None:
        """Say that the client has gone."""
        with self._lock:
            self.is_gone = True
            if self._call is not None:
                self._call()


class Connection:
    """A client with its received bytes and the bytes still to send."""

    __slots__ = (
        "address",
        "deadline",
        "gone",
        "is_closed",
        "is_for_operators",
        "is_new",
        "is_probed",
        "lock",
        "noticed",
        "out",
        "overdue",
        "pending",
        "reader",
        "saw_end",
        "since",
        "socket",
        "state",
        "then_closes",
        "then_lingers",
    )

    def __init__(self, client: socket.socket | TlsSocket, address: tuple[str, int], body_limit: int) -> None:
        self.socket = client
        self.address = address
        self.reader = Reader(body_limit)
        self.state = State.IDLE
        self.since = time.monotonic()
        """The time at which its state began."""
        self.deadline = float("inf")
        """The time by which its state must have ended."""
        self.lock = threading.Lock()
        """Held to change its state: the loop and the thread that answers may both do so."""
        self.out = memoryview(b"")
        """The bytes that could not be sent at once."""
        self.then_closes = self.then_lingers = False
        self.noticed = False
        """True if something may have come that nobody has read."""
        self.saw_end = False
        """True if the client sends nothing more."""
        self.gone = False
        """True if nobody waits for the answer any more."""
        self.is_closed = self.is_probed = False
        self.is_for_operators = False
        """True if it came when there was no room: it may ask for health and readiness alone."""
        self.is_new = True
        """True until its first byte came."""
        self.pending: Abandonable | None = None
        """The answer that is waited for without a thread."""
        self.overdue: Callable[[], object] | None = None
        """Called when the time for that answer is over."""

    def become(self, state: State, seconds: float) -> None:
        """Change the state, which must end within these seconds."""
        self.state = state
        self.since = time.monotonic()
        self.deadline = self.since + seconds
