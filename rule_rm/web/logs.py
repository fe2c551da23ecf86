"""The log: one line for each record, that nobody can forge, that holds no secret and holds up nobody.

A thread of its own writes it, from a bounded queue. So a pipe that nobody reads, or a full disk, costs lines
and never an answer. Texts of a policy or a client can end up in a message. Their control characters are
escaped here, in the one place where lines are made.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import queue
import re
import sys
import threading
import time
import traceback
import uuid
from collections import OrderedDict
from contextvars import ContextVar
from datetime import datetime, timezone
from logging.handlers import QueueHandler, RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.journal import NOBODY, Sender
from rule_rm.processes.ending import ending
from rule_rm.processes.output import Lines, output
from rule_rm.redaction import redact

logger = logging.getLogger(__name__)

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LINE_LIMIT = 4_000
"""Characters of one message; the rest is cut off."""
TRACEBACK_LINES = 60
FILE_BYTES = 50 * 2**20
"""Bytes of the log file before it is put aside, once."""
QUEUED = 10_000
"""Records that wait to be written; more are counted and dropped."""
CLOSING = 2.0
"""Seconds that the last lines may take."""
BURST, PER_SECOND = 100, 10.0
"""Records of one kind that are written at once, and then in each second; the rest is counted."""
KINDS = 1_000
"""Kinds of records that are counted separately."""
# A character that controls, moves or hides text: `\x1b` (ESC), `\x00` (NUL), `\u202e`, `\u2028`.
_UNSAFE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")


def safe(text: str) -> str:
    r"""Return a text with every character escaped that could break or forge a line of a log.

    >>> safe("x\n2026-11-27 00:00:00,000 ERROR forged \x1b[2J")
    'x\\n2026-11-27 00:00:00,000 ERROR forged \\x1b[2J'
    """
    return _UNSAFE.sub(lambda found: ascii(found[0])[1:-1], text)


_sender: ContextVar[Sender] = ContextVar("sender", default=NOBODY)
_OURS, _numbers = uuid.uuid4().hex[:8], itertools.count(1)
REQUEST_ID_HEADER = "X-Request-ID"
"""The header with the id of a request, in the request and in its reply."""
_ID = re.compile(r"[A-Za-z0-9._:/+=@~-]{1,128}")
"""An id of a request that may be written to a log: `7f3a-01`, a load balancer's `Root=1-67891233-abcdef`."""


def begin_request_ids() -> None:
    """Begin the ids of a process that was forked, which would be those of the others."""
    global _OURS
    _OURS = uuid.uuid4().hex[:8]


def request_id(sent: str | None) -> str:
    """Return the id of a request: the one that was sent, or one made here."""
    return sent if sent is not None and _ID.fullmatch(sent) else f"{_OURS}-{next(_numbers):x}"


class request_of:  # noqa: N801 - it is used as a function, and costs a third of one with a generator
    """Name a request in the records of this thread, for a `with` block."""

    __slots__ = ("_before", "_named")

    def __init__(self, sender: Sender) -> None:
        self._named = sender

    def __enter__(self) -> None:
        self._before = _sender.set(self._named)

    def __exit__(self, *_: object) -> None:
        _sender.reset(self._before)


def name_client(name: str) -> None:
    """Name the client of the current request, whose token was found."""
    _sender.set(_sender.get()._replace(client=name))


def current_sender() -> Sender:
    """Return the origin of the request that this thread answers."""
    return _sender.get()


def clean(message: str) -> str:
    """Return a message without secrets, escaped, and cut."""
    text = safe(redact(message, with_pieces=True))
    return text if len(text) <= LINE_LIMIT else f"{text[:LINE_LIMIT]}… ({len(text)} characters)"


class OneLine(logging.Formatter):
    """A format of one line for each record; the lines of a traceback follow, each marked as such."""

    def __init__(self) -> None:
        super().__init__(FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record, and those of its traceback."""
        # Another handler's text of the traceback, which the library keeps, is neither marked nor redacted.
        kept, record.exc_text = record.exc_text, None
        try:
            return super().format(record)
        finally:
            record.exc_text = kept

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """Return the line of a record."""
        record.message = clean(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the library's name
        """Return a traceback, its lines marked so that none passes for a record."""
        return _marked(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - the library's name
        """Return a stack, its lines marked like those of a traceback."""
        return _marked(stack_info)


def _marked(text: str) -> str:
    """Return the lines of a traceback without secrets, each marked, the middle of many left out."""
    lines = redact(text, with_pieces=True).splitlines()
    if len(lines) > TRACEBACK_LINES:
        left_out = f"… {len(lines) - TRACEBACK_LINES} lines …"
        lines = [*lines[: TRACEBACK_LINES // 2], left_out, *lines[-TRACEBACK_LINES // 2 :]]
    return "\n".join(f"  | {safe(line)[:LINE_LIMIT]}" for line in lines)


class Json(OneLine):
    """A format of one JSON object for each record, in one line, with its request, client and rollouts.

    A rollout has the id of its request and its place there, or its place in the journal.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": clean(record.getMessage()),
        }
        sender = _sender.get()
        about = {"request": sender.request_id, "client": sender.client}
        about["rollouts"] = getattr(record, "rollouts", None)
        entry |= {name: value for name, value in about.items() if value}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


class MovedFile(RotatingFileHandler):
    """A log file that is put aside when it is large, and begun again when somebody else has moved it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record to the file of this name."""
        stream = self.stream
        if stream is not None and self._is_moved(stream.fileno()):
            stream.close()
            # It is opened again with the next line, where a failure costs that line alone.
            self.stream = None  # type: ignore[assignment,unused-ignore]
        super().emit(record)

    def _is_moved(self, descriptor: int) -> bool:
        try:
            there, ours = Path(self.baseFilename).stat(), os.fstat(descriptor)
        except OSError:
            return True
        return (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino)


class Flood(logging.Filter):
    """A filter that lets a burst of records of one kind pass, then some each second, and counts the rest."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._kinds: OrderedDict[tuple[str, int, str], list[float]] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True if the record may be written."""
        kind = (record.name, record.levelno, str(record.msg)[:200])
        now = time.monotonic()
        with self._lock:
            # Records that may pass, when they were last counted, and how many were held back.
            left, counted, held = self._kinds.pop(kind, [BURST, now, 0.0])
            left = min(BURST, left + (now - counted) * PER_SECOND)
            passes = left >= 1.0
            self._kinds[kind] = [left - 1.0, now, 0.0] if passes else [left, now, held + 1.0]
            if len(self._kinds) > KINDS:
                self._kinds.popitem(last=False)
        if passes and held:
            record.msg = f"{record.getMessage()} (and {held:.0f} more like it)"
            record.args = None
        return passes


class _Queued(QueueHandler):
    """Hands lines to the writer; those for which there is no room are counted."""

    def __init__(self, lines: queue.Queue[logging.LogRecord | None], line: logging.Formatter) -> None:
        super().__init__(lines)
        self.lost = 0
        self.setFormatter(line)
        self.addFilter(Flood())

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Return the record as its line, ready to be written."""
        line = self.format(record)
        return logging.makeLogRecord({"msg": line, "levelno": record.levelno, "levelname": record.levelname})

    def enqueue(self, record: logging.LogRecord) -> None:
        """Queue a line, or count it as lost."""
        try:
            self.queue.put_nowait(record)
        except queue.Full:
            self.lost += 1


def _print(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print the error that ends the process."""
    sys.stderr.write(redact("".join(traceback.format_exception(kind, error, trace)), with_pieces=True))


def _log_of_thread(failed: threading.ExceptHookArgs) -> None:
    """Log an error that ended a thread."""
    if failed.exc_value is not None:
        name = failed.thread.name if failed.thread is not None else "a thread"
        logger.error("%s ended with an error", name, exc_info=failed.exc_value)


def _log_unraisable(failed: Any) -> None:
    """Log an error that Python can't raise, such as one in `__del__`."""
    logger.error("%s: %r", failed.err_msg or "an error was ignored", failed.object, exc_info=failed.exc_value)


class Log:
    """The log of this process, from its start to `close`."""

    def __init__(self, level: str, form: str = "text") -> None:
        """Write the log to standard error; `form` is text or json."""
        # The library writes a traceback for every line that can't be written; the disk is full enough.
        logging.raiseExceptions = False
        self._lines: queue.Queue[logging.LogRecord | None] = queue.Queue(QUEUED)
        self._queued = _Queued(self._lines, Json() if form == "json" else OneLine())
        self._output = output(sys.stderr)
        self._handlers: list[logging.Handler] = [Lines(self._output)]
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self._thread.start()
        root = logging.getLogger()
        root.setLevel(level)
        root.addHandler(self._queued)
        self._hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook, threading.excepthook, sys.unraisablehook = _print, _log_of_thread, _log_unraisable
        logging.captureWarnings(True)

    def keep(self, path: Path) -> None:
        """Write the log to a file as well; of a long run the end is kept.

        Raises ConfigurationError if the file can't be opened.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handler = MovedFile(path, maxBytes=FILE_BYTES, backupCount=1, encoding="utf-8")
        except OSError as error:
            raise ConfigurationError(f"the log can't be kept in {path.parent}: {error.strerror}") from None
        self._handlers.append(handler)

    def close(self) -> None:
        """Write the lines that are left; give up if that takes long."""
        logging.captureWarnings(False)
        # The first stays: what ends the process after its log shows no secret either.
        _, threading.excepthook, sys.unraisablehook = self._hooks
        logging.getLogger().removeHandler(self._queued)
        try:
            self._lines.put(None, timeout=ending.left(CLOSING))
        except queue.Full:
            return
        self._thread.join(ending.left(CLOSING))
        if not self._thread.is_alive():
            for handler in self._handlers:
                handler.close()

    def _write(self) -> None:
        told = 0
        while (record := self._lines.get()) is not None:
            for handler in self._handlers:
                handler.handle(record)
            lost = self._queued.lost + getattr(self._output, "lost", 0)
            if lost != told and self._lines.empty():
                line = f"{lost - told} lines of the log were lost: they came faster than they can be written"
                told = lost
                for handler in self._handlers:
                    handler.handle(logging.makeLogRecord({"msg": line}))
