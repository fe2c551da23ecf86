"""A line of the log is one line, holds no secret, and holds up nobody."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import warnings
from types import SimpleNamespace

import pytest

from rule_rm import redaction
from rule_rm.journal import Sender
from rule_rm.web import logs
from rule_rm.web.logs import Flood, Json, Log, MovedFile, OneLine, request_id, request_of


def line_of(message: str, *arguments: object, error: BaseException | None = None) -> str:
    caught = (type(error), error, error.__traceback__) if error is not None else None
    record = logging.LogRecord("rule_rm", logging.ERROR, "", 0, message, arguments, caught)
    return OneLine().format(record)


@pytest.mark.parametrize(
    "text", ["a\nb", "a\rb", "a\x1b[2Jb", "a\x85b", "a\u2028b", "a\u202eb", "a\0b", "a\ud800b"]
)
def test_what_could_forge_a_line_is_escaped(text):
    line = line_of("it said %s", text)
    assert line.isprintable()
    assert line.endswith(ascii(text)[1:-1])


def test_a_traceback_can_not_forge_a_line_either():
    forged = "x\n2026-11-27 00:00:00,000 ERROR rule_rm.web: forged"
    try:
        raise RuntimeError(forged)
    except RuntimeError as error:
        first, *rest = line_of("it failed", error=error).splitlines()
    assert first.endswith("it failed")
    assert all(line.startswith("  | ") for line in rest)


def test_a_long_message_is_cut_and_a_deep_traceback_too():
    assert len(line_of("x" * 1_000_000)) < 2 * logs.LINE_LIMIT

    def descend(depth):
        return descend(depth - 1) if depth else 1 / 0

    with pytest.raises(ZeroDivisionError) as caught:
        descend(500)
    assert len(line_of("deep", error=caught.value).splitlines()) < 2 * logs.TRACEBACK_LINES


def test_a_secret_is_in_no_line(monkeypatch):
    monkeypatch.setattr(redaction, "_known", redaction._Known())
    redaction.remember("key-of-the-judge")
    assert "key-of-the-judge" not in line_of("POST %r", "//t/key-of-the-judge/get_reward")


def test_a_flood_of_one_kind_is_counted_and_others_pass(monkeypatch):
    now = [100.0]
    # The clock of this module alone: other threads go by theirs.
    monkeypatch.setattr(logs, "time", SimpleNamespace(monotonic=lambda: now[0]))
    flood = Flood()

    def record(message="refused %d"):
        return logging.LogRecord("rule_rm", logging.WARNING, "", 0, message, (7,), None)

    assert sum(flood.filter(record()) for _ in range(1_000)) == logs.BURST
    assert flood.filter(record("another %d"))
    now[0] += 1.0
    late = record()
    assert flood.filter(late)
    assert late.getMessage() == f"refused 7 (and {1_000 - logs.BURST} more like it)"


@pytest.fixture
def root(monkeypatch):
    """Return the root logger, as it was, after the test."""
    root = logging.getLogger()
    monkeypatch.setattr(root, "level", root.level)
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(logging, "raiseExceptions", True)
    for owner, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    yield root
    logging.captureWarnings(False)


def test_a_reader_that_reads_nothing_holds_up_nobody(root, monkeypatch, tmp_path):
    monkeypatch.setattr("rule_rm.processes.output.PATIENCE", 0.01)
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb"), os.fdopen(writing, "w") as unread:
        monkeypatch.setattr(sys, "stderr", unread)
        log = Log("INFO")
        log.keep(tmp_path / "kept.log")
        for number in range(300):
            logging.getLogger(f"rule_rm.{number}").info("x" * 1_000)
        log.close()
        assert not log._thread.is_alive()
        assert len((tmp_path / "kept.log").read_text().splitlines()) >= 300


SERVES_UNREAD = """
import logging
from rule_rm.web.logs import Log
log = Log("INFO")
for number in range(300):
    logging.getLogger(f"rule_rm.{number}").info("x" * 1_000)
log.close()
"""


def test_a_process_whose_log_nobody_reads_can_end():
    with subprocess.Popen([sys.executable, "-c", SERVES_UNREAD], stderr=subprocess.PIPE) as process:
        assert process.wait(60.0) == 0


def test_lines_for_which_there_is_no_room_are_counted(root, monkeypatch, capsys):
    monkeypatch.setattr(logs, "QUEUED", 10)
    monkeypatch.setattr(logs.Log, "_write", lambda self: None)
    log = Log("INFO")
    for number in range(30):
        logging.getLogger(f"rule_rm.{number}").info("a line")
    assert log._queued.lost == 20


def test_an_error_that_nobody_caught_is_a_record_without_secrets(root, monkeypatch, capsys):
    monkeypatch.setattr(redaction, "_known", redaction._Known())
    redaction.remember("key-of-the-judge")

    def fail() -> None:
        raise ValueError("no such key: key-of-the-judge")

    log = Log("INFO")
    thread = threading.Thread(target=fail, name="stray")
    thread.start()
    thread.join()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("the key key-of-the-judge is deprecated", stacklevel=1)
    log.close()
    try:
        fail()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    written = capsys.readouterr().err
    assert "ERROR rule_rm.web.logs: stray ended with an error\n  | Traceback" in written
    assert "the key *** is deprecated" in written
    assert written.endswith("\nValueError: no such key: ***\n")
    assert "key-of-the-judge" not in written


def test_a_stack_is_marked_and_without_secrets_like_a_traceback(monkeypatch):
    monkeypatch.setattr(redaction, "_known", redaction._Known())
    redaction.remember("key-of-the-judge")
    record = logging.LogRecord("rule_rm", logging.ERROR, "", 0, "here", (), None)
    record.stack_info = 'Stack:\n  call("key-of-the-judge")'
    assert OneLine().format(record).splitlines()[1:] == ["  | Stack:", '  |   call("***")']


def test_a_full_disk_costs_no_traceback_for_each_line(root, monkeypatch):
    tried = []

    class Full:
        def write(self, text: str) -> None:
            tried.append(text)
            raise OSError(28, "No space left on device")

        flush = lambda self: None  # noqa: E731 - a stream must have one

    monkeypatch.setattr(sys, "stderr", Full())
    log = Log("INFO")
    for _ in range(50):
        logging.getLogger("rule_rm").info("a line")
    log.close()
    assert not log._thread.is_alive()
    assert tried
    assert not [text for text in tried if "Traceback" in text or "OSError" in text]


def test_what_is_kept_in_a_file_is_what_is_said(root, tmp_path, capsys):
    log = Log("INFO")
    log.keep(tmp_path / "log" / "reward_server.log")
    logging.getLogger("rule_rm").info("one %s", "line")
    logging.getLogger("rule_rm").debug("unsaid")
    log.close()
    kept = (tmp_path / "log" / "reward_server.log").read_text()
    assert kept == capsys.readouterr().err
    assert kept.endswith("INFO rule_rm: one line\n")


def test_a_line_of_json_is_one_object_with_the_request_and_without_secrets(monkeypatch):
    monkeypatch.setattr(redaction, "_known", redaction._Known())
    redaction.remember("key-of-the-judge")
    record = logging.LogRecord("rule_rm", logging.WARNING, "", 0, "a\n%s", ("key-of-the-judge",), None)
    record.__dict__["rollouts"] = ["run-7:0"]
    with request_of(Sender("trainer", "run-7")):
        entry = json.loads(Json().format(record))
    assert entry["message"] == r"a\n***"
    assert (entry["level"], entry["logger"], entry["request"]) == ("WARNING", "rule_rm", "run-7")
    assert (entry["client"], entry["rollouts"]) == ("trainer", ["run-7:0"])
    del record.__dict__["rollouts"]
    assert not {"request", "client", "rollouts"} & set(json.loads(Json().format(record)))


def test_an_id_that_could_forge_a_line_is_replaced_by_one_of_ours():
    for usual in ("run-7", "Root=1-67891233-abcdef012345678912345678", "run:7/step+3", "x" * 128):
        assert request_id(usual) == usual
    ours = {request_id(None), request_id("x\n{"), request_id(""), request_id("run-7,run-8")}
    assert len(ours) == 4
    assert all(one.replace("-", "").isalnum() for one in ours)


def test_a_traceback_is_in_the_object_of_its_record():
    try:
        raise RuntimeError("broken")
    except RuntimeError as error:
        caught = (type(error), error, error.__traceback__)
    line = Json().format(logging.LogRecord("rule_rm", logging.ERROR, "", 0, "it failed", (), caught))
    assert "\n" not in line
    assert "RuntimeError: broken" in json.loads(line)["exception"]


def test_a_file_that_was_moved_or_removed_is_begun_again(tmp_path):
    path = tmp_path / "server.log"
    handler = MovedFile(path, maxBytes=10_000, backupCount=1, encoding="utf-8")
    for number in range(3):
        handler.handle(logging.makeLogRecord({"msg": f"line {number}"}))
        if number == 0:
            path.rename(tmp_path / "server.log.1")
        if number == 1:
            path.unlink()
    handler.close()
    assert (tmp_path / "server.log.1").read_text() == "line 0\n"
    assert path.read_text() == "line 2\n"
