"""The server before a small application, with limits that keep the tests short."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

import pytest

from rule_rm.web.front import CALLER, LATER, Limits
from rule_rm.web.front.server import HttpServer

from ...waiting import PATIENCE, until

SHORT = Limits(body=1 << 20, threads=2, blocking_threads=1, sweep=0.02)


class Waiting:
    """A pending answer that the test completes."""

    def __init__(self, until: float) -> None:
        self.until = until
        self.callback: Callable[[], object] | None = None
        self.is_abandoned = False

    def when_complete(self, callback: Callable[[], object]) -> None:
        self.callback = callback

    def abandon(self) -> None:
        self.is_abandoned = True

    def complete(self) -> None:
        assert self.callback is not None
        self.callback()


class App:
    """Answers with the method, the path and the body; some paths wait."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        """The event that the gated paths wait for, in a thread of the server."""
        self.gated = {"/gate"}
        self.waiting: list[Waiting] = []
        """The answers that `/later` left to the server."""
        self.callers: list[Any] = []
        """The clients of `/run_code`, which waits for the gate."""
        self.seconds = 30.0
        """How long an answer may be left."""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        path = environ["PATH_INFO"]
        if path in self.gated:
            self.gate.wait(30)
        elif path.endswith("/run_code"):
            self.callers.append(environ[CALLER])
            self.gate.wait(30)
        elif path == "/later":
            self.waiting.append(Waiting(time.monotonic() + self.seconds))
            environ[LATER].append(self.waiting[-1])
        elif path == "/fail":
            raise RuntimeError("the application is broken")
        body = environ["wsgi.input"].read()
        if path == "/large":
            body = b"x" * (8 << 20)
        if int(environ["CONTENT_LENGTH"]) > SHORT.body:
            start_response("413 Content Too Large", [])
            return [b"too large"]
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [environ["REQUEST_METHOD"].encode(), b" ", path.encode("latin-1"), b" ", body]

    def finish(self, _environ: dict[str, Any], _waiting: Waiting) -> Callable[..., list[bytes]]:
        def respond(_: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
            start_response("200 OK", [])
            return [b"at last"]

        return respond


class Front:
    """A server and its application."""

    def __init__(self, shortcut: Any = None, **limits: Any) -> None:
        self.app = App()
        listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port = listener.getsockname()[1]
        self.server = HttpServer(self.app, listener, replace(SHORT, **limits), self.app.finish, shortcut)
        self.clients = ExitStack()
        """The connections that tests opened: all of them are closed with the server, also after a failure."""
        self.server.start()

    def connect(self) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        return self.clients.enter_context(client)

    def ask(self, target: str = "/", body: bytes = b"") -> bytes:
        """Return the whole response to one request on a new connection."""
        with self.connect() as connection:
            connection.sendall(request(target, body, close=True))
            return read_all(connection)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        until(condition, lambda: f"{what}; {self.server.state()}")

    def close(self) -> None:
        """End the server and every connection to it."""
        self.app.gate.set()
        self.server.stop()
        self.clients.close()
        # It may still owe answers: nobody is left to read them.
        self.server.wait(0.5)
        self.server._loop.join(PATIENCE)

    def has(self, **counts: int) -> Callable[[], bool]:
        """Return a condition: the server's state has at least these counts."""
        return lambda: all(self.server.state()[name] >= count for name, count in counts.items())


@pytest.fixture
def front():
    with ExitStack() as started:

        def start(shortcut: Any = None, **limits: Any) -> Front:
            return started.enter_context(closing(Front(shortcut, **limits)))

        yield start


def request(target: str = "/", body: bytes = b"", *, close: bool = False, more: str = "") -> bytes:
    head = f"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{more}"
    return (head + ("Connection: close\r\n\r\n" if close else "\r\n")).encode() + body


def read_all(connection: socket.socket) -> bytes:
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


def read_one(connection: socket.socket) -> bytes:
    """One response of a connection that is kept."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(1)
        assert part, f"the server closed after {data!r}"
        data += part
    length = int(data.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while length:
        part = connection.recv(length)
        assert part, f"the server closed {length} bytes before the end"
        data, length = data + part, length - len(part)
    return data
