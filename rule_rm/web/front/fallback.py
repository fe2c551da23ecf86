"""The server for systems without epoll: werkzeug's, with a thread for each connection.

It answers the same requests. Its only limit for clients is the time without bytes. It is for a notebook on
macOS, not for a training run.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from rule_rm.web.front.gateway import WsgiApp

SILENCE = 60.0
"""Seconds that a client may send nothing."""


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = SILENCE

    def log(self, *_: Any) -> None:
        """Log nothing: the application logs its requests itself."""


class ThreadedServer:
    """A server with a thread for each connection, and the interface of `HttpServer`."""

    failure: str | None = None

    def __init__(
        self, app: WsgiApp, listener: socket.socket, tls: Callable[[], ssl.SSLContext] | None = None
    ) -> None:
        host, port = listener.getsockname()[:2]
        self._server = make_server(
            host,
            port,
            app,
            threaded=True,
            request_handler=_Handler,
            fd=listener.detach(),
            ssl_context=tls() if tls is not None else None,
        )
        self._thread = threading.Thread(target=self._server.serve_forever, name="http", daemon=True)

    def start(self) -> None:
        """Accept connections from now on, in threads of the server's own."""
        self._thread.start()

    def stop(self) -> None:
        """Accept no more connections; requests that are under way get their answers."""
        self._server.shutdown()

    def wait(self, timeout: float) -> bool:
        """Wait after `stop` until everything is answered; return False after `timeout` seconds."""
        closing = threading.Thread(target=self._close, daemon=True)
        closing.start()
        closing.join(timeout)
        return not closing.is_alive()

    def _close(self) -> None:
        # The thread ends a moment after its loop, which is all that `shutdown` waits for.
        self._thread.join()
        self._server.server_close()

    def is_alive(self) -> bool:
        """Return True if connections are accepted."""
        return self._thread.is_alive()

    def state(self) -> dict[str, int]:
        """Return its state for `/health`: nothing is counted here."""
        return {}
