r"""Hostile and broken clients.

A body that is cut off or malformed holds a whole rollout nevertheless. It must not be scored.
"""

from __future__ import annotations

import json
import socket
import time
from contextlib import ExitStack, suppress

from benchmarks.chaos.site import Site, say

HALF = b"POST /get_reward HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"
BODY = b'{"query": ["1 0"], "prompts": [""], "labels": [""]}'
_CHUNKED = b"POST /get_reward/weigh HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
_LONGER = b"POST /get_reward/weigh HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (len(BODY) + 9)
_CHUNK = b"%x\r\n%s\r\n" % (len(BODY), BODY)
MALFORMED = {
    "cut before the last chunk": _CHUNKED + _CHUNK,
    "cut within the last chunk": _CHUNKED + _CHUNK + b"0\r\n",
    "cut within a size": _CHUNKED + _CHUNK + b"1",
    "cut within a chunk": _CHUNKED + _CHUNK + b"9\r\n   ",
    "a size that is no number": _CHUNKED + _CHUNK + b"zz\r\n\r\n",
    "a negative size": _CHUNKED + _CHUNK + b"-1\r\n\r\n",
    "an endless size": _CHUNKED + _CHUNK + b"f" * 40 + b"\r\n\r\n",
    "a chunk that is longer than its size": _CHUNKED + _CHUNK.replace(b"}\r\n", b"}  \r\n") + b"0\r\n\r\n",
    "two lengths": _CHUNKED.replace(b"Host: x", b"Content-Length: 4") + _CHUNK + b"0\r\n\r\n",
    "fewer bytes than announced": _LONGER + BODY,
}


def stall(site: Site) -> None:
    """Begin many requests and go on with none."""
    with ExitStack() as stack:
        say(site.connect(200, stack), HALF)
        site.nap(0.1, 2.0)


def drip(site: Site) -> None:
    """Send many requests, a byte at a time."""
    with ExitStack() as stack:
        connections = site.connect(50, stack)
        for place in range(40):
            say(connections, HALF[place : place + 1])
            time.sleep(0.02)


def flood(site: Site) -> None:
    """Open many connections and say nothing."""
    with ExitStack() as stack:
        site.connect(500, stack)
        site.nap(0.1, 1.0)


def leave(site: Site) -> None:
    """Ask for much and go away."""
    body = json.dumps({"query": ["1 200"], "prompts": [""], "labels": [""]}).encode()
    head = b"POST /get_reward/weigh HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    with ExitStack() as stack:
        say(site.connect(50, stack), head + body)


def talk_nonsense(site: Site) -> None:
    """Send random bytes that are not a request."""
    with ExitStack() as stack:
        for connection in site.connect(50, stack):
            say([connection], site.chance.randbytes(site.chance.randrange(1, 5_000)))


def malform(site: Site) -> None:
    """Send bodies that are cut off or malformed, each with a whole rollout in it: none may be scored."""
    with ExitStack() as stack:
        for what, request in MALFORMED.items():
            for connection in site.connect(2, stack):
                say([connection], request)
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_WR)
                with suppress(OSError):
                    reply = b"".join(iter(lambda: connection.recv(1 << 16), b""))  # noqa: B023 called at once
                    if reply.startswith(b"HTTP/1.1 200"):
                        site.blame("wrong", f"a body with {what} was scored: {reply[-200:]!r}")


def read_nothing(site: Site) -> None:
    """Ask for much again and again on a connection, and read none of it."""
    body = json.dumps({"query": ["1 0"] * 50, "prompts": [""] * 50, "labels": [""] * 50}).encode()
    head = b"POST /get_reward/weigh HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    with ExitStack() as stack:
        connections = site.connect(20, stack)
        for connection in connections:
            connection.setblocking(False)
        for _ in range(5):
            say(connections, head + body)
        site.nap(0.1, 1.0)


FAULTS = (stall, drip, flood, leave, talk_nonsense, malform, read_nothing)
