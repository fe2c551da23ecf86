"""The front processes as the main process has them: started, counted, replaced with each edition, ended."""

from __future__ import annotations

import logging
import select
import socket
import threading
import time
from collections import Counter

from rule_rm import redaction
from rule_rm.editions import Edition
from rule_rm.errors import ConfigurationError
from rule_rm.processes.ending import ending
from rule_rm.processes.failures import Failures
from rule_rm.service import Service
from rule_rm.settings import Settings
from rule_rm.web.front import Limits
from rule_rm.web.front.server import HttpServer
from rule_rm.web.fronts.generation import ENDING, Generation
from rule_rm.web.fronts.orders import Entered, Order

logger = logging.getLogger(__name__)

AGAIN, LONGEST = 5.0, 300.0
"""Seconds before fronts that were lost together are started again: doubled each time, up to the second."""
HANDING_OVER = 5.0
"""Seconds in which fronts hand over their clients: then they have none but those that read slowly."""


class Fronts:
    """The fronts of a server, and the figures of all its processes."""

    def __init__(
        self, settings: Settings, service: Service, listener: socket.socket, server: HttpServer
    ) -> None:
        """Have `server_processes` - 1 fronts accept from the listening socket of the server, once started."""
        self._settings = settings
        self._service = service
        self._listener = listener.fileno()
        self._server = server
        self._lock = threading.Lock()
        self._current: Generation | None = None
        self._former: list[Generation] = []
        self._past: Counter[str] = Counter()
        self._started = 0
        self._failures = Failures()
        self._is_closing = threading.Event()

    @property
    def failure(self) -> str | None:
        """Why the server no longer accepts connections; None if it does. It does so without fronts."""
        return self._server.failure

    def start(self) -> None:
        """Start the fronts of the current edition. Until they have loaded, the main process answers alone."""
        with self._lock:
            if self._is_closing.is_set() or self._current is not None:
                return
            try:
                self._current = Generation(self._order(), self._server.adopt_from, self._enter, self._bury)
            except OSError as error:
                self._say(str(error))
                self._start_again()

    def renew(self) -> None:
        """Replace the fronts by those of the current edition; returns when the former ones have ended."""
        with self._lock:
            former, self._current = self._current, None
            if former is not None:
                self._former.append(former)
        if former is not None:
            former.retire()
            former.is_over.wait(HANDING_OVER)
        self.start()

    def stop(self) -> None:
        """Have the fronts hand over their clients and end, before the server stops."""
        self._is_closing.set()
        for one in self._all():
            one.retire()
        self._wait(HANDING_OVER)

    def wait(self) -> None:
        """Wait after `stop` until all that they scored is counted and in the journal."""
        self._wait(ENDING)

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + ending.left(seconds)
        for one in self._all():
            one.is_over.wait(max(until - time.monotonic(), 0.0))

    def _all(self) -> list[Generation]:
        with self._lock:
            return [*self._former, *filter(None, [self._current])]

    def state(self) -> dict[str, int]:
        """Return the entry for `/health`: the figures of all processes, and how many fronts there are."""
        total = Counter(self._server.state())
        with self._lock:
            generations = [*self._former, *filter(None, [self._current])]
            total.update(self._past)
            alive = 0 if self._current is None else self._current.alive
            started = self._started + sum(one.started for one in generations)
        answered = self._past["requests"]
        for one in generations:
            figures = one.state()
            answered += figures["requests"]
            total.update(figures)
        return {**total, "fronts": alive, "fronts_started": started, "answered_by_fronts": answered}

    def _order(self) -> Order:
        edition: Edition = self._service.editions.current
        table = edition.engine.table
        assert table is not None  # noqa: S101 - an engine of several processes has one
        limits: Limits = self._server.limits
        return Order(
            self._settings,
            self._settings.server_processes - 1,
            limits.connections // self._settings.server_processes,
            self._listener,
            table.descriptor,
            edition.number,
            edition.versions(),
            edition.golden.version,
            redaction.lasting_secrets(),
        )

    def _enter(self, message: Entered) -> None:
        """Count and keep what a front scored, as if it had been scored here."""
        scored = message.scored()
        self._service.guard.note(scored.scores, 1.0)
        self._service.journal.record(scored)

    def _bury(self, generation: Generation) -> None:
        with self._lock:
            self._past.update(generation.state())
            self._started += generation.started
            if generation in self._former:
                self._former.remove(generation)
            if generation is not self._current:
                return
            self._current = None
        if not self._is_closing.is_set():
            self._say(generation.failure or "their template process died")
            self._start_again()

    def _say(self, why: str) -> None:
        if self._failures.is_worth_telling():
            logger.warning(
                "there are no front processes, and the main process answers alone (failure %d): %s",
                self._failures.count,
                why,
            )

    def _start_again(self) -> None:
        pause = min(AGAIN * 2 ** (self._failures.count - 1), LONGEST)
        timer = threading.Timer(pause, self.start)
        timer.daemon = True
        timer.start()


def check_fronts(settings: Settings) -> None:
    """Raise ConfigurationError if the settings have several processes with something that needs one."""
    if settings.server_processes == 1:
        return
    if not hasattr(select, "epoll"):
        raise ConfigurationError("--server-processes: this system has no epoll, which several need")
    if settings.tls_cert is not None:
        raise ConfigurationError("--server-processes: TLS is spoken by one process; leave it to a proxy")
    if settings.max_unscored < 1:
        raise ConfigurationError("--server-processes: --max-unscored needs one process, which counts all")
