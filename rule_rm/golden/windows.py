"""An index from a window, a few items in a row, to the texts entered under it and the places in them.

A text is entered under few of its windows, the least crowded ones, since a window that every text has
says nothing. Flat arrays hold everything: 100,000 texts take a few megabytes. An entry found is only
a hint, as two windows may share a slot.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


class Windows:
    """Entries (value, offset of the window in its text) in slots, one slot for each hash of a window."""

    def __init__(self, entries: int) -> None:
        """`entries` is about how many there will be; the arrays are made for it."""
        size = 1 << max(10, (4 * entries).bit_length())
        self._mask = size - 1
        self._counts = bytearray(size)
        self._heads = array("I", [0]) * size
        # Entry 0 is the end of every chain.
        self._next = array("I", [0])
        self._values = array("I", [0])
        self._offsets = array("I", [0])

    def slots(self, windows: Iterable[tuple[object, ...]]) -> list[int]:
        """Return the slot of each window."""
        mask = self._mask
        return [number & mask for number in map(hash, windows)]

    def counts(self, slots: Iterable[int]) -> list[int]:
        """Return how many entries each slot has; 255 means 255 or more."""
        return [self._counts[slot] for slot in slots]

    def enter(self, slot: int, value: int, offset: int) -> None:
        """Make an entry."""
        self._next.append(self._heads[slot])
        self._heads[slot] = len(self._values)
        self._values.append(value)
        self._offsets.append(offset)
        self._counts[slot] = min(255, self._counts[slot] + 1)

    def holds(self, slot: int, value: int, offset: int) -> bool:
        """Return True if the slot has this entry."""
        entry = self._heads[slot]
        while entry and (self._values[entry] != value or self._offsets[entry] != offset):
            entry = self._next[entry]
        return entry != 0

    def hits(self, slots: Iterable[int], positions: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Return (value, where its text would begin) for each entry in each of the slots.

        `positions` are those of the windows in the text that is asked for.
        """
        for entry, position in zip(map(self._heads.__getitem__, slots), positions, strict=False):
            while entry:
                yield self._values[entry], position - self._offsets[entry]
                entry = self._next[entry]

    def rarest_hits(self, slots: Sequence[int], positions: Sequence[int], most: int) -> list[tuple[int, int]]:
        """Return at most `most` of the hits, from the least crowded slots."""
        order = sorted(range(len(slots)), key=self.counts(slots).__getitem__)
        return list(islice(self.hits([slots[i] for i in order], [positions[i] for i in order]), most))


def windows_of(items: Sequence[T], width: int, stride: int = 1) -> Iterator[tuple[T, ...]]:
    """Yield each run of `width` items, or each `stride`-th of them.

    >>> list(windows_of("abcd", 3))
    [('a', 'b', 'c'), ('b', 'c', 'd')]
    """
    return zip(*(items[start::stride] for start in range(width)), strict=False)
