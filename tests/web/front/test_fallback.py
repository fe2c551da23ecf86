"""The server for systems without epoll answers the same requests."""

from __future__ import annotations

import socket

import pytest

from rule_rm.web.front.fallback import ThreadedServer

from ...waiting import PATIENCE
from .conftest import read_all, request


def echo(environ, start_response):
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def address():
    listener = socket.create_server(("127.0.0.1", 0))
    address = listener.getsockname()
    server = ThreadedServer(echo, listener)
    server.start()
    yield address
    assert server.is_alive()
    server.stop()
    assert server.wait(PATIENCE)
    assert not server.is_alive()


def test_requests_are_answered(address):
    for body in (b"one", b"two"):
        with socket.create_connection(address, timeout=30) as connection:
            connection.sendall(request("/", body, close=True))
            assert read_all(connection).endswith(body)
