"""The fixture `capsys`: it lets a test read its own output and the program's."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import NamedTuple


class Captured(NamedTuple):
    """The output since the last call of `readouterr`."""

    out: str
    err: str


class Capture:
    """The two streams, in memory."""

    def __init__(self) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()

    def readouterr(self) -> Captured:
        """Return the output since the last call."""
        found = Captured(self.out.getvalue(), self.err.getvalue())
        for stream in (self.out, self.err):
            stream.seek(0)
            stream.truncate()
        return found

    @contextlib.contextmanager
    def disabled(self) -> Iterator[None]:
        """Do nothing: output of the judge is not shown to anybody."""
        yield


def capsys() -> Iterator[Capture]:
    """Supply a Capture for one test. It includes the standard error of the program."""
    from unittest import mock

    capture = Capture()
    with mock.patch("sys.stdout", capture.out), mock.patch("sys.stderr", capture.err):
        yield capture
