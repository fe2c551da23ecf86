"""The messages between the server and its template process, one a packet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

PACKET = 1 << 17
"""Bytes that one packet may have; the kernel's default takes a little more."""


class Configuration(NamedTuple):
    """To the template, first: what to load, and how workers are bounded."""

    sources: Sequence[str]
    """The modules and files that register reward functions."""
    options: Mapping[str, Sequence[str]]
    mixture: Mapping[str, Any] | None
    memory_mb: int
    versions: Mapping[str, str]
    """The versions of the functions as the server has them: a template with others must not score."""


class Fork(NamedTuple):
    """To the template: fork a worker."""


class Kill(NamedTuple):
    """To the template: end a worker."""

    pid: int


class Ping(NamedTuple):
    """To the template: say that you are there."""


class Ready(NamedTuple):
    """From the template: everything is loaded."""


class Failed(NamedTuple):
    """From the template: nothing can be loaded."""

    reason: str


class Forked(NamedTuple):
    """From the template: a worker was forked; its socket comes with the packet."""

    pid: int


class Unforked(NamedTuple):
    """From the template: no worker could be forked."""

    reason: str


class Died(NamedTuple):
    """From the template: a worker has ended and was reaped."""

    pid: int


class Pong(NamedTuple):
    """From the template: the answer to a ping."""


TO_TEMPLATE: tuple[type[Fork | Kill | Ping], ...] = (Fork, Kill, Ping)
FROM_TEMPLATE: tuple[type[Forked | Unforked | Died | Pong], ...] = (Forked, Unforked, Died, Pong)
AT_START: tuple[type[Ready | Failed], ...] = (Ready, Failed)
