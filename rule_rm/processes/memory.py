"""The memory of this process: large blocks go back to the system as soon as they are free.

By default glibc keeps them. After the first block of 8 MiB is freed, it takes later blocks of that size from
its heaps. A heap shrinks only from its end. A judge that sent 100 replies of 8 MiB at once left 290 MiB of
free memory in a server of 70 MiB.
"""

from __future__ import annotations

import ctypes

LARGE = 1 << 19
"""Bytes of a block that is mapped on its own: 512 KiB, less than bodies and replies that are large."""
_M_MMAP_THRESHOLD = -3


def return_large_blocks() -> None:
    """Have the allocator map each large block on its own, for good; do nothing where it is not glibc's."""
    try:
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE)
    except (OSError, AttributeError):
        return
