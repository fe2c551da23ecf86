"""The fixtures `capsys` and `caplog`: they let a test read its own output and log, and the program's."""

from __future__ import annotations

import contextlib
import io
import logging
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


class Log(logging.Handler):
    """The log of a test, in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []
        self._levels: dict[logging.Logger, int] = {}

    @property
    def handler(self) -> Log:
        """The handler itself, which a test may add to a logger that passes nothing on."""
        return self

    @property
    def messages(self) -> list[str]:
        """The texts of the records."""
        return [record.getMessage() for record in self.records]

    @property
    def text(self) -> str:
        """The records as lines."""
        form = "%-8s %s:%s:%d %s\n"
        return "".join(
            form % (one.levelname, one.name, one.filename, one.lineno, one.getMessage())
            for one in self.records
        )

    @property
    def record_tuples(self) -> list[tuple[str, int, str]]:
        """The name of the logger, the level and the text of each record."""
        return [(record.name, record.levelno, record.getMessage()) for record in self.records]

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.records.append(record)

    def clear(self) -> None:
        """Remove all records."""
        self.records.clear()

    def set_level(self, level: int | str, logger: str | None = None) -> None:
        """Set the level of a logger until the test ends."""
        chosen = logging.getLogger(logger)
        self._levels.setdefault(chosen, chosen.level)
        chosen.setLevel(level)

    @contextlib.contextmanager
    def at_level(self, level: int | str, logger: str | None = None) -> Iterator[None]:
        """Set the level of a logger for a block."""
        chosen = logging.getLogger(logger)
        before = chosen.level
        chosen.setLevel(level)
        try:
            yield
        finally:
            chosen.setLevel(before)

    def restore(self) -> None:
        """Put the levels of all loggers back."""
        for logger, level in self._levels.items():
            logger.setLevel(level)


def caplog() -> Iterator[Log]:
    """Supply a Log for one test."""
    log = Log()
    logging.getLogger().addHandler(log)
    try:
        yield log
    finally:
        logging.getLogger().removeHandler(log)
        log.restore()
