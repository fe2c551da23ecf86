"""Containers of which both ends of the channel have a copy: find changes in one, and make them in the other.

A change is found by identity: an object in a container is never asked whether it equals another.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Callable
from typing import Any

from rule_rm.sandbox.inside.data import tables, twins, values

_GROWING = (list, deque)
"""Sequences that are filled by their methods; bytearrays and arrays are by their slices."""


def state(container: Any) -> Any:
    """Return the objects in a container, keys before values; of an array or a table, its parts."""
    kind = type(container)
    if kind in values.MUTABLE:
        return [*container, *container.values()] if isinstance(container, dict) else list(container)
    if tables.is_of_pandas(kind):
        return tables.state(container)
    twin = twins.of(kind)
    return (container.shape, container.tobytes()) if twin is None else twin.state(container)


def are_same(some: Any, others: Any) -> bool:
    """Return whether two states hold the same objects; the objects are not asked."""
    if isinstance(some, tuple):
        return bool(some == others)
    return len(some) == len(others) and all(map(operator.is_, some, others))


def content(container: Any, refer: values.Refer, memory: dict[int, tuple[int, Any]]) -> Any:
    """Return the form of a container's items, with numbers for those that are containers in `memory`."""
    if type(container) not in values.MUTABLE:
        twin = twins.of(type(container))
        if twin is None:
            return values.encode(container, refer)
        return [values.encode(part, refer, 1, memory) for part in twin.state(container)]
    if isinstance(container, dict):
        return [[values.encode(part, refer, 1, memory) for part in pair] for pair in dict.items(container)]
    return [values.encode(item, refer, 1, memory) for item in container]


def fill(container: Any, items: Any) -> None:
    """Make a container hold these items. Raises any exception if it can't."""
    twin = twins.of(type(container))
    if twin is not None:
        twin.fill(container, items)
    elif tables.is_of_pandas(type(container)):
        tables.fill(container, items)
    elif isinstance(container, dict):
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


class Common:
    """The containers that a test and a program have in common, by numbers that both ends count alike.

    Each end numbers a container when it sends or receives it for the first time. Later, only its number
    crosses. What has changed in it crosses with the next message.
    """

    def __init__(self) -> None:
        self.items: list[Any] = []
        """The containers, by their numbers; `decoding.decode` adds those that arrive."""
        self.memory: dict[int, tuple[int, Any]] = {}
        """Their numbers, by their ids; `values.encode` adds those that leave."""
        self._states: list[Any] = []

    @property
    def is_full(self) -> bool:
        """Return whether watching them takes long by now: both ends then begin anew."""
        return len(self.items) > _WATCHED

    @property
    def count(self) -> int:
        """The number of containers by which both ends know the same ones."""
        return len(self._states)

    @property
    def is_light(self) -> bool:
        """Return whether comparing all of them takes no time to speak of."""
        return sum(len(one) for one in self._states) <= _LIGHT

    def keep(self, count: int) -> None:
        """Remove all containers but the first ones."""
        del self.items[count:], self._states[count:]
        for key in list(self.memory)[count:]:
            del self.memory[key]

    def agree(self) -> None:
        """Give new containers the same number in both tables, and remember their items."""
        if len(self.memory) == len(self.items) == len(self._states):
            return
        self.items += [one for _, one in list(self.memory.values())[len(self.items) :]]
        for number in range(len(self.memory), len(self.items)):
            self.memory[id(self.items[number])] = (number, self.items[number])
        self._states += map(state, self.items[len(self._states) :])

    def forget(self) -> None:
        """Remove the containers of a value that could not be sent."""
        self.keep(len(self._states))

    def changes(self, refer: values.Refer) -> list[Any]:
        """Return the number and the new content of each container that has changed since the last message."""
        found: list[Any] = []
        if not self._states and not self.memory and not self.items:
            return found
        for number, before in enumerate(self._states):
            now = state(self.items[number])
            if not are_same(before, now):
                self._states[number] = now
                found.append([number, content(self.items[number], refer, self.memory)])
        self.agree()
        return found

    def change(self, changes: Any, decode: Callable[[Any, list[Any] | None], Any]) -> None:
        """Change containers as the other end has. Raises any exception if it can't."""
        for number, form in changes:
            changed = self.items[number]
            if type(changed) not in values.MUTABLE and twins.of(type(changed)) is None:
                fill(changed, decode(form, None))
            elif isinstance(changed, dict):
                fill(changed, [[decode(part, self.items) for part in pair] for pair in form])
            else:
                fill(changed, [decode(item, self.items) for item in form])
            self.agree()
            self._states[number] = state(changed)


_WATCHED = 200
"""Containers whose contents are compared at each message."""
_LIGHT = 500
"""Items that are compared twice for each call of a function of the test's: in about 20 µs."""
