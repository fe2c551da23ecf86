"""The fixture `capsys`: what a test and the program print, to be read by the test."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import NamedTuple


class Captured(NamedTuple):
    """What was printed since it was last asked for."""

    out: str
    err: str


class Capture:
    """The two streams, in memory."""

    def __init__(self) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()

    def readouterr(self) -> Captured:
        """Return what was printed since the last call."""
        found = Captured(self.out.getvalue(), self.err.getvalue())
        for stream in (self.out, self.err):
            stream.seek(0)
            stream.truncate()
        return found

    @contextlib.contextmanager
    def disabled(self) -> Iterator[None]:
        """Do nothing: nobody looks at what is printed here."""
        yield


def capsys() -> Iterator[Capture]:
    """Supply a Capture for one test. What the program writes to its stderr is written to the test's."""
    from unittest import mock

    capture = Capture()
    with mock.patch("sys.stdout", capture.out), mock.patch("sys.stderr", capture.err):
        yield capture
