"""The capacity of the process: descriptors and threads, counted at start against its limits."""

from __future__ import annotations

import logging
import resource

from rule_rm.errors import ConfigurationError
from rule_rm.processes.control_groups import groups
from rule_rm.settings import Settings
from rule_rm.web.front.limits import Limits

logger = logging.getLogger(__name__)

BASE = 128
"""Descriptors for files, the engine's own pipes, and libraries."""
PER_WORKER = 4
"""Descriptors for a worker and for the program that it sends to the sandbox."""
ASKING = 512
"""Descriptors for connections to judges and reward models."""
SLOW_WORKERS = 64
"""Workers that may run in addition to the configured ones."""
THREADS = 112
"""Threads of this process and its children except workers: 103 and 4 were measured at start."""
PER_FRONT = 3
"""A further process that answers requests, the thread that hears it, and a share of its template."""
PER_PLACE = 3
"""A thread that waits for a worker, the worker, and the program that it sends to the sandbox."""
FEWEST = 64
"""Connections without which serving makes no sense."""


def capacity(settings: Settings) -> Limits:
    """Return the server's limits, and raise the soft limit of descriptors accordingly.

    Raises ConfigurationError, with the figures, if a limit leaves too little.
    """
    _check_processes(settings.workers, settings.server_processes - 1)
    body = int(settings.max_request_mb * 2**20)
    wanted = Limits(body=body, bodies=max(8 * body, 256 << 20))
    held = BASE + PER_WORKER * (settings.workers + SLOW_WORKERS) + ASKING + wanted.reserve
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = held + wanted.connections
    allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    connections = min(wanted.connections, allowed - held)
    if connections < FEWEST:
        # A small machine serves few clients: the judge's connections are given up first.
        connections = allowed - (held - ASKING)
    if connections < FEWEST:
        raise ConfigurationError(
            f"this process may have {hard} descriptors, and needs {held - ASKING + FEWEST} for "
            f"{settings.workers} workers and {FEWEST} connections; raise the limit (ulimit -Hn), or take "
            "fewer --workers"
        )
    if connections < wanted.connections:
        logger.warning("%d descriptors leave room for %d connections at a time", hard, connections)
    return Limits(body=body, bodies=wanted.bodies, connections=connections)


def _check_processes(workers: int, fronts: int) -> None:
    """Raise ConfigurationError if the control group allows too few processes and threads to start."""
    left, needed = processes_left(), THREADS + PER_PLACE * workers + PER_FRONT * fronts
    if left is None:
        return
    if left < needed:
        raise ConfigurationError(
            f"the control group allows {left} more processes and threads, and {needed} are needed for "
            f"{workers} workers. Raise its limit (pids.max), or take fewer --workers"
        )
    if left < needed + SLOW_WORKERS:
        logger.warning(
            "the control group allows %d more processes and threads: fewer than %d rollouts that take long "
            "can run besides the others",
            left,
            SLOW_WORKERS,
        )


def processes_left() -> int | None:
    """Return how many processes and threads the control group still allows; None if it sets no limit."""
    left = []
    for directory in groups("pids"):
        try:
            limit = (directory / "pids.max").read_text().strip()
            used = int((directory / "pids.current").read_text())
        except (OSError, ValueError):
            continue
        if limit != "max":
            left.append(int(limit) - used)
    return min(left, default=None)
