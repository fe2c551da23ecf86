"""Fill the gaps in this process's memory, so that what its children make lies together.

A child copies each page that it writes to. Imports leave gaps all over the memory, and each costs a page for
one small object.
"""

from __future__ import annotations

from collections.abc import Callable

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

_kept: list[object] = []
"""The objects in the gaps."""


def fill() -> None:
    """Fill the gaps; the filling stays until the process ends."""
    _fill(16, _IN_A_ROW, object)
    _fill(32, _IN_A_ROW, lambda: (1 << 40) + len(_kept))
    for size in _SMALL:
        _fill(size, _IN_A_ROW, lambda size=size: bytes(size - _EMPTY))  # type: ignore[misc]
    for size in _LARGE:
        # The C library adds eight bytes to each.
        _fill(size, _LARGE_IN_A_ROW, lambda size=size: bytes(size - 8 - _EMPTY))  # type: ignore[misc]


def _fill(size: int, enough: int, make: Callable[[], object]) -> None:
    """Make objects of one size until enough of them are in a row."""
    row: list[object] = []
    for _ in range(_MOST):
        made = make()
        if row and id(made) != id(row[-1]) + size:
            _kept.extend(row)
            row.clear()
        row.append(made)
        if len(row) == enough:
            break
