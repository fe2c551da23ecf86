"""Serving: the life of the service's process, from the open port to the last answer.

`Running on URL` is said when a request to `/ready` was answered over HTTP, not before, as people's scripts
wait for it.
"""

from __future__ import annotations

import gc
import http.client
import json
import logging
import signal
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from urllib.parse import SplitResult, urlsplit

from rule_rm import registry
from rule_rm.engine.template_process import Begun
from rule_rm.processes.ending import ending
from rule_rm.processes.memory import return_large_blocks
from rule_rm.service import Service
from rule_rm.settings import Settings
from rule_rm.token import check_exposure
from rule_rm.web.app import create_app
from rule_rm.web.banner import banner
from rule_rm.web.certificates import Certificate
from rule_rm.web.express import Express
from rule_rm.web.front import make_server
from rule_rm.web.front.capacity import capacity
from rule_rm.web.front.fallback import ThreadedServer
from rule_rm.web.front.server import HttpServer
from rule_rm.web.fronts.fronts import Fronts, check_fronts
from rule_rm.web.keeping import keep, open_viewer, recheck
from rule_rm.web.logs import Log
from rule_rm.web.ports import listen, url
from rule_rm.web.reloads import reload_on_hangup
from rule_rm.web.tokens import Tokens

logger = logging.getLogger(__name__)
# Scripts wait for these lines, so they are logged at any level.
logger.setLevel(logging.INFO)

DRAIN_MARGIN = 5.0
"""Seconds beyond the request timeout after which connections that are still open are given up."""
END_MARGIN = 15.0
"""Seconds beyond the request timeout after which the process has ended in any case."""
PROBE_PAUSE = 0.02
PROBE_TIMEOUT = 10.0

_THIS_MACHINE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - read, not bound


def serve(settings: Settings, announce: Callable[[str], object], begun: Begun | None) -> None:
    """Serve until SIGTERM or SIGINT, answer the requests under way, and return. Call it in the main thread.

    `announce` is called with the URL when the service is ready. `begun` is a template process that was begun
    for it. Raises ConfigurationError if it can't start.
    """
    log = Log(settings.log_level, settings.log_format)
    return_large_blocks()
    # Nothing that is loaded becomes garbage, and looking for some takes a tenth of the start.
    gc.disable()
    try:
        _serve(settings, announce, log, begun)
    finally:
        gc.enable()
        if begun is not None:
            begun.close()
        log.close()


def _serve(settings: Settings, announce: Callable[[str], object], log: Log, begun: Begun | None) -> None:
    # Before any child inherits the environment: none of them gets it.
    tokens = Tokens.of(settings)
    check_exposure(settings, tokens)
    check_fronts(settings)
    certificate = Certificate.of(settings)
    tls = certificate.context if certificate is not None else None
    scheme = "http" if tls is None else "https"
    limits = capacity(settings)
    with listen(settings.host, settings.port) as listener, ExitStack() as closing:
        # The engine takes seconds to start, so it comes last: a mistake elsewhere is found within a second.
        address, port = settings.host, listener.getsockname()[1]
        if settings.output_dir is not None:
            log.keep(Path(settings.output_dir) / f"reward_server_{port}.log")
        app = create_app(settings, begun=begun)
        service: Service = app.extensions["rule_rm"]
        closing.callback(service.engine.close)
        registry.freeze()
        # From now on only objects of requests are looked at.
        gc.freeze()
        gc.enable()
        keep(service.journal, settings, port)
        recheck(service)
        express = Express(service, app, tokens)
        server = make_server(app, listener, limits, app.finish, express, tls)
        app.server = server
        fronts = _fronts(settings, service, listener, server)
        if fronts is not None:
            app.server = fronts
        stopping = _stop_on_signals(settings.request_timeout)
        reload_on_hangup(service.editions, stopping)
        server.start()
        viewer = open_viewer(settings, service, tls)

        def say_when_ready() -> None:
            if _is_answered(url(_THIS_MACHINE.get(address, address), port, scheme), stopping):
                for line in banner(service, has_token=tokens is not None):
                    logger.info("%s", line)
                if fronts is not None:
                    fronts.start()
                announce(url(address, port, scheme))
                logger.info("Running on %s", url(address, port, scheme))
                # Most of the first requests don't need it, so it comes last.
                service.begin_index()

        threading.Thread(target=say_when_ready, name="announcer", daemon=True).start()
        stopping.wait()
        logger.info("stopping: no new requests, those under way are answered")
        _drain(server, fronts, time.monotonic() + settings.request_timeout + DRAIN_MARGIN)
        if viewer is not None:
            viewer.stop()
            viewer.wait(0.0)
        service.close()
    logger.info("stopped")


def _fronts(
    settings: Settings, service: Service, listener: socket.socket, server: HttpServer | ThreadedServer
) -> Fronts | None:
    """Return the further processes of the server, not started yet; None if there are none."""
    if settings.server_processes == 1 or not isinstance(server, HttpServer):
        return None
    fronts = Fronts(settings, service, listener, server)
    service.editions.on_change = fronts.renew
    return fronts


def _drain(server: HttpServer | ThreadedServer, fronts: Fronts | None, until: float) -> None:
    """Stop accepting clients, and answer those who are there, to a monotonic time at most."""
    if fronts is not None:
        fronts.stop()
    server.stop()
    if not server.wait(max(until - time.monotonic(), 0.0)):
        logger.warning("some connections were still open and are given up")
    if fronts is not None:
        fronts.wait()


def _stop_on_signals(request_timeout: float) -> threading.Event:
    """Return an event that the first SIGTERM or SIGINT sets; a second one ends the process at once."""
    stopping = threading.Event()
    numbers = (signal.SIGTERM, signal.SIGINT)
    ending.guard()

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
        ending.begin(request_timeout + END_MARGIN)
        stopping.set()

    for number in numbers:
        signal.signal(number, stop)
    return stopping


def _is_answered(address: str, stopping: threading.Event) -> bool:
    """Ask `/ready` until it answers with 200; False if the service is stopped first.

    The log says what is waited for, once for each reason.
    """
    last = b""
    while not stopping.is_set():
        connection = _connection(urlsplit(address))
        try:
            connection.request("GET", "/ready")
            reply = connection.getresponse()
            if reply.status == http.client.OK:
                return True
            if (why := reply.read()) != last:
                last = why
                logger.info("waiting: %s", json.loads(why).get("why"))
        except (OSError, http.client.HTTPException, ValueError) as error:
            logger.debug("not ready yet: %s", error)
        finally:
            connection.close()
        stopping.wait(PROBE_PAUSE)
    return False


def _connection(address: SplitResult) -> http.client.HTTPConnection:
    host = address.hostname or ""
    if address.scheme == "http":
        return http.client.HTTPConnection(host, address.port, timeout=PROBE_TIMEOUT)
    # This is our own port, and the certificate names the host that others know.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, address.port, timeout=PROBE_TIMEOUT, context=context)
