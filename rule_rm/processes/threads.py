"""Threads that are all started at once, so that a machine that can't have them says so at start.

None of them ends before its body returns: a failure in one is logged, and its body is begun again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial

from rule_rm.errors import ConfigurationError

logger = logging.getLogger(__name__)


def start_all(name: str, size: int, body: Callable[[], object]) -> list[threading.Thread]:
    """Return threads that run the body, started. Raises ConfigurationError if one of them can't be.

    Those that were started go on then: the caller ends them as it ends all.
    """
    threads: list[threading.Thread] = []
    try:
        for number in range(size):
            thread = threading.Thread(target=partial(_keep_on, body), name=f"{name}-{number}", daemon=True)
            thread.start()
            threads.append(thread)
    except RuntimeError as error:
        raise ConfigurationError(
            f"only {len(threads)} of the {size} threads called {name} can be started ({error}); raise the "
            "limit of processes (ulimit -u, or pids.max of the container)"
        ) from None
    return threads


def _keep_on(body: Callable[[], object]) -> None:
    while True:
        try:
            body()
            return
        except BaseException:  # a thread that died would be missing for ever, also by SystemExit
            logger.exception("%s failed and goes on", threading.current_thread().name)
