"""A load generator: raw HTTP over non-blocking sockets in one thread, so that the client costs little.

Every request opens its own connection, as most trainers' clients do, or each client keeps one. Up to
`clients` are under way at once. The requests are bytes prepared beforehand and the answers are parsed
afterwards, so that neither is measured.
"""

from __future__ import annotations

import errno
import json
import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.workloads import Sample


@dataclass
class Exchange:
    """One request and its outcome."""

    size: int
    """Samples in it."""
    status: int = 0
    """The HTTP status; 0 if the connection broke or the time was over."""
    seconds: float = 0.0
    rewards: list[float | None] = field(default_factory=list)
    """As many as samples; all None unless the status is 200."""
    error: str = ""


@dataclass
class Load:
    """Requests sent, in their order, and how long all of them took together."""

    exchanges: list[Exchange]
    seconds: float

    @property
    def rewards(self) -> list[float | None]:
        """Of all samples, in their order."""
        return [reward for exchange in self.exchanges for reward in exchange.rewards]

    def latency(self, share: float) -> float:
        """Return the latency in seconds within which this share of the answered requests was answered."""
        answered = sorted(exchange.seconds for exchange in self.exchanges if exchange.status == 200)
        return answered[min(int(share * len(answered)), len(answered) - 1)] if answered else float("nan")


def request(samples: Sequence[Sample], path: str = "/get_reward", *, keeps_alive: bool = False) -> bytes:
    """Return the bytes of a request that asks for the rewards of these samples."""
    connection = "keep-alive" if keeps_alive else "close"
    prompts, responses = [sample.prompt for sample in samples], [sample.response for sample in samples]
    body = json.dumps({"prompts": prompts, "responses": responses}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: {connection}\r\n\r\n"
    )
    return head.encode() + body


def in_batches(samples: Sequence[Sample], size: int) -> list[Sequence[Sample]]:
    """Return the samples in consecutive batches of at most `size`."""
    return [samples[start : start + size] for start in range(0, len(samples), size)]


def send(
    port: int,
    batches: Sequence[Sequence[Sample]],
    clients: int,
    limit: float,
    *,
    keeps_alive: bool = False,
) -> Load:
    """Send each batch as a request, `clients` at once at most, for `limit` seconds at most.

    With `keeps_alive`, a client sends its next request on the connection of its last one.
    """
    waiting = deque((request(batch, keeps_alive=keeps_alive), Exchange(len(batch))) for batch in batches)
    exchanges = [exchange for _, exchange in waiting]
    replies: dict[int, bytes] = {}
    begun = time.monotonic()
    with selectors.DefaultSelector() as selector:
        running: set[_Connection] = set()
        while (waiting or running) and time.monotonic() < begun + limit:
            while waiting and len(running) < clients:
                running.add(_Connection(port, *waiting.popleft(), selector))
            for key, _ in selector.select(min(0.1, limit)):
                connection: _Connection = key.data
                if connection.advance():
                    replies[id(connection.exchange)] = bytes(connection.reply)
                    if keeps_alive and waiting and not connection.exchange.error:
                        connection.ask(*waiting.popleft())
                        continue
                    connection.close(connection.exchange.error)
                    running.remove(connection)
        for connection in running:
            connection.close("no answer in time")
    seconds = time.monotonic() - begun
    for exchange in exchanges:
        _read(replies.get(id(exchange), b""), exchange)
    return Load(exchanges, seconds)


def fetch_status(port: int, path: str, limit: float = 30.0) -> int:
    """Return the status of a GET, or 0 if nothing answers within `limit` seconds."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=limit) as connection:
            head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
            connection.sendall(head.encode())
            return int(connection.recv(64).split()[1])
    except (OSError, IndexError, ValueError):
        return 0


class _Connection:
    """One request on its way: connecting, sending, receiving."""

    def __init__(
        self, port: int, request: bytes, exchange: Exchange, selector: selectors.BaseSelector
    ) -> None:
        self._selector = selector
        self._socket = socket.socket()
        self._socket.setblocking(False)
        self._begin(request, exchange)
        self._socket.connect_ex(("127.0.0.1", port))
        selector.register(self._socket, selectors.EVENT_WRITE, self)

    def _begin(self, request: bytes, exchange: Exchange) -> None:
        self.exchange = exchange
        self.reply = bytearray()
        self._unsent = memoryview(request)
        self._length: int | None = None
        self._begun = time.monotonic()

    def ask(self, request: bytes, exchange: Exchange) -> None:
        """Send the next request on this connection."""
        self._begin(request, exchange)
        self._selector.modify(self._socket, selectors.EVENT_WRITE, self)

    def advance(self) -> bool:
        """Send or receive without blocking; return True once the exchange is over."""
        try:
            if self._unsent:
                self._unsent = self._unsent[self._socket.send(self._unsent) :]
                if not self._unsent:
                    self._selector.modify(self._socket, selectors.EVENT_READ, self)
                return False
            part = self._socket.recv(262_144)
        except BlockingIOError:
            return False
        except OSError as error:
            self._finish(errno.errorcode.get(error.errno or 0, str(error)))
            return True
        self.reply += part
        if part and not self._is_complete():
            return False
        # A reply without a length lasts to the end of the connection.
        is_whole = self._is_complete() or (self._length is None and bool(self.reply))
        self._finish("" if is_whole else "the connection ended")
        return True

    def _finish(self, error: str) -> None:
        self.exchange.seconds = time.monotonic() - self._begun
        self.exchange.error = error

    def close(self, error: str) -> None:
        """End the connection; `error` says why, if its exchange is not over."""
        if error:
            self._finish(error)
        self._selector.unregister(self._socket)
        self._socket.close()

    def _is_complete(self) -> bool:
        if self._length is None:
            head, blank, _ = self.reply.partition(b"\r\n\r\n")
            if not blank:
                return False
            for line in bytes(head).lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    self._length = len(head) + 4 + int(line[15:])
        return self._length is not None and len(self.reply) >= self._length


def _read(reply: bytes, exchange: Exchange) -> None:
    """Put the status and the rewards of a reply into its exchange."""
    exchange.rewards = [None] * exchange.size
    head, _, body = reply.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1."):
        return
    exchange.status = int(head.split(maxsplit=2)[1])
    if exchange.status != 200:
        exchange.error = f"HTTP {exchange.status}: {body[:120].decode(errors='replace').strip()}"
        return
    rewards = json.loads(body)["rewards"]
    if len(rewards) == exchange.size:
        exchange.rewards = rewards
