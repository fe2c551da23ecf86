"""Typed messages between processes: NamedTuples, sent as JSON with their names."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

R = TypeVar("R")


def encode(record: NamedTuple) -> bytes:
    """Return a record as JSON.

    >>> class Kill(NamedTuple):
    ...     pid: int
    >>> encode(Kill(7))
    b'["Kill",{"pid":7}]'
    """
    return json.dumps([type(record).__name__, record._asdict()], separators=(",", ":")).encode()


def decode(packet: bytes, kinds: Iterable[type[R]]) -> R:
    """Return the record in a packet, which must be one of these kinds, with all its fields and no others.

    Raises ValueError for anything else.
    """
    try:
        name, values = json.loads(packet)
        kind: Any = next(kind for kind in kinds if kind.__name__ == name)
        record: R = kind(**values)
    except (RecursionError, StopIteration, TypeError, ValueError) as error:
        raise ValueError(f"no message that is known here: {packet[:80]!r}") from error
    return record
