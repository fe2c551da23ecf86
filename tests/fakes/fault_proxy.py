"""A proxy in front of a judge's server that injects faults by a schedule.

Real servers don't fail on command, so the proxy fails in their place. It can send a 429 with Retry-After, a
5xx, truncated JSON, a page of HTML, or a completion without choices or content. It can also delay the reply,
or reset the connection before or within it. Replies that it delivers unharmed are counted by question, so
that a test sees lost and repeated ones.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from urllib3 import BaseHTTPResponse, HTTPConnectionPool

from .faulty_server import Exchange, FaultyServer, half_a_reply, reset, trickled_body
from .scripted_judge import question_text

PATIENCE = 60.0
"""Seconds that the server behind may take."""


@dataclass(frozen=True)
class Arrival:
    """A request for a completion, as a schedule sees it."""

    number: int
    """How many came before it."""
    attempt: int
    """How often its question came before."""
    question: str


@dataclass(frozen=True)
class Fault:
    """An action that replaces the passing on of a request."""

    name: str
    act: Callable[[ProxyExchange], None]


Schedule = Callable[[Arrival], "Fault | None"]
"""Which fault a request meets; None passes it on."""


class FaultProxy(FaultyServer):
    """Passes on everything to `upstream` (http://HOST:PORT, with or without /v1) but what meets a fault."""

    request_queue_size = 1024

    def __init__(self, upstream: str, schedule: Schedule = lambda arrival: None) -> None:
        super().__init__()
        self.RequestHandlerClass = ProxyExchange
        self.schedule = schedule
        self.upstream = HTTPConnectionPool(
            urlsplit(upstream).netloc, maxsize=256, retries=False, timeout=PATIENCE
        )
        self.attempts: Counter[str] = Counter()
        """How often each question came."""
        self.faults: Counter[str] = Counter()
        """How often each fault was injected."""
        self.delivered: Counter[str] = Counter()
        """How often the completion of each question was delivered unharmed."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self.upstream.close()


class ProxyExchange(Exchange):
    """One connection to the proxy."""

    server: FaultProxy

    def do_GET(self) -> None:  # noqa: N802 - http.server's name
        self.content = b""
        self.pass_on()

    def do_POST(self) -> None:  # noqa: N802 - http.server's name
        self.content = self.rfile.read(int(self.headers["Content-Length"]))
        question = question_text(json.loads(self.content))
        server = self.server
        with server.lock:
            arrival = Arrival(server.attempts.total(), server.attempts[question], question)
            server.attempts[question] += 1
            fault = server.schedule(arrival)
            if fault:
                server.faults[fault.name] += 1
        if fault:
            fault.act(self)
        else:
            self.pass_on(question)

    def fetch(self) -> BaseHTTPResponse:
        """Forward the request; return the reply of the real server."""
        kept = ("Authorization", "Content-Type")
        headers = {name: value for name in kept if (value := self.headers[name]) is not None}
        return self.server.upstream.urlopen(self.command, self.path, self.content or None, headers)

    def pass_on(self, question: str | None = None) -> None:
        """Reply what the server behind replies, and count it as delivered to the question."""
        reply = self.fetch()
        kept = ("Content-Type", "Retry-After")
        headers = {name: value for name in kept if (value := reply.headers.get(name)) is not None}
        if question is not None and reply.status == 200:
            # Count before the reply is sent: the client may look at the count as soon as it has the reply.
            with self.server.lock:
                self.server.delivered[question] += 1
        self.answer(reply.data, reply.status, headers)

    def harm(self, change: Callable[[Any], object]) -> None:
        """Reply what the server behind replies, changed in place."""
        content = self.fetch().json()
        change(content)
        self.answer(json.dumps(content).encode())


# Faults


def status(code: int, **headers: str) -> Fault:
    """Return an error of this status, with headers such as `Retry_After="2"`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = json.dumps({"error": {"message": "injected", "code": code}}).encode()
    return Fault(str(code), lambda exchange: exchange.answer(content, code, named))


def slow(seconds: float) -> Fault:
    """Return a fault that delays the right reply by `seconds`."""

    def act(exchange: ProxyExchange) -> None:
        exchange.server.stopping.wait(seconds)
        exchange.pass_on(question_text(json.loads(exchange.content)))

    return Fault("slow", act)


def _reset_amid(exchange: ProxyExchange) -> None:
    content = exchange.fetch().data
    exchange.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content))
    exchange.wfile.write(content[: len(content) // 2])
    reset(exchange)


def _truncated(exchange: ProxyExchange) -> None:
    content = exchange.fetch().data
    exchange.answer(content[: len(content) // 2])


def _html(exchange: ProxyExchange) -> None:
    page = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
    exchange.answer(page, headers={"Content-Type": "text/html"})


def _without_choices(exchange: ProxyExchange) -> None:
    exchange.harm(lambda content: content["choices"].clear())


def _without_content(exchange: ProxyExchange) -> None:
    exchange.harm(lambda content: content["choices"][0]["message"].update(content=None))


RESET = Fault("reset", reset)
RESET_AMID = Fault("reset amid the reply", _reset_amid)
HALF = Fault("half a reply", half_a_reply)
TRUNCATED = Fault("truncated", _truncated)
"""Half of the JSON, in a reply that is whole as HTTP."""
HTML = Fault("html", _html)
NO_CHOICES = Fault("no choices", _without_choices)
NULL_CONTENT = Fault("null content", _without_content)
TRICKLED = Fault("trickled", trickled_body)
"""One byte after the other, without an end."""
PASSING = (
    status(429, Retry_After="0"),
    status(500),
    status(502),
    status(503, Retry_After="0"),
    slow(0.05),
    RESET,
    RESET_AMID,
    HALF,
    TRUNCATED,
    HTML,
    NO_CHOICES,
    NULL_CONTENT,
)
"""All that a client should get over."""


# Schedules


def in_turn(*faults: Fault | None) -> Schedule:
    """Return a schedule that gives each request the next fault, over and over."""
    return lambda arrival: faults[arrival.number % len(faults)]


def at_first(*faults: Fault | None) -> Schedule:
    """Return a schedule that gives each of the first requests a fault, and passes on all others."""
    return lambda arrival: faults[arrival.number] if arrival.number < len(faults) else None


def by_question(*faults: Fault | None, attempts: int = 1) -> Schedule:
    """Which fault a question meets hangs on its text alone, not on the order of arrival.

    So it is for its first `attempts`; all further ones are passed on.
    """
    return lambda arrival: (
        faults[zlib.crc32(arrival.question.encode()) % len(faults)] if arrival.attempt < attempts else None
    )
