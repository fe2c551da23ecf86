"""Fill the gaps in this process's memory, so that what its children make lies together.

A child copies each page that it writes to. Imports leave gaps all over the memory, and each costs a page for
one small object.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

_SMALL = range(48, 513, 16)
"""The sizes of blocks that Python's allocator keeps, without the two smallest, which no `bytes` has."""
_LARGE = range(528, 8192, 16)
"""Sizes of blocks that the allocator of the C library has to find."""
_IN_A_ROW = 16
"""Blocks, each right behind the last one, that are in no gap; they are given back."""
_LARGE_IN_A_ROW = 4
_MOST = 20_000
"""Blocks of one size at most: an allocator of another design may never look as expected."""
_EMPTY = b"".__sizeof__()

_places = {enough: range(2 * enough) for enough in (_IN_A_ROW, _LARGE_IN_A_ROW)}
_kept: list[object] = []
"""The objects in the gaps."""


def fill() -> None:
    """Fill the gaps; the filling stays until the process ends."""
    _fill(16, _IN_A_ROW, object)
    _fill(32, _IN_A_ROW, lambda: complex(1.0))
    for size in _SMALL:
        _fill(size, _IN_A_ROW, lambda size=size - _EMPTY: bytes(size))  # type: ignore[misc]
    for size in _LARGE:
        # The C library adds eight bytes to each.
        _fill(size, _LARGE_IN_A_ROW, lambda size=size - 8 - _EMPTY: bytes(size))  # type: ignore[misc]


def _fill(size: int, enough: int, make: Callable[[], object]) -> None:
    """Make objects of one size until enough of them are in a row."""
    # While they are made, nothing else is: a list that grows, or a number, would come between two of them.
    # Gaps that the last comparison has left come first, and a pool may end among them: so twice as many.
    batch: list[object] = [None] * (2 * enough)
    for _ in range(_MOST // len(batch)):
        for place in _places[enough]:
            batch[place] = make()
        if _longest_row(batch, size) >= enough:
            break
        _kept.extend(batch)


def _longest_row(objects: list[object], size: int) -> int:
    longest = row = 1
    for before, after in pairwise(objects):
        row = row + 1 if id(after) - id(before) == size else 1
        longest = max(longest, row)
    return longest
