"""A shortcut answers what it takes, without the application and, if that is short, without a thread."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from .conftest import Waiting, read_all, read_one, request


@dataclass
class Route:
    path: bytes
    is_short: bool


@dataclass
class Shortcut:
    """Takes the paths that begin with `/quick` and, in a thread, those with `/slow`."""

    threads: set[str] = field(default_factory=set)
    waiting: list[Waiting] = field(default_factory=list)

    def route(self, asked: Any) -> Route | None:
        is_taken = asked.path.startswith((b"/quick", b"/slow"))
        return Route(asked.path, asked.path.startswith(b"/quick")) if is_taken else None

    def begin(self, asked: Any, route: Route) -> Any:
        self.threads.add(threading.current_thread().name)
        if route.path.endswith(b"/later"):
            self.waiting.append(Waiting(time.monotonic() + 30))
            return self.waiting[-1]
        if route.path.endswith(b"/broken"):
            raise ValueError("the request is broken")
        return "200 OK", [("Content-Type", "text/plain")], b"quickly " + bytes(asked.body)

    def finish(self, pending: Waiting) -> Any:
        self.threads.add(threading.current_thread().name)
        if pending.is_abandoned:
            raise ValueError("nobody waits")
        return "200 OK", [], b"at last"

    def refused(self, _environ: dict[str, Any], error: Exception, _asked: Any) -> Any:
        def respond(_: dict[str, Any], start_response: Any) -> list[bytes]:
            start_response("400 Bad Request", [])
            return [str(error).encode()]

        return respond


@pytest.fixture
def shortcut():
    return Shortcut()


def test_a_short_request_is_answered_while_every_thread_is_busy(front, shortcut):
    served = front(shortcut)
    busy = [served.connect() for _ in range(4)]
    for connection in busy:
        connection.sendall(request("/gate"))
    served.until(lambda: served.server.state()["queued"] == 2, "the threads to be busy")
    assert served.ask("/quick", b"x").endswith(b"quickly x")
    assert shortcut.threads == {"http"}
    served.app.gate.set()
    for connection in busy:
        connection.close()


def test_a_longer_one_is_answered_by_a_thread(front, shortcut):
    assert front(shortcut).ask("/slow", b"x").endswith(b"quickly x")
    assert shortcut.threads == {"request"} or all(one.startswith("request") for one in shortcut.threads)


def test_what_the_shortcut_does_not_take_goes_to_the_application(front, shortcut):
    assert front(shortcut).ask("/other", b"x").endswith(b"POST /other x")
    assert not shortcut.threads


@pytest.mark.parametrize("path", ["/quick", "/slow"])
def test_requests_on_one_connection_are_answered_in_order(front, shortcut, path):
    served = front(shortcut)
    with served.connect() as connection:
        connection.sendall(b"".join(request(path, b"%d" % number) for number in range(20)))
        for number in range(20):
            assert read_one(connection).endswith(b"quickly %d" % number)


@pytest.mark.parametrize("path", ["/quick/later", "/slow/later"])
def test_an_answer_that_is_not_known_yet_is_sent_when_it_is(front, shortcut, path):
    served = front(shortcut)
    with served.connect() as connection:
        connection.sendall(request(path, close=True))
        served.until(lambda: shortcut.waiting and shortcut.waiting[0].callback, "the request to wait")
        shortcut.waiting[0].complete()
        assert read_all(connection).endswith(b"at last")


@pytest.mark.parametrize("path", ["/quick/later", "/slow/later"])
def test_a_client_that_goes_away_abandons_its_answer(front, shortcut, path):
    served = front(shortcut)
    with served.connect() as connection:
        connection.sendall(request(path))
        served.until(lambda: shortcut.waiting and shortcut.waiting[0].callback, "the request to wait")
    served.until(lambda: served.server.state()["connections"] == 0 or shortcut.waiting[0].is_abandoned, "it")


@pytest.mark.parametrize("path", ["/quick/broken", "/slow/broken"])
def test_an_error_is_answered_as_the_application_would(front, shortcut, path):
    answer = front(shortcut).ask(path, b"x")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.endswith(b"the request is broken")


def test_an_error_that_cannot_even_be_answered_is_a_500_and_the_server_goes_on(front, shortcut):
    def fail(*_: object) -> None:
        raise RuntimeError("no answer to an error")

    shortcut.refused = fail
    served = front(shortcut)
    assert served.ask("/quick/broken").startswith(b"HTTP/1.1 500 ")
    assert served.ask("/quick", b"x").endswith(b"quickly x")
