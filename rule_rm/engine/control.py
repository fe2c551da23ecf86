"""The messages between the server and its template process, one a packet.

The first two come on a stream of their own, as they may be larger than a packet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

PACKET = 1 << 17
"""Bytes that one packet may have; the kernel's default takes a little more."""


MOST = 1 << 26
"""Bytes that a message on the stream may have; an environment has a few megabytes at most."""


class Configuration(NamedTuple):
    """The first message to the template: the modules to load, and the limits of workers."""

    sources: Sequence[str]
    """The modules and files that register reward functions."""
    options: Mapping[str, Sequence[str]]
    mixture: Mapping[str, Any] | None
    memory_mb: int
    versions: Mapping[str, str]
    """The versions of the functions as the server has them: a template with others must not score."""


class Surroundings(NamedTuple):
    """The second message to the template: where it and its workers run."""

    environment: Mapping[str, str]
    """All variables of the environment. The template may have begun with some of them."""


class Fork(NamedTuple):
    """A request to the template to fork a worker."""


class Kill(NamedTuple):
    """A request to the template to end a worker."""

    pid: int


class Ping(NamedTuple):
    """A ping to the template."""


class Ready(NamedTuple):
    """The template's message that everything is loaded."""


class Failed(NamedTuple):
    """The template's message that loading failed."""

    reason: str


class Forked(NamedTuple):
    """The template's message that a worker was forked; its socket comes with the packet."""

    pid: int


class Unforked(NamedTuple):
    """The template's message that no worker could be forked."""

    reason: str


class Died(NamedTuple):
    """The template's message that a worker has ended and was reaped."""

    pid: int
    status: int
    """Its exit status, or the signal that ended it as a negative number."""


class Pong(NamedTuple):
    """The template's answer to a ping."""


TO_TEMPLATE: tuple[type[Fork | Kill | Ping], ...] = (Fork, Kill, Ping)
FROM_TEMPLATE: tuple[type[Forked | Unforked | Died | Pong], ...] = (Forked, Unforked, Died, Pong)
AT_START: tuple[type[Ready | Failed], ...] = (Ready, Failed)
