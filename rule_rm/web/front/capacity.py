"""The capacity of the process: descriptors and threads, counted at start against its limits."""

from __future__ import annotations

import logging
import resource
from pathlib import Path

from rule_rm.errors import ConfigurationError
from rule_rm.settings import Settings
from rule_rm.web.front.limits import Limits

logger = logging.getLogger(__name__)

BASE = 128
"""Descriptors for files, the engine's own pipes, and what libraries hold open."""
PER_WORKER = 4
"""Descriptors for a worker and for the program that it sends to the sandbox."""
ASKING = 512
"""Descriptors for connections to judges and reward models."""
SLOW_WORKERS = 64
"""Workers that may run in addition to the configured ones."""
FEWEST = 64
"""Connections without which serving makes no sense."""


def capacity(settings: Settings) -> Limits:
    """Return the server's limits, and raise the soft limit of descriptors to what they need.

    Raises ConfigurationError, with the figures, if the hard limit leaves too little.
    """
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


def processes_left() -> int | None:
    """Return how many processes and threads the control group still allows; None if it sets no limit."""
    for directory in _groups():
        try:
            limit = (directory / "pids.max").read_text().strip()
            used = int((directory / "pids.current").read_text())
        except (OSError, ValueError):
            continue
        if limit != "max":
            return int(limit) - used
    return None


def _groups() -> list[Path]:
    """Return the directories of this process's control group and of those above it."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    name = next((line.partition("::")[2] for line in lines if line.startswith("0::")), "")
    own = Path("/sys/fs/cgroup") / name.lstrip("/")
    return [own, *own.parents][: len(own.parents)]
