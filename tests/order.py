"""The order of the tests: each process first has those that mostly wait, and then those that compute.

Each process of pytest-xdist begins with an equal part of all tests, and takes over from others when it has
none left. So the last tests are short. Those that use the server of the run are in one part, as each process
starts a server of its own for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

WAITING = (
    "tests/web/fronts/",
    "tests/web/test_serve.py",
    "tests/engine/",
    "tests/sandbox/test_engine.py",
    "tests/cli/",
    "tests/workbench/",
    "tests/web/",
    "tests/docs/",
    "tests/sandbox/",
    "tests/integrations/",
    "tests/registry/",
    "tests/e2e/",
    "tests/models/",
    "tests/judge/",
    "tests/journal/",
    "tests/client/",
)
"""Where tests mostly wait for servers, programs and clocks, the longest first."""


def ordered(items: Sequence[Any], processes: int) -> list[Any]:
    """Return the tests in one part for each process, of equal size. The tests of a module stay together."""
    modules = [list(group) for _, group in groupby(items, key=lambda item: item.path)]
    modules.sort(key=lambda module: (_rank(module[0].nodeid), -len(module)))
    parts: list[list[Any]] = [[] for _ in range(processes)]
    for number, module in enumerate(modules):
        if any("server" in getattr(item, "fixturenames", ()) for item in module):
            part = parts[0]
        elif _rank(module[0].nodeid) < len(WAITING):
            part = parts[number % processes]
        else:
            part = min(parts, key=len)
        part += module
    return [item for part in parts for item in part]


def _rank(test: str) -> int:
    return next((rank for rank, place in enumerate(WAITING) if test.startswith(place)), len(WAITING))
