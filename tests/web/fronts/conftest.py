"""The server of the contract tests behind a front, which answers one path itself."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from typing import Any

import pytest

from rule_rm.processes import frames
from rule_rm.web.front import Request
from rule_rm.web.fronts import process
from rule_rm.web.fronts.orders import RECORD, Figures, decode

from ...waiting import PATIENCE, until
from ..front.conftest import SHORT, Front


@dataclass
class Route:
    is_short: bool


class Express:
    """Knows `/known`, fails at `/broken`, and takes `/slow` for long."""

    def route(self, request: Request) -> Route | None:
        if request.size != len(request.body) or request.path not in (b"/known", b"/broken", b"/slow"):
            return None
        return Route(is_short=request.path != b"/slow")

    def begin(self, request: Request, route: Route) -> Any:
        if request.path == b"/broken":
            raise ValueError("something that the main process says")
        return "200 OK", [("Content-Type", "text/plain")], b"known " + bytes(request.body)


class Behind(Front):
    """A server whose clients come to a front."""

    def __init__(self, shortcut: Any = None, **limits: Any) -> None:
        super().__init__(shortcut, **limits)
        listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port = listener.getsockname()[1]
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._records, records = socket.socketpair()
        self.server.adopt_from(ours)
        self.main = process.Main(theirs, records)
        self.relay = process.Relay()
        self.process = process.Front(listener, replace(SHORT, **limits), Express(), self.relay, self.main)
        self._theirs, self._sent = theirs, records
        self.told: list[Any] = []
        self._threads = [
            threading.Thread(target=self.process.serve, daemon=True),
            threading.Thread(target=self._hear, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _hear(self) -> None:
        while True:
            try:
                message = decode(frames.receive(self._records, RECORD))
            except (EOFError, OSError):
                return
            if not isinstance(message, Figures):
                self.told.append(message)

    def has(self, **counts: int) -> Any:
        def holds() -> bool:
            total = Counter(self.server.state())
            total.update(self.process.states())
            total.update(self.process.counts)
            return all(total[name] >= count for name, count in counts.items())

        return holds

    def close(self) -> None:
        self.process.stop()
        self._threads[0].join(PATIENCE)
        super().close()
        for channel in (self._theirs, self._sent):
            channel.close()
        self._threads[1].join(PATIENCE)
        self._records.close()


@pytest.fixture
def front():
    with ExitStack() as started:

        def start(shortcut: Any = None, **limits: Any) -> Behind:
            return started.enter_context(closing(Behind(shortcut, **limits)))

        yield start


__all__ = ["Behind", "until"]
