"""A reward server on 127.0.0.1 that misbehaves on command, to try a client against real sockets.

A behaviour is a function of one exchange. A server is given those of its first requests, in order; the last
one serves all further requests.
"""

from __future__ import annotations

import json
import random
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self


@dataclass(frozen=True)
class Request:
    """A request, and the time of its arrival on the monotonic clock."""

    path: str
    headers: Mapping[str, str]
    body: Any
    arrival: float


class Exchange(BaseHTTPRequestHandler):
    """One connection; a behaviour sees its current request and writes the reply."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FaultyServer

    def do_POST(self) -> None:
        self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            number = len(self.server.requests)
            self.server.requests.append(Request(self.path, self.headers, self.body, monotonic()))
        behaviours = self.server.behaviours
        behaviours[min(number, len(behaviours) - 1)](self)

    def answer(
        self,
        content: bytes,
        status: int = 200,
        headers: Mapping[str, str] = {"Content-Type": "application/json"},
    ) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def answer_rewards(self) -> None:
        self.answer(
            json.dumps({"rewards": [float(response) for response in self.body["responses"]]}).encode()
        )

    def trickle(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            if self.server.stopping.wait(0.02):
                break
            self.wfile.write(piece)
            self.wfile.flush()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


Behaviour = Callable[[Exchange], None]


class FaultyServer(ThreadingHTTPServer):
    """Counts connections, keeps requests, and stops with all its threads at the end of the with block."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, *behaviours: Behaviour, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Exchange)
        self.behaviours = behaviours or (Exchange.answer_rewards,)
        self.requests: list[Request] = []
        self.open_connections: list[socket.socket] = []
        self.failures: list[str] = []
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.scheme = "https" if tls else "http"
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self._thread = threading.Thread(target=self.serve_forever, args=[0.01])

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}/get_reward"

    @property
    def connections(self) -> int:
        return len(self.open_connections)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.shutdown()
        self._thread.join()
        for connection in self.open_connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # The client or the behaviour closed it already.
        self.server_close()
        assert not self.failures

    def process_request(self, request: Any, client_address: Any) -> None:
        # In the thread that accepts, which ends before the connections are closed: none is missed.
        self.open_connections.append(request)
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, ssl.SSLError)):
            self.failures.append(repr(error))


def status(
    code: int, content: bytes = b'{"error": {"message": "no"}}', headers: Mapping[str, str] = {}
) -> Behaviour:
    """Answers with this status."""
    return lambda exchange: exchange.answer(content, code, headers)


def text(content: bytes) -> Behaviour:
    """Answers 200 with this content."""
    return lambda exchange: exchange.answer(content)


def reset(exchange: Exchange) -> None:
    """Tear the connection down instead of answering."""
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.connection.close()
    exchange.close_connection = True


def half_a_reply(exchange: Exchange) -> None:
    """Promises more than it sends, and hangs up."""
    exchange.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"rewards": [')
    exchange.close_connection = True


def silence(exchange: Exchange) -> None:
    """Never answers."""
    exchange.server.stopping.wait()
    exchange.close_connection = True


def trickled_headers(exchange: Exchange) -> None:
    """Send headers byte by byte, without an end."""
    exchange.trickle([b"HTTP/1.1 200 OK\r\nX-Slow: ", *[b"a"] * 10_000])


def trickled_body(exchange: Exchange) -> None:
    """Send the reply byte by byte, without an end."""
    exchange.trickle([b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n", *[b" "] * 10_000])


def trickled_chunks(exchange: Exchange) -> None:
    """Send chunks of one byte, without an end."""
    exchange.trickle([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1\r\n \r\n"] * 10_000])


def endless(exchange: Exchange) -> None:
    """Send as fast as it can, without an end."""
    exchange.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not exchange.server.stopping.is_set():
        exchange.wfile.write(b" " * 65536)


def late(seconds: float) -> Behaviour:
    """Answers rightly, after a random time."""

    def behaviour(exchange: Exchange) -> None:
        exchange.server.stopping.wait(random.uniform(0, seconds))
        exchange.answer_rewards()

    return behaviour


def chunked(exchange: Exchange) -> None:
    """Answers rightly, in chunks."""
    content = json.dumps({"rewards": [float(response) for response in exchange.body["responses"]]}).encode()
    exchange.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for start in range(0, len(content), 5):
        piece = content[start : start + 5]
        exchange.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
    exchange.wfile.write(b"0\r\n\r\n")


def detailed(exchange: Exchange) -> None:
    """Answer with details; a response that is not a number is unscored."""
    golden = {"tier": "exact", "similarity": 1.0}
    details = []
    for response in exchange.body["responses"]:
        reward = float(response) if response.isdigit() else None
        outcome = "ok" if reward is not None else "no_ground_truth"
        details.append(
            {
                "reward": reward,
                "status": outcome,
                "answer": response,
                "explanation": None,
                "metrics": {"accuracy": reward or 0.0},
                "golden": golden,
            }
        )
    rewards = [detail["reward"] or 0.0 for detail in details]
    reply = (
        {"rewards": rewards, "details": details}
        if exchange.body.get("details") is True
        else {"rewards": rewards}
    )
    exchange.answer(json.dumps(reply).encode())
