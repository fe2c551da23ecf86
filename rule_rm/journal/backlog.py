"""The memory in which batches wait for the process that writes the journal.

Server and writer share it. So a batch is safe from the end of either process as soon as it was copied there.
It is not on a disk: texts are not yet cleaned of secrets then.
"""

from __future__ import annotations

import os
import tempfile
from array import array
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

KEPT = 16 << 20
"""Bytes that stay allocated when nothing waits: to get and clear pages costs more than to fill them."""
_AT_ONCE = 1_000
"""Parts of one system call, of which Linux takes 1,024."""
_LENGTH = array("Q").itemsize


class Place(NamedTuple):
    """The place of a batch in the memory."""

    offset: int
    size: int
    """Bytes."""
    requests: int


class Backlog:
    """A ring of batches, oldest first. Used by one thread of the server."""

    def __init__(self, room: int) -> None:
        """Hold at most `room` bytes."""
        self.descriptor = _memory()
        self._room = room
        self._places: deque[Place] = deque()
        self._end = 0

    def put(self, batch: Sequence[bytes]) -> Place | None:
        """Copy the requests of a batch; return their place, None if there is no room."""
        lengths = array("Q", map(len, batch)).tobytes()
        size = len(lengths) + sum(map(len, batch))
        if (offset := self._free(size)) is None:
            return None
        at = offset
        parts = [lengths, *batch]
        for start in range(0, len(parts), _AT_ONCE):
            at = self._write(parts[start : start + _AT_ONCE], at)
        place = Place(offset, size, len(batch))
        self._places.append(place)
        self._end = offset + size
        return place

    def release(self) -> None:
        """Free the place of the oldest batch."""
        self._places.popleft()
        if not self._places:
            self._end = 0
            if os.fstat(self.descriptor).st_size > KEPT:
                os.ftruncate(self.descriptor, KEPT)

    def close(self) -> None:
        """Free the memory, as far as the writer does not use it."""
        os.close(self.descriptor)

    def _free(self, size: int) -> int | None:
        """Return an offset with this many free bytes; None if there is none."""
        if not self._places:
            return 0
        begin = self._places[0].offset
        if self._end > begin and self._end + size <= self._room:
            return self._end
        # Behind the end of the ring comes its beginning.
        offset = 0 if self._end > begin else self._end
        return offset if offset + size <= begin else None

    def _write(self, parts: Sequence[bytes], offset: int) -> int:
        """Write parts one after the other; return the offset behind them."""
        written = os.pwritev(self.descriptor, parts, offset)
        if written < sum(map(len, parts)):
            # A signal or a full memory cut it short.
            rest = b"".join(parts)[written:]
            while rest:
                written += (more := os.pwrite(self.descriptor, rest, offset + written))
                rest = rest[more:]
        return offset + written


def read(descriptor: int, place: Place) -> list[bytes]:
    """Return the requests of a batch. Raises EOFError if the memory ends before them."""
    data = os.pread(descriptor, place.size, place.offset)
    if len(data) < place.size:
        raise EOFError("the memory ends within a batch")
    lengths = array("Q", data[: place.requests * _LENGTH])
    found: list[bytes] = []
    at = place.requests * _LENGTH
    for length in lengths:
        found.append(data[at : at + length])
        at += length
    return found


def _memory() -> int:
    """Return the descriptor of memory that other processes can be given."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("journal")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
