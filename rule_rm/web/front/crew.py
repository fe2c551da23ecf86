"""The threads of the server: a few that compute, one for operators, some that may block.

All are started at once, so that a machine without room for them fails at start and not under load.
"""

from __future__ import annotations

import queue
from collections.abc import Callable

from rule_rm.errors import ConfigurationError
from rule_rm.processes.threads import start_all

Task = Callable[[], object]


class Crew:
    """Threads that take tasks in turn."""

    def __init__(self, name: str, size: int) -> None:
        """Start the threads. Raises ConfigurationError if the machine refuses one."""
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._size = size
        try:
            start_all(name, size, self._work)
        except ConfigurationError:
            self.close()
            raise

    def give(self, task: Task) -> None:
        """Queue a task."""
        self._tasks.put(task)

    @property
    def waiting(self) -> int:
        """Tasks that no thread has taken yet."""
        return self._tasks.qsize()

    def close(self) -> None:
        """Let the threads end when they are done; tasks that wait are dropped with them."""
        for _ in range(self._size):
            self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()
