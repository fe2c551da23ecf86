"""Bound the end of this process: all that has to be closed shares one deadline, from the signal on.

Each part has a limit of its own, but their sum is longer than any supervisor waits.
"""

from __future__ import annotations

import logging
import math
import os
import signal
import threading
import time
from collections.abc import Callable

from rule_rm.processes.starting import family

logger = logging.getLogger(__name__)


class Ending:
    """The deadline of a process for its end; there is none until it begins."""

    def __init__(self) -> None:
        self._until = math.inf
        self._has_begun = threading.Event()

    def guard(self, exit_now: Callable[[], object] | None = None) -> None:
        """Start a thread that calls `exit_now` when the end takes too long, well before there is an end.

        By default that kills every descendant and ends the process, whatever it waits for.
        """
        threading.Thread(target=self._watch, args=[exit_now or _exit_now], name="ending", daemon=True).start()

    def begin(self, seconds: float) -> None:
        """Let the process end within these seconds. A signal handler may call it; the first call counts."""
        if not self._has_begun.is_set():
            self._until = time.monotonic() + seconds
            self._has_begun.set()

    def _watch(self, exit_now: Callable[[], object]) -> None:
        self._has_begun.wait()
        time.sleep(max(self._until - time.monotonic(), 0.0))
        exit_now()

    def left(self, most: float) -> float:
        """Return the seconds that one part may take: `most`, or half of the time left if that is less.

        So no part takes the time of those after it.
        """
        return max(min(most, (self._until - time.monotonic()) / 2), 0.0)


ending = Ending()
"""The end of this process."""


def _exit_now() -> None:
    logger.error("the shutdown took too long; the remaining processes are killed")
    for pid in family(os.getpid())[1:]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    os._exit(1)
