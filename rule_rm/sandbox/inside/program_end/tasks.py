"""Awaitables of the program that a test awaits: they run in a loop here, a little at a time.

Meanwhile the test's own loop goes on, so a test can gather, time and cancel them.
"""

from __future__ import annotations

from typing import Any


class Tasks:
    """The program's loop, and the tasks in it."""

    def __init__(self) -> None:
        # Loaded in the zygote, it would make each fork slower.
        import asyncio

        self._wait = asyncio.wait
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._tasks: list[Any] = []
        self._cancelled: set[int] = set()

    def start(self, awaitable: Any, patience: float | None) -> list[Any]:
        """Start a task, and let it run: see `go_on`."""

        async def awaited() -> Any:
            return await awaitable

        self._tasks.append(self._loop.create_task(awaited()))
        return self.go_on(len(self._tasks) - 1, patience, cancel=False)

    def go_on(self, number: int, patience: float | None, *, cancel: bool) -> list[Any]:
        """Run the loop until a task ends, for at most `patience` seconds; None: for as long as it takes.

        Returns `["done", result]`, `["end"]` if an iteration is over, `["cancelled"]`, or `["pending",
        number]`.
        Raises what the task raises.
        """
        task = self._tasks[number]
        if cancel and number not in self._cancelled:
            self._cancelled.add(number)
            task.cancel()
        if not task.done():
            self._loop.run_until_complete(self._wait([task], timeout=patience))
        if not task.done():
            return ["pending", number]
        if task.cancelled():
            return ["cancelled"]
        try:
            return ["done", task.result()]
        except StopAsyncIteration:
            return ["end"]
