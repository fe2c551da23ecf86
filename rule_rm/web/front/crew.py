"""The threads of the server: a few that compute, one for operators, some that may block.

All are started at once, so that a machine without room for them fails at start and not under load.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from rule_rm.errors import ConfigurationError

logger = logging.getLogger(__name__)

Task = Callable[[], object]


class Crew:
    """Threads that take tasks in turn."""

    def __init__(self, name: str, size: int) -> None:
        """Start the threads. Raises ConfigurationError if the machine refuses one."""
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True)
            for number in range(size)
        ]
        self._started = 0
        try:
            for thread in self._threads:
                thread.start()
                self._started += 1
        except RuntimeError as error:
            self.close()
            raise ConfigurationError(
                f"only {self._started} of the {size} threads called {name} can be started ({error}); "
                "raise the limit of processes (ulimit -u, or pids.max of the container)"
            ) from None

    def give(self, task: Task) -> None:
        """Queue a task."""
        self._tasks.put(task)

    @property
    def waiting(self) -> int:
        """Tasks that no thread has taken yet."""
        return self._tasks.qsize()

    def close(self) -> None:
        """Let the threads end when they are done; tasks that wait are dropped with them."""
        for _ in range(self._started):
            self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                task()
            except Exception:  # a thread that died would be missing for ever
                logger.exception("the server failed to answer a request")
