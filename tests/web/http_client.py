"""Plain HTTP, one connection for each request, as trainers' clients do it."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit


def connect(url: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)


def get(url: str, path: str) -> tuple[int, dict]:
    return ask(url, "GET", path, None)


def post(url: str, path: str, payload: object) -> tuple[int, dict]:
    return ask(url, "POST", path, json.dumps(payload).encode())


def ask(url: str, method: str, path: str, body: bytes | None) -> tuple[int, dict]:
    connection = connect(url)
    try:
        connection.request(method, path, body, {"Connection": "close", "Content-Type": "application/json"})
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())
    finally:
        connection.close()


def post_at_once(url: str, path: str, payloads: list[object]) -> list[tuple[int, dict]]:
    """Return the replies to all payloads, each sent by a separate client at the same moment."""
    barrier = threading.Barrier(len(payloads))

    def one(payload: object) -> tuple[int, dict]:
        barrier.wait(60)
        return post(url, path, payload)

    with ThreadPoolExecutor(len(payloads)) as clients:
        return list(clients.map(one, payloads))


def send_raw(url: str, data: bytes) -> bytes:
    """Return the server's answer to raw bytes, read until it closes; empty if it only closes."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            # It has heard enough; what it said about that can still be read.
            pass
        parts = []
        try:
            while part := connection.recv(65536):
                parts.append(part)
        except ConnectionResetError:
            pass
        return b"".join(parts)
