"""Threads that are all started at once, so that a machine that can't have them says so at start."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rule_rm.errors import ConfigurationError


def start_all(name: str, size: int, body: Callable[[], object]) -> list[threading.Thread]:
    """Return threads that run the body, started. Raises ConfigurationError if one of them can't be.

    Those that were started go on then: the caller ends them as it ends all.
    """
    threads: list[threading.Thread] = []
    try:
        for number in range(size):
            thread = threading.Thread(target=body, name=f"{name}-{number}", daemon=True)
            thread.start()
            threads.append(thread)
    except RuntimeError as error:
        raise ConfigurationError(
            f"only {len(threads)} of the {size} threads called {name} can be started ({error}); raise the "
            "limit of processes (ulimit -u, or pids.max of the container)"
        ) from None
    return threads
