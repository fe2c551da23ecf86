"""An index from a window, a few items in a row, to the texts that hold it.

Each text is entered under few of its windows, those under which the fewest are entered already, so that
a window that every text shares ("what is the") has no longer a chain than any other. Two flat arrays hold
it all: 100,000 texts take a few megabytes. An entry found only hints at a text; who asks must compare.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence


class Windows:
    """Entries (text, offset of the window in the text), by the hash of the window."""

    def __init__(self, entries: int) -> None:
        """`entries` is about how many there will be; the arrays are made for it."""
        size = 1 << max(10, (4 * entries).bit_length())
        self._mask = size - 1
        self._load = bytearray(size)
        self._heads = array("I", [0]) * size
        # Entry 0 is the end of every chain.
        self._next = array("I", [0])
        self._texts = array("I", [0])
        self._offsets = array("I", [0])

    def add(
        self, text: int, windows: Iterable[tuple[object, ...]], first: int, stretches: int, run: int = 1
    ) -> None:
        """Enter the text under `run` windows in a row of each of `stretches` equal stretches of its windows.

        `first` is the offset of the first window; a stretch must not be shorter than a run.
        """
        slots = [value & self._mask for value in map(hash, windows)]
        loads = [self._load[slot] for slot in slots]
        if run > 1:
            loads = [max(loads[start : start + run]) for start in range(len(loads) - run + 1)]
        for stretch in range(stretches):
            begin = len(loads) * stretch // stretches
            part = loads[begin : len(loads) * (stretch + 1) // stretches]
            start = begin + part.index(min(part))
            for position in range(start, start + run):
                self._enter(text, slots[position], first + position)

    def _enter(self, text: int, slot: int, offset: int) -> None:
        self._next.append(self._heads[slot])
        self._heads[slot] = len(self._texts)
        self._texts.append(text)
        self._offsets.append(offset)
        self._load[slot] = min(255, self._load[slot] + 1)

    def hits(self, windows: Iterable[tuple[object, ...]], stride: int = 1) -> Iterator[tuple[int, int]]:
        """(text, position at which it would begin) for each entry under each of the windows, in order.

        The windows are those of a text, `stride` apart.
        """
        mask = self._mask
        slots = [value & mask for value in map(hash, windows)]
        for number, entry in enumerate(map(self._heads.__getitem__, slots)):
            while entry:
                yield self._texts[entry], number * stride - self._offsets[entry]
                entry = self._next[entry]


def windows_of(items: Sequence[object], width: int, stride: int = 1) -> Iterator[tuple[object, ...]]:
    """Each run of `width` items, or each `stride`-th of them.

    >>> list(windows_of("abcd", 3))
    [('a', 'b', 'c'), ('b', 'c', 'd')]
    """
    return zip(*(items[start::stride] for start in range(width)))
