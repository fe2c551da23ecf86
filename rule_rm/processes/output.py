"""Write text to a descriptor whose reader may have stopped reading: it loses text, and holds up nobody."""

from __future__ import annotations

import logging
import os
import select
from typing import TextIO

PATIENCE = 1.0
"""Seconds to wait for a slow reader. After them it is not waited for again until it reads."""
_PART = 4096
"""Bytes that a pipe takes at once if it takes any."""


class Output:
    """A stream to a descriptor, of which every process may have one."""

    def __init__(self, descriptor: int, encoding: str = "utf-8") -> None:
        """Write to this descriptor, which stays the caller's."""
        self._descriptor = descriptor
        self._encoding = encoding
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLOUT)
        self._patience = PATIENCE
        self._is_cut = False
        """True if the last text ended in its middle."""
        self.lost = 0
        """Texts that were not written, or not whole."""

    def write(self, text: str) -> int:
        """Write a text, or lose it. Raises OSError if nothing can be written there at all."""
        data = ("\n" * self._is_cut + text).encode(self._encoding, "backslashreplace")
        at = 0
        while at < len(data):
            if not self._poll.poll(self._patience * 1000):
                self._patience = 0.0
                self._is_cut = self._is_cut or at > 0
                self.lost += 1
                return len(text)
            self._patience = PATIENCE
            at += os.write(self._descriptor, data[at : at + _PART])
        self._is_cut = False
        return len(text)

    def flush(self) -> None:
        """Do nothing: nothing is kept back."""


class Lines(logging.StreamHandler[Output | TextIO]):
    """A handler for one thread: at the end of the process, nobody waits for it."""

    def createLock(self) -> None:  # noqa: N802 - the library's name
        """Have no lock: `logging` would take it at the end of the process."""
        self.lock = None


def output(stream: TextIO) -> Output | TextIO:
    """Return an output to the descriptor of a stream, or the stream itself if it has none."""
    try:
        return Output(stream.fileno(), stream.encoding or "utf-8")
    except (OSError, ValueError, AttributeError):
        return stream
