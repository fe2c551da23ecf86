"""The HTTP server before the application.

- `server`: answers requests in threads of its own, or later without one
- `adopting`: takes over clients that other processes of the server have accepted
- `loop`: reads, with deadlines and bounds for clients
- `accepting`: accepts clients while there is room for them
- `writing`: sends answers and refusals, and ends connections
- `limits`: the limits of clients
- `connections`: the state of one connection
- `tcp`: the sockets at a port, and a port that lets nobody new connect
- `tls`: a connection that speaks TLS
- `requests`: from bytes to whole requests, by llhttp
- `gateway`: from a request to the WSGI application and back
- `crew`: the threads that compute answers
- `shortcut`: answers without the application, at less cost
- `capacity`: descriptors, processes and threads, counted against the limits at start
- `fallback`: werkzeug's server, for systems without epoll

Tests: `tests/web/front/`.
"""

from __future__ import annotations

import logging
import select
import socket
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING

from rule_rm.web.front.gateway import ARRIVED, CALLER, LATER, WsgiApp
from rule_rm.web.front.limits import Limits
from rule_rm.web.front.requests import Request
from rule_rm.web.front.shortcut import Response, Shortcut

if TYPE_CHECKING:
    from rule_rm.web.front.fallback import ThreadedServer
    from rule_rm.web.front.server import Finish, HttpServer

__all__ = ["ARRIVED", "CALLER", "LATER", "Limits", "Request", "Response", "Shortcut", "make_server"]

logger = logging.getLogger(__name__)


def make_server(
    app: WsgiApp,
    listener: socket.socket,
    limits: Limits,
    finish: Finish,
    shortcut: Shortcut | None = None,
    tls: Callable[[], ssl.SSLContext] | None = None,
) -> HttpServer | ThreadedServer:
    """Return the server of this system, on a listening socket that is the server's from now on.

    With `tls`, which returns the context for a new connection, it speaks HTTPS alone.
    """
    if hasattr(select, "epoll"):
        from rule_rm.web.front.server import HttpServer

        return HttpServer(app, listener, limits, finish, shortcut, tls)
    from rule_rm.web.front.fallback import ThreadedServer

    logger.warning("this system has no epoll, so the server is werkzeug's: for trying out, not for training")
    return ThreadedServer(app, listener, tls)
