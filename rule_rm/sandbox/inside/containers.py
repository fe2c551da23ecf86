"""Containers of which both ends of the channel have a copy: find changes in one, and make them in the other.

A change is found by identity: an object in a container is never asked whether it equals another.
"""

from __future__ import annotations

import operator
from collections import deque
from typing import Any

from rule_rm.sandbox.inside import values

_GROWING = (list, deque)
"""Sequences that are filled by their methods; bytearrays and arrays are by their slices."""


def state(container: Any) -> Any:
    """Return the objects in a container, keys before values; of an array, its shape and bytes."""
    if isinstance(container, dict):
        return [*container, *container.values()]
    return list(container) if type(container) in values.MUTABLE else (container.shape, container.tobytes())


def are_same(some: Any, others: Any) -> bool:
    """Return whether two states hold the same objects; the objects are not asked."""
    if isinstance(some, tuple):
        return bool(some == others)
    return len(some) == len(others) and all(map(operator.is_, some, others))


def content(container: Any, refer: values.Refer, memory: dict[int, tuple[int, Any]]) -> Any:
    """Return the form of a container's items, with numbers for those that are containers in `memory`."""
    if type(container) not in values.MUTABLE:
        return values.encode(container, refer)
    if isinstance(container, dict):
        return [[values.encode(part, refer, 1, memory) for part in pair] for pair in dict.items(container)]
    return [values.encode(item, refer, 1, memory) for item in container]


def fill(container: Any, items: Any) -> None:
    """Make a container hold these items. Raises LookupError, TypeError or ValueError if it can't."""
    if isinstance(container, dict):
        container.clear()
        for key, item in items:
            container[key] = item
    elif type(container) is set:
        container.clear()
        container.update(items)
    elif type(container) not in _GROWING:
        container[:] = items
    else:
        container.clear()
        container.extend(items)
