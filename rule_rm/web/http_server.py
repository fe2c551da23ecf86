"""The HTTP server: granian's worker, in threads of this process, on a socket that we opened.

granian's own front forks a process for each worker, and each binds the address with SO_REUSEPORT. With it, a
second service on the same port starts without an error and takes half of the requests, the number behind
port 0 can't be known, and an error at start happens in another process. The worker itself runs as well on a
listening socket made elsewhere. It is no public interface of granian, so it is touched here alone, setup.cfg
bounds the version, and a test fails if it changes.
"""

from __future__ import annotations

import asyncio
import importlib
import socket
import threading
from collections.abc import Callable
from typing import Any

from granian.http import HTTP1Settings

from rule_rm.web.ports import BACKLOG

# As modules without types: those that granian gives for its inside are of an older version.
_inside: Any = importlib.import_module("granian._granian")
_futures: Any = importlib.import_module("granian._futures")
_wsgi: Any = importlib.import_module("granian.wsgi")

THREADS = 96
"""Requests that are scored at the same time; each waits in a thread of its own. More wait their turn.

More than the engine has lanes, so that requests that need no worker pass those that wait for one; not many
more, as every thread costs memory and hundreds of them keep the processor's caches cold.
"""
CONNECTIONS = 4096
"""Connections that are read at the same time. More wait in the kernel."""
THREAD_IDLE_SECONDS = 30


class HttpServer:
    """Serves a WSGI application until it is told to stop."""

    def __init__(self, app: Callable[..., Any], listener: socket.socket) -> None:
        """`listener` is a listening socket, which is the server's from now on."""
        self._loop = asyncio.new_event_loop()
        self._stop = _inside.WorkerSignal()
        self._stopped = threading.Event()
        self._stop.add_cb(self._stopped.set)
        self._worker = _inside.WSGIWorker(
            1,  # the worker's number
            (None, _inside.SocketHolder(listener.detach(), False, BACKLOG)),
            None,  # no channel to a parent process
            1,  # threads that read and write connections
            1,  # threads for files, of which none are served
            THREADS,
            THREAD_IDLE_SECONDS,
            CONNECTIONS,
            "1",  # HTTP/1.1
            HTTP1Settings(),
            None,  # no HTTP/2
            None,  # no static files
            *(False, None, None, None, "tls1.3", None, [], False),  # no TLS
            (None, None),  # no metrics
        )
        callback = _wsgi._callback_wrapper(app, {})
        self._scheduler = _futures._new_cbscheduler(self._loop, callback, impl_asyncio=True)

    def start(self) -> None:
        """Accept connections from now on, in threads of the server's own."""
        self._worker.serve_mtr(self._scheduler, self._loop, self._stop)

    def stop(self) -> None:
        """Accept no more connections; requests that are under way get their answers."""
        self._stop.set()

    def wait(self, timeout: float) -> bool:
        """After `stop`: wait until everything is answered. False if it is not after `timeout` seconds."""
        finished = self._stopped.wait(timeout)
        self._loop.close()
        return finished
