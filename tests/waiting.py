"""Wait for another thread or process, as long as it takes on a busy machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 60.0
"""Seconds after which a test fails that should have been done long before."""


def until(condition: Callable[[], T], what: object = "it") -> T:
    """Return the first true value of the condition; fail with a message about `what` after a minute.

    A function as `what` is called when the time is over, and its result is shown.
    """
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {PATIENCE:g} s for {what() if callable(what) else what}")
        time.sleep(0.005)
    return found
