"""The outcome of one test, and the way to run one to its end."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, NamedTuple

from rule_rm.sandbox.inside.test_files.outcomes import Unsupported


class Found(NamedTuple):
    """The outcome of one test."""

    outcome: str
    """Why it failed; empty if it passed."""
    may_be_left_out: bool = False
    """It was skipped, or was expected to fail: it counts only if nothing else does."""


Test = Callable[[], Found]


def run_whole(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> None:
    """Call a test, and run it to its end if it is asynchronous. Raises Unsupported if it yields tests."""
    returned = function(*arguments, **keywords)
    if isinstance(returned, types.CoroutineType):
        # Most tests need no event loop, and loading it would make each test slower.
        import asyncio

        asyncio.run(returned)
    elif isinstance(returned, types.GeneratorType):
        raise Unsupported("a test that yields tests needs the test runner itself")
