"""Pass a request to the WSGI application, and turn its response into bytes."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from rule_rm.web.front.requests import Request

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

CALLER = "rule_rm.caller"
"""The key of the client of a request that a thread may wait for; it has gone when `is_gone` says so."""
ARRIVED = "rule_rm.arrived"
"""The key in the WSGI environment of the monotonic time at which the request had arrived."""
LATER = "rule_rm.later"
"""The key of a list: a view that can't answer yet puts its `Pending` there, and holds no thread meanwhile."""
_PLAIN = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}
_names: dict[bytes, str] = {}
"""The WSGI names of headers seen so far, of which there are few in practice."""
_NAMES_LIMIT = 1_000


class Gateway:
    """The way from a request to an application, for the server at one address."""

    def __init__(self, app: WsgiApp, host: str, port: int, scheme: str = "http") -> None:
        self._app = app
        self._base = {
            "SCRIPT_NAME": "",
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scheme,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,
        }

    def environ(self, request: Request, address: tuple[str, int]) -> dict[str, Any]:
        """Return the WSGI environment of a request."""
        target = request.target
        if not target.startswith(b"/"):
            # The form for a proxy, or `*`: the address in it is ours.
            parts = urlsplit(target)
            target = (parts.path or b"/") + (b"?" + parts.query if parts.query else b"")
        path, _, query = target.partition(b"?")
        environ = {
            **self._base,
            "REQUEST_METHOD": request.method.decode("latin-1"),
            "SERVER_PROTOCOL": f"HTTP/{request.version}",
            "PATH_INFO": (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1"),
            "QUERY_STRING": query.decode("latin-1"),
            "REMOTE_ADDR": address[0],
            "wsgi.input": io.BytesIO(request.body),
            ARRIVED: request.arrived,
        }
        for name, value in request.headers:
            key = _names.get(name) or _named(name)
            if key in environ:
                environ[key] = f"{environ[key]},{value.decode('latin-1')}"
            elif key:
                environ[key] = value.decode("latin-1")
        environ["CONTENT_LENGTH"] = str(request.size)
        return environ

    def respond(self, environ: dict[str, Any], app: WsgiApp | None = None) -> tuple[str, list[Any], bytes]:
        """Return status, headers and body of the application's response."""
        started: list[Any] = []

        def start_response(status: str, headers: list[Any], exc_info: Any = None) -> Callable[..., Any]:
            started[:] = status, headers
            return lambda _: None

        returned = (app or self._app)(environ, start_response)
        try:
            body = b"".join(returned)
        finally:
            if (close := getattr(returned, "close", None)) is not None:
                close()
        return started[0], started[1], body


def _named(name: bytes) -> str:
    """Return the WSGI name of a header; empty for one that is left out.

    A name with an underscore could pass for another, and no body arrives in chunks: it is there, whole.
    """
    if b"_" in name or name == b"transfer-encoding":
        return ""
    key = _PLAIN.get(name) or "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
    if len(_names) < _NAMES_LIMIT:
        _names[name] = key
    return key


class _Clock:
    """The Date header, written once a second."""

    def __init__(self) -> None:
        self._second, self._text = 0, ""

    def __call__(self) -> str:
        second = int(time.time())
        if second != self._second:
            self._second, self._text = second, formatdate(second, usegmt=True)
        return self._text


_date = _Clock()


def as_bytes(status: str, headers: list[Any], body: bytes, *, is_head: bool, keeps_alive: bool) -> bytes:
    """Return the response as it is sent."""
    lines = [f"HTTP/1.1 {status}"]
    has_length = False
    for name, value in headers:
        has_length = has_length or name.lower() == "content-length"
        lines.append(f"{name}: {value}")
    if not has_length:
        lines.append(f"Content-Length: {len(body)}")
    lines.append(f"Date: {_date()}")
    lines.append("Connection: keep-alive\r\n\r\n" if keeps_alive else "Connection: close\r\n\r\n")
    head = "\r\n".join(lines).encode("latin-1")
    return head if is_head else head + body
