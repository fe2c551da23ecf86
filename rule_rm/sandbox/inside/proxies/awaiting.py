"""Awaiting objects of the other process, whose loop runs a little at a time while the tasks here go on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


async def awaiting(reference: Any, method: str = "", *arguments: Any) -> Any:
    """Await an object of the program's, or what its method returns, while the tasks of this loop go on."""
    ask = reference._channel.ask
    found = ask("await", reference, method, _patience(), *arguments)
    if found[0] == "pending":
        found = await _end_of(ask, found)
    if found[0] == "end":
        raise StopAsyncIteration
    return found[1]


async def ended(future: Any) -> Any:
    """Return the result of a future of the other process's loop, which goes on between two looks at it."""
    import asyncio

    try:
        while not future.done():
            await asyncio.sleep(_SHORT)
    except asyncio.CancelledError:
        future.cancel()
        raise
    return future.result()


async def _end_of(ask: Callable[..., Any], found: Any) -> Any:
    """Return how a task of the program ends, for which it is asked again and again."""
    import asyncio

    cancelled: BaseException | None = None
    _waiting.append(found)
    try:
        while found[0] == "pending":
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError as error:
                cancelled = error
            how = "cancel" if cancelled is not None else ""
            found = ask("poll", None, how, _patience(), found[1])
    finally:
        _waiting.pop()
    if cancelled is not None and found[0] == "cancelled":
        raise cancelled
    return found


_waiting: list[Any] = []
"""The tasks of the program that tasks of the test wait for."""
_SHORT, _LONG = 0.002, 0.05
"""Seconds that the program's loop runs at a time, while this one waits for a time and while it only waits."""


def _patience() -> float | None:
    """Return how long the program's loop may run now, in seconds; None for as long as it likes."""
    asyncio = sys.modules.get("asyncio")
    loop = asyncio._get_running_loop() if asyncio is not None else None
    if loop is None:
        return None
    if len(loop._ready) >= max(len(_waiting), 1):
        # There is more to do here than to ask again for the others.
        return 0.0
    return _SHORT if loop._ready or loop._scheduled else _LONG
