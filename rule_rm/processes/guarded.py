"""Threads that must not end: a failure in one is logged, and the thread begins again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from rule_rm.processes.failures import Failures

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0
"""Seconds before a body that failed is called again: doubled each time, up to the second."""


class Guarded:
    """A daemon thread whose body is called again whenever it raises, until it returns or is to close."""

    def __init__(self, name: str, body: Callable[[], object], closing: threading.Event) -> None:
        """Start the thread. The owner sets `closing` to end it; the body must look at it too."""
        self._body = body
        self._closing = closing
        self._failures = Failures()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.failure: str | None = None
        """Why the body does not run at the moment; None if it does."""

    @property
    def name(self) -> str:
        """The thread's name."""
        return self._thread.name

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has ended."""
        self._thread.join(timeout)

    def is_alive(self) -> bool:
        """Return True if the thread runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._closing.is_set():
            try:
                self.failure = None
                self._body()
                return
            except Exception as error:  # a thread that died would be missing for ever
                self.failure = f"{self.name} failed: {type(error).__name__}: {error}"
                if self._failures.is_worth_telling():
                    logger.exception(
                        "%s failed (failure %d) and is begun again", self.name, self._failures.count
                    )
            self._closing.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
